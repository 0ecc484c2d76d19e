using System.Buffers;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Terminology;
using Kangqiao.Terminology.Operations;

namespace Kangqiao.Rest.Interactions.Terminology;

/// <summary>CodeSystem/$validate-code and ValueSet/$validate-code (R4 valueset-operation-validate-code.html).</summary>
internal static class ValidateCode
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        using var bench = room.Rent();
        var isSet = ask.Target.Type == "ValueSet";
        var (stored, refused) = await StoredSet.OfAsync(room, ask, cancel);
        if ((OperationInput.Read(ask, bench, out var input) ?? refused) is { } answer)
        {
            return answer;
        }

        var language = input.Text("displayLanguage");
        var request = new ValidateCodeRequest(input.Codings(isSet ? null : input.Text("url")))
        {
            ValueSet = isSet ? input.Text("url") : null,
            Inline = stored.Exists ? stored : isSet ? input.Resource("valueSet") : default,
            AllowAbstract = input.IsTrue("abstract"),
            DisplayLanguage = language,
        };
        if (!room.Terminology.ValidateCode(request).Try(out var found, out var problem))
        {
            return Answer.Refused(problem);
        }

        var json = new ArrayBufferWriter<byte>();
        TerminologyJson.Write(found, language, json);
        return Answer.Json(json.WrittenMemory);
    }
}

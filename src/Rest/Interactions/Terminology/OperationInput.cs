using Kangqiao.Fhir.Reading;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Records;
using Kangqiao.Standard.Making;
using Kangqiao.Terminology;

namespace Kangqiao.Rest.Interactions.Terminology;

/// <summary>The in parameters of an operation, whether they came in the address or as Parameters (R4 operations.html#request).</summary>
internal readonly struct OperationInput
{
    private readonly AskParameters query;
    private readonly Element body;

    private OperationInput(AskParameters query, Element body)
    {
        this.query = query;
        this.body = body;
    }

    /// <param name="bench">Holds the body while the input is used.</param>
    public static Answer? Read(Ask ask, Workbench bench, out OperationInput input)
    {
        input = new(ask.Parameters, default);
        if (ask.Body.IsEmpty)
        {
            return null;
        }

        if (bench.Read(ask.Body) is { } unreadable)
        {
            return unreadable;
        }

        if (bench.Document.Root.Type.Name != "Parameters")
        {
            return Answer.Refused(Problems.OtherType(bench.Document.Root.Type.Name, "Parameters"));
        }

        input = new(ask.Parameters, bench.Document.Root);
        return null;
    }

    public string? Text(string name) => (body.Exists ? new OperationParameters(body).Text(name) : null) ?? query[name];

    public bool IsTrue(string name) => Text(name) == "true";

    /// <summary>Null where it is not sent or no number.</summary>
    public int? Number(string name) => int.TryParse(Text(name), out var number) ? number : null;

    public IReadOnlyList<string> Texts(string name)
    {
        var found = body.Exists ? new OperationParameters(body).Texts(name) : [];
        found.AddRange(query.Pairs.Where(p => p.Key == name).Select(p => p.Value));
        return found;
    }

    /// <summary>Codings sent under a name.</summary>
    public List<Coding> CodingsNamed(string name)
    {
        var found = new List<Coding>();
        if (!body.Exists)
        {
            return found;
        }

        foreach (var parameter in body.ChildrenNamed("parameter"))
        {
            if (parameter.ChildText("name") == name && parameter.Child("value") is { Exists: true, IsPrimitive: false } coding && coding.ChildText("code") is not null)
            {
                found.Add(Of(coding));
            }
        }

        return found;
    }

    /// <summary>A Period's ends, where one was sent.</summary>
    public (string? Start, string? End) Period(string name) =>
        body.Exists && new OperationParameters(body).Value(name) is { Exists: true, IsPrimitive: false } period
            ? (period.ChildText("start"), period.ChildText("end"))
            : (null, null);

    /// <summary>Every parameter that is a single value, by name, those of the address first.</summary>
    public List<KeyValuePair<string, string>> All()
    {
        var all = query.Pairs.ToList();
        if (!body.Exists)
        {
            return all;
        }

        foreach (var parameter in body.ChildrenNamed("parameter"))
        {
            if (parameter.ChildText("name") is { } name && parameter.Child("value") is { Exists: true } value
                && (value.Text() ?? value.ChildText("reference")) is { } text)
            {
                all.Add(new(name, text));
            }
        }

        return all;
    }

    /// <summary>The default where there is none.</summary>
    public Element Resource(string name) => body.Exists ? new OperationParameters(body).Resource(name) : default;

    /// <summary>What is asked about: code with system, a coding, or a codeableConcept's codings.</summary>
    public List<Coding> Codings(string? system)
    {
        var found = new List<Coding>();
        if (Text("code") is { } code)
        {
            found.Add(new(Text("system") ?? system ?? "", code, Text("display"), Text("systemVersion") ?? Text("version")));
        }

        if (!body.Exists)
        {
            return found;
        }

        var parameters = new OperationParameters(body);
        if (parameters.Value("coding") is { Exists: true } coding)
        {
            found.Add(Of(coding));
        }

        if (parameters.Value("codeableConcept") is { Exists: true } concept)
        {
            foreach (var one in concept.ChildrenNamed("coding"))
            {
                found.Add(Of(one));
            }
        }

        return found;
    }

    private static Coding Of(Element coding) => new(
        coding.ChildText("system") ?? "", coding.ChildText("code") ?? "", coding.ChildText("display"), coding.ChildText("version"));
}

using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Store;
using Kangqiao.Store.Queries;

namespace Kangqiao.Rest.Interactions;

/// <summary>
/// $everything of a Patient, an Encounter or a Person: what is in the compartment, and what that refers to. A Person's are
/// those of all Patients it links.
/// </summary>
internal static class Everything
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var key = ask.Target.Key;
        if (!(await room.Store.ReadAsync(key, cancel)).Try(out var record, out var problem))
        {
            return Answer.Refused(problem);
        }

        if (record is null || record.State == RecordState.Deleted)
        {
            return record is null ? Answer.Refused(Problems.NotFound(key)) : Read.Gone(record);
        }

        if (!ParametersOf(ask, key.Type == "Person" ? "Patient" : key.Type).Try(out var parameters, out problem))
        {
            return Answer.Refused(problem);
        }

        var compartment = key.Type == "Person" ? new CompartmentAsk("Patient", Linked(record)) : new CompartmentAsk(key.Type, [key.Id]);
        return await Search.OfAsync(room, ask, null, parameters, compartment, cancel);
    }

    private static Outcome<List<KeyValuePair<string, string>>> ParametersOf(Ask ask, string compartment)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        var hasTypes = false;
        foreach (var (name, value) in ask.Parameters.Pairs)
        {
            switch (name)
            {
                case "_since":
                    parameters.Add(new("_lastUpdated", "ge" + value));
                    break;
                case "_type":
                    hasTypes = true;
                    parameters.Add(new(name, value));
                    break;
                case "_count" or "_format" or "_pretty" or "_summary" or "_elements" or SearchRequestParser.PageParameter:
                    parameters.Add(new(name, value));
                    break;
                default:
                    return Problems.UnknownParameter(name);
            }
        }

        if (!hasTypes)
        {
            var types = Array.Find(R4.Facts.Compartments, c => c.Type.Name == compartment)!.Parameters.Keys
                .Append(compartment).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            parameters.Add(new("_type", string.Join(',', types)));
            parameters.Add(new("_include", "*"));
        }

        return parameters;
    }

    private static List<string> Linked(StoredRecord person)
    {
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        person.WriteResource(json);
        var document = FhirDocument.Read(json.WrittenMemory, new FindingList());
        var ids = new List<string>();
        foreach (var link in document.Root.ChildrenNamed("link"))
        {
            if (link.Child("target") is { Exists: true } target && target.ChildText("reference") is { } reference
                && reference.StartsWith("Patient/", StringComparison.Ordinal))
            {
                ids.Add(reference["Patient/".Length..]);
            }
        }

        return ids;
    }
}

using System.Buffers;
using System.Text.Json;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Writing;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Store;
using Kangqiao.Store.Queries;

namespace Kangqiao.Rest.Interactions;

/// <summary>
/// $meta of a record; and of a type or of all, the profiles, labels and tags in use there (R4 resource-operation-meta.html). In use
/// is what the first records show, and then whatever is carried by a record that carries nothing known yet, until there is none.
/// </summary>
internal static class Meta
{
    private const int MostValues = 300;
    private const int FirstLook = 1000;

    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (ask.Target.Id is null)
        {
            return (await InUseAsync(room, ask, cancel)).Try(out var json, out var problem) ? Answer.Json(json) : Answer.Refused(problem);
        }

        var answer = await Read.HandleAsync(room, ask with { IfNoneMatch = null, IfModifiedSince = null }, cancel);
        return answer.Body is RecordBodyAnswer { Record: var record } ? Of(record) : answer;
    }

    /// <summary>Parameters with the meta of a version.</summary>
    public static Answer Of(StoredRecord record)
    {
        var document = Opened(record);
        var output = new ArrayBufferWriter<byte>(256);
        output.Write("{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"return\",\"valueMeta\":"u8);
        FhirJson.Write(document.Root.Child("meta"), output);
        output.Write("}]}"u8);
        return new Answer(200)
        {
            Body = new JsonBody(output.WrittenMemory) { Records = [record] },
            Version = record.Version,
            LastModified = record.Instant,
        };
    }

    private static FhirDocument Opened(StoredRecord record)
    {
        var json = new ArrayBufferWriter<byte>();
        record.WriteResource(json);
        return FhirDocument.Read(json.WrittenMemory, new FindingList());
    }

    private static async ValueTask<Outcome<ReadOnlyMemory<byte>>> InUseAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var profiles = new SortedSet<string>(StringComparer.Ordinal);
        var labels = new Dictionary<string, SortedSet<(string System, string Code)>>(StringComparer.Ordinal) { ["_security"] = [], ["_tag"] = [] };
        foreach (var code in (string[])["_profile", "_security", "_tag"])
        {
            while (true)
            {
                var known = code == "_profile" ? profiles.ToList() : labels[code].Select(l => $"{l.System}|{l.Code}").ToList();
                if (known.Count > MostValues)
                {
                    return Problems.MetaTooMany(MostValues);
                }

                var without = string.Concat(known.Select(k => $" and not ({code} eq {JsonSerializer.Serialize(k)})"));
                var before = known.Count;
                if (!(await RecordsAsync(room, ask, $"{code} pr true{without}", known.Count == 0 ? FirstLook : 20, cancel)).Try(out var records, out var problem))
                {
                    return problem;
                }

                foreach (var record in records)
                {
                    Take(Opened(record).Root.Child("meta"), profiles, labels);
                }

                if (records.Count == 0 || (code == "_profile" ? profiles.Count : labels[code].Count) == before)
                {
                    break;
                }
            }
        }

        return Written(profiles, labels);
    }

    private static async ValueTask<Outcome<List<StoredRecord>>> RecordsAsync(RestRoom room, Ask ask, string filter, int most, CancellationToken cancel)
    {
        var options = new SearchOptions { PageSize = most };
        return (await ask.SightAsync(room, cancel)).Try(out var sight, out var problem)
            && SearchRequestParser.Parse(room.Book, ask.Target.Type, [new("_filter", filter)], room.SearchContext(ask.Base), options).Try(out var request, out problem)
            && (await sight.SearchAsync(request, cancel)).Try(out var answer, out problem)
                ? answer.Entries.Select(e => e.Record).ToList()
                : problem!;
    }

    private static void Take(Element meta, SortedSet<string> profiles, Dictionary<string, SortedSet<(string System, string Code)>> labels)
    {
        foreach (var profile in meta.ChildrenNamed("profile"))
        {
            if (profile.Text() is { } url)
            {
                profiles.Add(url);
            }
        }

        foreach (var name in (string[])["security", "tag"])
        {
            foreach (var coding in meta.ChildrenNamed(name))
            {
                if (coding.ChildText("code") is { } code)
                {
                    labels["_" + name].Add((coding.ChildText("system") ?? "", code));
                }
            }
        }
    }

    private static ReadOnlyMemory<byte> Written(SortedSet<string> profiles, Dictionary<string, SortedSet<(string System, string Code)>> labels)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(output, Outcomes.Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", "Parameters");
            writer.WriteStartArray("parameter");
            writer.WriteStartObject();
            writer.WriteString("name", "return");
            if (profiles.Count + labels["_security"].Count + labels["_tag"].Count > 0)
            {
                writer.WriteStartObject("valueMeta");
                WriteList(writer, "profile", profiles, (w, p) => w.WriteStringValue(p));
                WriteList(writer, "security", labels["_security"], WriteCoding);
                WriteList(writer, "tag", labels["_tag"], WriteCoding);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    private static void WriteList<T>(Utf8JsonWriter writer, string name, IReadOnlyCollection<T> values, Action<Utf8JsonWriter, T> write)
    {
        if (values.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            write(writer, value);
        }

        writer.WriteEndArray();
    }

    private static void WriteCoding(Utf8JsonWriter writer, (string System, string Code) coding)
    {
        writer.WriteStartObject();
        if (coding.System.Length > 0)
        {
            writer.WriteString("system", coding.System);
        }

        writer.WriteString("code", coding.Code);
        writer.WriteEndObject();
    }
}

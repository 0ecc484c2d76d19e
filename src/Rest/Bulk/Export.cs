using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Interactions;
using Kangqiao.Rest.Records;
using Kangqiao.Store;

namespace Kangqiao.Rest.Bulk;

/// <summary>
/// The kick-off of $export (HL7 Bulk Data Access IG, Bulk Data Kick-off Request): of all, of everything about patients, or about
/// the patients of a Group. Answers at once; <see cref="ExportWork"/> does it.
/// </summary>
internal static class Export
{
    public const string Kind = "export";

    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (room.Options.WorkFolder is null)
        {
            return Answer.Refused(Problems.NoWorkFolder());
        }

        var level = ask.Target.Type switch { "Patient" => ExportLevel.Patient, "Group" => ExportLevel.Group, _ => ExportLevel.System };
        if (!Posted(room, ask).Try(out var posted, out var problem)
            || !ExportParameters.Read(ask, level, ask.Parameters.Pairs.Concat(posted)).Try(out var export, out problem)
            || !export.Criteria(room).Try(out _, out problem)
            || !export.Subsets().Try(out _, out problem))
        {
            return Answer.Refused(problem);
        }

        if (level == ExportLevel.Group)
        {
            if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out problem) || !(await sight.ReadAsync(ask.Target.Key, cancel)).Try(out var group, out problem))
            {
                return Answer.Refused(problem);
            }

            if (group is not { State: RecordState.Live })
            {
                return Answer.Refused(Problems.NotFound(ask.Target.Key));
            }

            export = export with { Group = group.Key.Id, GroupVersion = group.Version };
        }

        // First the time, then the place: whoever asks next for what changed since then misses nothing.
        var at = room.Time.GetUtcNow();
        if (!(await room.Platform.Changes.EndAsync(cancel)).Try(out var end, out problem))
        {
            return Answer.Refused(problem);
        }

        export = export with { Until = end.ToString(), At = at };
        return await BulkJob.AddAsync(room, ask, Kind, export.Write(), cancel);
    }

    private static Outcome<List<KeyValuePair<string, string>>> Posted(RestRoom room, Ask ask)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        if (ask.Body.IsEmpty)
        {
            return pairs;
        }

        using var bench = room.Rent();
        if (bench.Read(ask.Body) is not null || bench.Document.Root.Type.Name != "Parameters")
        {
            return Problems.BadRequest("the body of $export is a Parameters resource.");
        }

        foreach (var parameter in bench.Document.Root.ChildrenNamed("parameter"))
        {
            pairs.Add(new(parameter.ChildText("name") ?? "", TextOf(parameter.Child("value"))));
        }

        return pairs;
    }

    private static string TextOf(Element value) => value.Exists ? value.ChildText("reference") ?? value.Text() ?? "" : "";
}

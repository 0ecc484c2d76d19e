using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Interactions.Terminology;
using Kangqiao.Store;
using Kangqiao.Store.Queries;

namespace Kangqiao.Rest.Interactions;

/// <summary>
/// $everything of a Patient, an Encounter or a Person (R4 patient-operation-everything.html): what is in the compartment, and what
/// that refers to, in pages. A Person's are those of all Patients it links.
/// </summary>
internal static class Everything
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var key = ask.Target.Key;
        if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out var problem) || !(await sight.ReadAsync(key, cancel)).Try(out var record, out problem))
        {
            return Answer.Refused(problem);
        }

        if (record is null || record.State == RecordState.Deleted)
        {
            return record is null ? Answer.Refused(Problems.NotFound(key)) : Read.Gone(record);
        }

        using var bench = room.Rent();
        if (OperationInput.Read(ask, bench, out var input) is { } refused)
        {
            return refused;
        }

        if (!Wish.Of(input.All(), key.Type).Try(out var wish, out problem))
        {
            return Answer.Refused(problem);
        }

        // A posted request is gone on with by GET: the links carry what it asked.
        var asked = new AskParameters();
        foreach (var pair in input.All())
        {
            asked.Add(pair);
        }

        var compartment = key.Type == "Person" ? new CompartmentAsk("Patient", [key.Id, .. Linked(record, ask.Base)]) : new CompartmentAsk(key.Type, [key.Id]);
        return await Search.OfAsync(
            room,
            ask with { Parameters = asked },
            null,
            wish.Parameters(compartment.Type),
            compartment,
            cancel,
            new SearchOptions { Care = (wish.Start, wish.End) },
            wish.Shows);
    }

    private static List<string> Linked(StoredRecord person, string ownBase)
    {
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        person.WriteResource(json);
        var document = FhirDocument.Read(json.WrittenMemory, new FindingList());
        var ids = new List<string>();
        foreach (var link in document.Root.ChildrenNamed("link"))
        {
            if (link.Child("target") is { Exists: true } target && target.ChildText("reference") is { } reference
                && (Records.References.Relative(reference, ownBase) ?? reference).Split('/') is ["Patient", var id, ..])
            {
                ids.Add(id);
            }
        }

        return ids;
    }

    /// <summary>What is asked for.</summary>
    private sealed record Wish
    {
        private readonly List<KeyValuePair<string, string>> shape = [];
        private readonly HashSet<string> types = new(StringComparer.Ordinal);

        public string? Start { get; private set; }

        public string? End { get; private set; }

        private DateTimeOffset? Since { get; set; }

        public static Outcome<Wish> Of(List<KeyValuePair<string, string>> parameters, string type)
        {
            var wish = new Wish();
            foreach (var (name, value) in parameters)
            {
                switch (name)
                {
                    case "_since":
                        if (!DateRange.TryParse(System.Text.Encoding.UTF8.GetBytes(value), out var since))
                        {
                            return Problems.BadParameter(name, value, "an instant");
                        }

                        wish.Since = new DateTimeOffset(since.Low, TimeSpan.Zero);
                        wish.shape.Add(new("_lastUpdated", "ge" + value));
                        break;
                    case "start" or "end" when type != "Encounter":
                        if (!DateRange.TryParse(System.Text.Encoding.UTF8.GetBytes(value), out _))
                        {
                            return Problems.BadParameter(name, value, "a date");
                        }

                        (wish.Start, wish.End) = name == "start" ? (value, wish.End) : (wish.Start, value);
                        break;
                    case "_type":
                        foreach (var one in value.Split(',', StringSplitOptions.TrimEntries))
                        {
                            if (R4.Facts.Type(one) is not { IsResource: true, IsAbstract: false })
                            {
                                return Problems.NoSuchType(one) with { Kind = ProblemKind.Invalid };
                            }

                            wish.types.Add(one);
                        }

                        break;
                    case "_count" or "_format" or "_pretty" or "_summary" or "_elements" or SearchRequestParser.PageParameter:
                        wish.shape.Add(new(name, value));
                        break;
                    default:
                        return Problems.UnknownParameter(name);
                }
            }

            return wish;
        }

        /// <summary>The search that finds it.</summary>
        public List<KeyValuePair<string, string>> Parameters(string compartment)
        {
            var inside = Array.Find(R4.Facts.Compartments, c => c.Type.Name == compartment)!.Parameters.Keys
                .Append(compartment).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();

            // Types that are only referred to are found through all that may refer to them.
            var isAll = types.Count == 0 || !types.IsSubsetOf(inside);
            var parameters = new List<KeyValuePair<string, string>>(shape) { new("_type", string.Join(',', isAll ? inside : inside.Where(types.Contains))) };
            if (isAll)
            {
                parameters.Add(new("_include", "*"));
            }

            return parameters;
        }

        public bool Shows(FoundRecord found) =>
            (types.Count == 0 || types.Contains(found.Record.Key.Type)) && (Since is null || found.Record.Instant >= Since);
    }
}

using Kangqiao.Ingest.Cda.Entries;

namespace Kangqiao.Ingest.Cda.Records;

/// <summary>All drafts of a document as records, in an order in which a report finds its results and a visit its diagnoses.</summary>
internal static class EntryRecords
{
    public static List<Diagnosis> Write(EntryWalk walk, DocumentContext context)
    {
        var drafts = walk.Drafts;
        var prescription = drafts.Single("prescription");
        var diagnoses = new List<Diagnosis>();
        var specimens = new List<Target>();
        var results = new List<Target>();
        var pieces = new List<Draft>();
        Draft? herbs = null;
        foreach (var draft in drafts.All.Where(d => d.Kind == "specimen"))
        {
            Kept(draft, context, () => Add(specimens, Laboratory.Specimen(draft, context)));
        }

        foreach (var draft in drafts.All)
        {
            switch (draft.Kind)
            {
                case "condition":
                    Kept(draft, context, () => Add(diagnoses, Conditions.Write(draft, context)));
                    break;
                case "allergy":
                    Kept(draft, context, () => Allergies.Write(draft, context));
                    break;
                case "lab":
                    Kept(draft, context, () => Add(results, Laboratory.Result(draft, specimens.Count > 0 ? specimens[Math.Min(results.Count, specimens.Count - 1)] : null, context)));
                    break;
                case "observation":
                    var isResult = context.Type?.Report is not null && draft.RuleOf("value")?.Category == "laboratory";
                    Kept(draft, context, () => Add(isResult ? results : null, Observations.Write(draft, context, isResult && specimens.Count > 0 ? specimens[^1] : null)));
                    break;
                case "bp":
                    Kept(draft, context, () => Observations.WritePressure(draft, context));
                    break;
                case "medication" when context.Type?.IsHerbal == true:
                    pieces.Add(draft);
                    break;
                case "medication":
                    Kept(draft, context, () => Medications.Write(draft, prescription, context));
                    break;
                case "herbs":
                    herbs = herbs is null ? draft : Merge(herbs, draft);
                    break;
                case "procedure":
                    Kept(draft, context, () => Procedures.Write(draft, context));
                    break;
                case "order":
                    Kept(draft, context, () => Orders.Write(draft, context));
                    break;
                case "immunization":
                    Kept(draft, context, () => Immunizations.Write(draft, context));
                    break;
                case "family":
                    Kept(draft, context, () => Histories.Family(draft, context));
                    break;
            }
        }

        if (herbs is not null || pieces.Count > 0)
        {
            Medications.WriteDecoction(herbs, pieces, prescription, context);
        }

        Charges.Write(drafts.All.Where(d => d.Kind == "fee").ToList(), context);
        Histories.Plan(drafts.Single("plan"), context);
        Kept(drafts.Single("request"), context, () => Histories.Request(drafts.Single("request"), context));
        if (context.Type?.Report is not null)
        {
            Laboratory.Report(drafts.Single("report"), results, specimens, context);
        }

        // Days of a prescription that are no number, or that no drug took over, are in the form.
        var isPrescribed = pieces.Count > 0 || herbs is not null || drafts.All.Any(d => d.Kind == "medication");
        foreach (var statement in prescription.Statements)
        {
            if (!isPrescribed || (prescription.Look("category") != statement && statement.Value.Number is null) || (prescription.Look("category") == statement && statement.Value.IsNothing))
            {
                statement.Draft = null;
            }
        }

        return diagnoses;
    }

    /// <summary>A draft that came to nothing leaves its statements to the form.</summary>
    private static void Kept(Draft draft, DocumentContext context, Action write)
    {
        var before = context.Derived.Count;
        var statements = draft.Statements.ToList();
        write();
        if (context.Derived.Count == before)
        {
            statements.ForEach(s => s.Draft = null);
        }
    }

    private static Draft Merge(Draft first, Draft second)
    {
        foreach (var field in new[] { "text", "doses", "decoction", "usage", "note" })
        {
            second.TakeAll(field).ForEach(s => first.Add(field, s, null));
        }

        return first;
    }

    private static void Add<T>(List<T>? list, T? item)
        where T : class
    {
        if (item is not null)
        {
            list?.Add(item);
        }
    }
}

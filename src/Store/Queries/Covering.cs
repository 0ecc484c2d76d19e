using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>What a question about a composed Patient means for the records of those it covers.</summary>
internal sealed class Covering(IRecordStore store, TermBook book, IPatientCoverage coverage)
{
    private const string Patient = "Patient";
    private const int MostInQuestion = 200;

    /// <summary>The clause, with "this resident" meaning any of the resident's Patients.</summary>
    public async ValueTask<Outcome<SearchClause>> CoveredAsync(SearchClause clause, Run run)
    {
        if (clause.Parameter.Type != SearchType.Reference || !MayBePatient(clause.Parameter))
        {
            return clause;
        }

        var asked = clause.Operands.OfType<ReferenceOperand>().Select(o => (Operand: o, Id: PatientOf(o, run.OwnBase))).Where(a => a.Id is not null).ToList();
        if (asked.Count == 0)
        {
            return clause;
        }

        if (!(await coverage.CoveredAsync([.. asked.Select(a => a.Id!)], run.Cancel)).Try(out var covered, out var problem))
        {
            return problem;
        }

        return covered.Count == 0
            ? clause
            : clause.OrAlso([.. asked.Where(a => covered.ContainsKey(a.Id!)).SelectMany(a => covered[a.Id!].Select(id => new ReferenceOperand(Patient, id, null, null, a.Operand.Context)))]);
    }

    public async ValueTask<Problem?> CoverAsync(TypeAsk ask, Run run)
    {
        for (var i = 0; i < ask.Clauses.Count; i++)
        {
            if (!(await CoveredAsync(ask.Clauses[i], run)).Try(out var clause, out var problem))
            {
                return problem;
            }

            ask.Clauses[i] = clause;
        }

        return null;
    }

    /// <summary>The compartment of all that its Patients cover, and which of them are composed.</summary>
    public async ValueTask<Outcome<(CompartmentAsk Ask, IReadOnlyCollection<string> Composed)>> CoveredAsync(CompartmentAsk ask, Run run)
    {
        if (ask.Type != Patient)
        {
            return (ask, Array.Empty<string>());
        }

        return (await coverage.CoveredAsync([.. ask.Ids], run.Cancel)).Try(out var covered, out var problem)
            ? (ask with { Ids = [.. ask.Ids.Concat(covered.Values.SelectMany(ids => ids)).Distinct(StringComparer.Ordinal)] }, [.. covered.Keys])
            : problem;
    }

    /// <summary>
    /// Leaves composed Patients out of what somebody asks of Patients without asking for them, and residents' Persons out of the
    /// compartments of single sources: they tell of the others.
    /// </summary>
    public Likely WithoutComposed(TypeAsk ask, TypeTerms terms, SearchPlace place)
    {
        var isAbout = ask.Plan.Type.Name == Patient || (ask.Plan.Type.Name == "Person" && place.Compartment?.Type == Patient);
        var compartment = place.Composed;
        if (!isAbout || ask.Ids.Exists(i => !i.IsNot) || ask.Clauses.Exists(AsksForComposed))
        {
            return Likely.Sure(TermQuery.Everything);
        }

        var others = TermQuery.Without(ClauseCompiler.Token(terms, terms.Plan.Find("_tag"), coverage.TagSystem, coverage.TagCode));
        if (compartment.Count == 0)
        {
            return Likely.Sure(others);
        }

        var at = Array.FindIndex(R4.Facts.Compartments, c => c.Type.Name == Patient);
        return Likely.Sure(TermQuery.AnyOf([others, .. compartment.Select(id => TermQuery.Is(TypeTerms.CompartmentTerm(at, id)))]));
    }

    /// <summary>Where records are named that are composed, what they cover is named too.</summary>
    public async ValueTask<Problem?> NameAsync(IEnumerable<StoredRecord> records, RecordNames names, Run run)
    {
        string[] composed = [.. records.Where(r => r.Key.Type == Patient && coverage.IsComposed(r)).Select(r => r.Key.Id)];
        if (composed.Length == 0)
        {
            return null;
        }

        if (!(await coverage.CoveredAsync(composed, run.Cancel)).Try(out var covered, out var problem))
        {
            return problem;
        }

        foreach (var id in covered.Values.SelectMany(ids => ids))
        {
            names.Add(new RecordKey(Patient, id));
        }

        return null;
    }

    /// <summary>The composed Patients of these sources.</summary>
    public async ValueTask<Outcome<List<StoredRecord>>> ComposedOfAsync(IReadOnlyList<StoredRecord> patients, Run run)
    {
        var found = new List<StoredRecord>();
        if (!(await book.OfAsync("Person", run.Cancel)).Try(out var terms, out var problem))
        {
            return problem;
        }

        var position = terms.Plan.Find("link");
        foreach (var some in patients.Where(p => p.Key.Type == Patient && !coverage.IsComposed(p)).Chunk(MostInQuestion))
        {
            var query = TermQuery.AllOf(
                TermQuery.Is(terms.TypeTerm),
                ClauseCompiler.Token(terms, terms.Plan.Find("_tag"), coverage.TagSystem, coverage.TagCode),
                ClauseCompiler.Referring(terms, position, some.Select(p => p.Key), null));
            if (!(await store.SearchAsync(new SearchAsk(query) { Limit = StoreLimits.MostInPage, WithRecords = true, Patience = run.Patience }, run.Cancel)).Try(out var page, out problem)
                || !(await store.ReadAsync([.. page.Records.Select(p => new RecordKey(Patient, p.Key.Id))], run.Cancel)).Try(out var composed, out problem))
            {
                return problem;
            }

            found.AddRange(composed.OfType<StoredRecord>().Where(r => r.State == RecordState.Live));
        }

        return found;
    }

    private static bool MayBePatient(SearchParameter parameter) => parameter.Targets.Length == 0 || Array.Exists(parameter.Targets, t => t.Name is Patient or "Resource");

    private static string? PatientOf(ReferenceOperand operand, string? ownBase)
    {
        if (operand is { Url: null, Version: null, Id: not null, Type: null or Patient })
        {
            return operand.Id;
        }

        var own = ownBase is null ? null : ownBase.TrimEnd('/') + "/Patient/";
        return operand.Url is { } url && own is not null && url.Length > own.Length && url.StartsWith(own, StringComparison.Ordinal) ? url[own.Length..] : null;
    }

    private bool AsksForComposed(SearchClause clause) =>
        clause.Parameter.Code == "_tag" && clause.Modifier == SearchModifier.None
        && clause.Operands.OfType<TokenOperand>().Any(t => t.Code == coverage.TagCode && t.System is null or "" || t.System == coverage.TagSystem);
}

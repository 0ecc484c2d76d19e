using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Tests.Search;

/// <summary>Asking one record in memory, as a store would be asked.</summary>
internal static class Asked
{
    public static readonly SearchContext Context = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero), "https://kangqiao.example/fhir");

    public static IndexValues Values(string json, params SearchParameter[] more)
    {
        var document = FhirDocument.Read(Encoding.UTF8.GetBytes(json), new FindingList());
        document.IsUsable.ShouldBeTrue();
        var plan = SearchPlan.Of(document.Root.Type);
        plan = more.Length == 0 ? plan : plan.With(more);
        var values = new IndexValues();
        plan.Index(document.Root, values);
        return values;
    }

    /// <summary>"name=value" as in a URL, decoded.</summary>
    public static bool Finds(this IndexValues values, string query)
    {
        var parsed = Read(values.Plan, query);
        parsed.Problem.ShouldBeNull(query);
        return parsed.Value.Matches(values);
    }

    public static Outcome<SearchClause> Read(SearchPlan plan, string query)
    {
        var equals = query.IndexOf('=', StringComparison.Ordinal);
        return SearchClause.Parse(plan, query[..equals], query[(equals + 1)..], Context);
    }

    public static IndexValues Observation(string value) =>
        Values($$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},{{value}}}""");
}

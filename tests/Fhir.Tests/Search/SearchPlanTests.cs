using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;

namespace Kangqiao.Fhir.Tests.Search;

public sealed class SearchPlanTests
{
    [Fact]
    public void Every_search_parameter_of_R4_compiles()
    {
        var refused = R4.Facts.SearchParameters
            .Select(SearchParameter.Of)
            .Where(o => !o.IsSuccess)
            .Select(o => o.Problem!.Message);

        refused.ShouldBeEmpty();
        R4.Facts.SearchParameters.Length.ShouldBeGreaterThan(1370);
    }

    [Fact]
    public void Every_resource_type_has_a_plan_with_the_parameters_of_all_resources()
    {
        foreach (var type in R4.Facts.Types.Where(t => t is { IsResource: true, IsAbstract: false }))
        {
            var plan = SearchPlan.Of(type);
            foreach (var code in (string[])["_id", "_lastUpdated", "_tag", "_profile", "_security", "_source"])
            {
                plan.Find(code).ShouldBeGreaterThanOrEqualTo(0, $"{type.Name} {code}");
            }
        }
    }
}

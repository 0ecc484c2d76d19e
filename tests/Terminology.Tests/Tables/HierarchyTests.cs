using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kangqiao.Terminology.Tables;

namespace Kangqiao.Terminology.Tests.Tables;

public sealed class HierarchyTests
{
    [Fact]
    public void Subsumption_agrees_with_walking_up_one_parent_after_another_in_any_hierarchy()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), Agrees).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void A_concept_beneath_itself_is_refused_by_name()
    {
        var draft = new ConceptTableDraft { Url = "urn:x" };
        draft.Add("a"u8, default, -1);
        draft.Add("b"u8, default, -1);
        draft.Add("c"u8, default, -1);
        draft.Relate(0, "b", isParent: true);
        draft.Relate(1, "a", isParent: true);

        var problem = draft.Build().Problem;

        problem!.Code.ShouldBe("TRM011");
    }

    [Fact]
    public void A_circle_through_a_second_parent_is_refused_too()
    {
        var draft = new ConceptTableDraft { Url = "urn:x" };
        draft.Add("a"u8, default, -1);
        draft.Add("b"u8, default, 0);
        draft.Add("top"u8, default, -1);
        draft.Relate(0, "top", isParent: true);
        draft.Relate(0, "b", isParent: true);

        draft.Build().Problem!.Code.ShouldBe("TRM011");
    }

    [Fact]
    public void A_code_twice_is_refused_and_case_counts_only_where_the_system_says_so()
    {
        static ConceptTableDraft Draft(bool isCaseSensitive)
        {
            var draft = new ConceptTableDraft { Url = "urn:x", IsCaseSensitive = isCaseSensitive };
            draft.Add("a"u8, default, -1);
            draft.Add("A"u8, default, -1);
            return draft;
        }

        Draft(true).Build().IsSuccess.ShouldBeTrue();
        Draft(false).Build().Problem!.Code.ShouldBe("TRM012");
    }

    [Fact]
    public void A_parent_that_a_complete_system_does_not_have_is_refused()
    {
        var draft = new ConceptTableDraft { Url = "urn:x" };
        draft.Add("a"u8, default, -1);
        draft.Relate(0, "nobody", isParent: true);

        draft.Build().Problem!.Code.ShouldBe("TRM016");
    }

    private static bool Agrees(int seed)
    {
        var random = new Random(seed);
        var count = random.Next(1, 60);
        var draft = new ConceptTableDraft { Url = "urn:x" };
        var parents = new List<int>[count];

        // A parent is always one of a smaller number, said in a mixed order: no circles, any number of parents.
        var codes = Enumerable.Range(0, count).ToArray();
        random.Shuffle(codes);
        var place = new int[count];
        for (var i = 0; i < count; i++)
        {
            place[codes[i]] = i;
            draft.Add(Encoding.UTF8.GetBytes($"{codes[i]}"), default, -1);
        }

        for (var child = 0; child < count; child++)
        {
            parents[child] = [];
            for (var n = random.Next(0, 4); n > 0 && child > 0; n--)
            {
                var parent = random.Next(child);
                parents[child].Add(parent);
                if (random.Next(2) == 0)
                {
                    draft.Relate(place[child], $"{parent}", isParent: true);
                }
                else
                {
                    draft.Relate(place[parent], $"{child}", isParent: false);
                }
            }
        }

        var table = draft.Build().Value;
        for (var upper = 0; upper < count; upper++)
        {
            var beneath = new ConceptSet(count);
            var above = new ConceptSet(count);
            table.Hierarchy.AddWithDescendants(table.Find($"{upper}"), beneath);
            table.Hierarchy.AddWithAncestors(table.Find($"{upper}"), above);
            for (var lower = 0; lower < count; lower++)
            {
                var expected = Reaches(parents, lower, upper);
                if (table.Hierarchy.IsAbove(table.Find($"{upper}"), table.Find($"{lower}")) != expected
                    || beneath.Contains(table.Find($"{lower}")) != expected
                    || above.Contains(table.Find($"{lower}")) != Reaches(parents, upper, lower))
                {
                    return false;
                }
            }

            var direct = table.Hierarchy.Parents(table.Find($"{upper}")).Select(table.Codes.Text).Order().ToList();
            if (!direct.SequenceEqual(parents[upper].Distinct().Select(p => $"{p}").Order()))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Reaches(List<int>[] parents, int lower, int upper) =>
        lower == upper || parents[lower].Exists(p => Reaches(parents, p, upper));
}

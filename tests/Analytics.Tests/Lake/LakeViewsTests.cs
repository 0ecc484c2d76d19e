using Kangqiao.Analytics.Lake;

namespace Kangqiao.Analytics.Tests.Lake;

public sealed class LakeViewsTests
{
    [Fact]
    public void Every_shipped_view_is_without_a_finding() =>
        LakeTable.Load(Path.Combine(Conformance.Root, "content", "views")).Value.Count.ShouldBeGreaterThanOrEqualTo(12);

    [Theory]
    [InlineData("""{"resource":"Patient","select":[{"column":[{"name":"id","path":"id"}]}]}""", "a name")]
    [InlineData("""{"name":"t","resource":"Patient","select":[{"column":[{"name":"x","path":"id"}]}]}""", "id, the record's key")]
    [InlineData("""{"name":"t","resource":"Patient","select":[{"column":[{"name":"id","path":"id"},{"name":"day","path":"birthDate"}]}]}""", "DATE")]
    [InlineData("""{"name":"t","resource":"Patient","select":[{"column":[{"name":"id","path":"id"},{"name":"x","path":"nme"}]}]}""", "VWD014")]
    public void A_view_that_makes_no_sound_table_is_refused_with_its_file(string view, string reason)
    {
        var problem = LakeTable.Read("t.json", System.Text.Encoding.UTF8.GetBytes(view)).Problem.ShouldNotBeNull();
        problem.Message.ShouldStartWith("t.json");
        problem.Message.ShouldContain(reason);
    }
}

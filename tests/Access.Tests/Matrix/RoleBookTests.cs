using System.Text.RegularExpressions;
using Kangqiao.Access.Roles;
using Kangqiao.Host.Serving;

namespace Kangqiao.Access.Tests.Matrix;

public sealed partial class RoleBookTests
{
    public static RoleBook Book { get; } = AccessContent.Roles(AccessContent.Sensitivity().Value).Value;

    [Fact]
    public void The_matrix_in_the_documentation_is_that_of_the_data_that_decides()
    {
        var path = Path.Combine(Project.Root, "docs", "access-matrix.md");
        var due = AccessMatrix.Of(Book);
        if (Environment.GetEnvironmentVariable("KANGQIAO_ACCEPT") == "1")
        {
            File.WriteAllText(path, due);
        }

        File.ReadAllText(path).ShouldBe(due);
    }

    [Fact]
    public void A_token_can_have_the_roles_there_are() =>
        Rest.Callers.Roles.All.Order(StringComparer.Ordinal).ShouldBe(Book.Roles.Select(r => r.Code).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("\"Observation\", ", "", "Observation is of no kind")]
    [InlineData("\"kinds\": [\"consent\"]", "\"kinds\": [\"dreams\"]", "a kind that there is not")]
    [InlineData("\"hiv\"", "\"shoe-size\"", "a label that there is not")]
    [InlineData("\"idNumber\"", "\"shoeSize\"", "masks a field that there is not")]
    [InlineData("\"may\": [\"write\"], \"scope\": \"own\"", "\"may\": [\"write\"], \"scope\": \"treated\"", "may write what is not its own")]
    public void Roles_that_make_no_sense_are_refused_with_the_reason(string from, string to, string why)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, File.ReadAllText(Path.Combine(Project.Root, "content", "access", "roles.json")).Replace(from, to, StringComparison.Ordinal));
            RoleBook.Load(file, AccessContent.Sensitivity().Value.Codes).Problem.ShouldNotBeNull().Message.ShouldContain(why);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Whoever adds a way to records that asks nobody adds it here, and says why in the commit.</summary>
    [Fact]
    public void The_store_is_named_past_the_predicate_only_where_the_platform_asks_for_itself()
    {
        string[] known =
        [
            "src/Access/AccessRoom.cs", "src/Access/Deciding/ReaderDecision.cs", "src/Access/Scopes/ScopeNarrowing.cs", "src/Host/Serving/TerminologyFollower.cs",
            "src/Rest/BackgroundWork.cs", "src/Rest/Bulk/BulkJob.cs", "src/Rest/Bulk/Export.cs", "src/Rest/Bulk/ExportWork.cs", "src/Rest/Bulk/ImportWork.cs", "src/Rest/Bulk/Indexing.cs",
            "src/Rest/Callers/Concern.cs", "src/Rest/Callers/Sight.cs", "src/Rest/Emergency/EmergencyEndpoint.cs", "src/Rest/Emergency/EmergencyRecords.cs",
            "src/Rest/Interactions/History.cs", "src/Rest/Interactions/ListedVersions.cs", "src/Rest/Records/Condition.cs", "src/Rest/RestRoom.cs",
            "src/Rest/Subscriptions/NoticeWork.cs", "src/Rest/Subscriptions/NotificationBundle.cs", "src/Rest/Subscriptions/Post.cs", "src/Rest/Subscriptions/Posts.cs",
            "src/Rest/Subscriptions/SubscriptionInteractions.cs", "src/Rest/Subscriptions/SubscriptionShelf.cs", "src/Store/Queries/ReaderPredicate.cs",
        ];
        var found = Directory.GetFiles(Path.Combine(Project.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && PastThePredicate().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetRelativePath(Project.Root, f)).Order(StringComparer.Ordinal);
        found.Except(known).ShouldBeEmpty();
    }

    [GeneratedRegex(@"room\.Platform\b|ReaderPredicate\.(Platform|Of)\b|\bIRecordStore Platform\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PastThePredicate();
}

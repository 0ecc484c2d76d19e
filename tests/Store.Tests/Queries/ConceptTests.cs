using Kangqiao.Fhir.Codes;
using Kangqiao.Kernel;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Tests.Contract;

namespace Kangqiao.Store.Tests.Queries;

/// <summary>:in, :not-in, :above and :below, with the codes listed and with each candidate asked.</summary>
public sealed class ConceptTests
{
    [Theory]
    [InlineData("code:in=http://vs", "o1 o2 o4")]
    [InlineData("code:not-in=http://vs", "o3")]
    [InlineData("code:below=http://s|a", "o1 o2")]
    [InlineData("code:above=http://s|ab", "o1 o2")]
    [InlineData("code:below=http://s|ab", "o2")]
    [InlineData("code:in=http://unknown", "")]
    public async Task Codes_are_found_by_what_the_terminology_says(string query, string ids)
    {
        await using var house = await SearchHouse.OpenAsync();
        await house.AddAsync(
            Observation("o1", "\"system\":\"http://s\",\"code\":\"a\""),
            Observation("o2", "\"system\":\"http://s\",\"code\":\"ab\""),
            Observation("o3", "\"system\":\"http://other\",\"code\":\"a\""),
            Observation("o4", "\"code\":\"a\""));
        var context = SearchHouse.Context with { Terminology = new Letters() };
        var parameter = query.Split('=');
        var request = SearchRequestParser.Parse(
            house.Book, "Observation", [new(parameter[0], parameter[1]), new("_total", "accurate")], context, SearchOptions.Default).Must();
        foreach (var expansion in (ITermExpansion?[])[null, new Letters()])
        {
            var answer = await new SearchPlanner(house.Store, house.Book, house.Clock, expansion)
                .SearchAsync(request, ReaderPredicate.Platform, TestContext.Current.CancellationToken)
                .Must();
            string.Join(' ', answer.Entries.Select(e => e.Record.Key.Id)).ShouldBe(ids);
            answer.Total.ShouldBe(answer.Entries.Count);
        }
    }

    private static string Observation(string id, string coding) =>
        $$"""{"resourceType":"Observation","id":"{{id}}","status":"final","code":{"coding":[ { {{coding}} } ] } }""";

    /// <summary>A code is below another that it begins with; a value without system is taken for one of ours.</summary>
    private sealed class Letters : ITerminology, ITermExpansion
    {
        public Membership IsMember(string valueSet, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code) =>
            valueSet != "http://vs" ? Membership.Unknown
            : (system.IsEmpty || system.SequenceEqual("http://s"u8)) && code.StartsWith("a"u8) ? Membership.Member
            : Membership.NotMember;

        public Membership IsDefined(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code) => Membership.Unknown;

        public bool? Subsumes(string system, string parent, string child) =>
            system == "http://s" ? child.StartsWith(parent, StringComparison.Ordinal) : null;

        public Problem? Refusal(string valueSet) => null;

        public IReadOnlyList<(string System, string Code)>? Members(string valueSet, int most) =>
            valueSet == "http://vs" ? [("http://s", "a"), ("http://s", "ab")] : null;

        public IReadOnlyList<string>? Below(string system, string code, int most) => code == "a" ? ["a", "ab"] : [code];

        public IReadOnlyList<string>? Above(string system, string code, int most) => code == "ab" ? ["a", "ab"] : [code];
    }
}

using Kangqiao.Bench.Load.Wire;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load.Workloads;

/// <summary>One question to the server and what is known of its answer.</summary>
/// <param name="Path">What follows the base; percent-encoded.</param>
/// <param name="Matches">How many records match in all.</param>
/// <param name="Page">How many of them the first page holds at most.</param>
internal readonly record struct Question(string Path, long Matches, int Page)
{
    /// <summary>Records that must come beside the matches; null where it is not known.</summary>
    public long? Included { get; init; }

    /// <summary>The answer must say how many match in all.</summary>
    public bool NeedsTotal { get; init; }

    /// <summary>The matches are a lower bound and may come as included ones: $everything may bring what the records refer to.</summary>
    public bool IsAtLeast { get; init; }

    /// <summary>Null when the answer holds no more than there is: what a viewer who does not see all may be given.</summary>
    public string? TooMuch(BundleGlance got) =>
        got.Matches > Math.Min(Matches, Page) || got.Total > Matches ? $"at most {Math.Min(Matches, Page)} matches on the page due, {got.Matches} came" : null;

    /// <summary>Null when the answer is right; otherwise what was due and what came.</summary>
    public string? Wrong(BundleGlance got)
    {
        var page = Math.Min(Matches, Page);
        if (IsAtLeast)
        {
            return got.Entries >= page || (got.HasNext && got.Entries > 0) ? null : $"at least {page} records due, {got.Entries} came";
        }

        if (got.Total is { } total ? total != Matches : NeedsTotal)
        {
            return $"total {Matches} due, {got.Total?.ToString() ?? "none"} came";
        }

        if (got.Matches != page)
        {
            return $"{page} matches on the page due, {got.Matches} came";
        }

        return Included is null || got.Included == Included ? null : $"{Included} included due, {got.Included} came";
    }
}

/// <summary>Draws a question of one kind with values of its own.</summary>
internal delegate Question Draw(ref SplitMix64 random);

/// <summary>Questions that are measured together.</summary>
internal sealed record QuestionFamily(string Name, Draw Draw);

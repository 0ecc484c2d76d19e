using System.Text.Json;
using Kangqiao.Store.Feed;

namespace Kangqiao.Store.Reindexing;

/// <summary>Where a run of re-indexing stands; the job's checkpoint.</summary>
/// <param name="Since">End of the feed when the run began.</param>
/// <param name="UpTo">The highest number there was when the run began: what came later was written in the new form.</param>
/// <param name="After">Number of the last record seen to.</param>
/// <param name="Seen">Records seen to, by type.</param>
/// <param name="Refused">Records whose terms could not be made.</param>
/// <param name="FirstRefused">The first of them.</param>
internal sealed record ReindexState(string Since, long UpTo, long After, Dictionary<string, long> Seen, long Refused, string FirstRefused)
{
    public static ReindexState Begin(ChangeCursor end, long upTo) => new(end.ToString(), upTo, 0, [], 0, "");

    public static ReindexState? Read(string checkpoint) => checkpoint.Length == 0 ? null : JsonSerializer.Deserialize<ReindexState>(checkpoint);

    public string Write() => JsonSerializer.Serialize(this);

    public long Total => Seen.Values.Sum() + Refused;
}

/// <summary>What is known of the index.</summary>
/// <param name="Job">Id of the newest run; null when there never was one.</param>
/// <param name="IsCurrent">Every record's terms are in this program's form, and that was verified.</param>
public sealed record IndexState(string? Job, bool IsCurrent, Jobs.JobState? State, long Done, long Total, string Result);

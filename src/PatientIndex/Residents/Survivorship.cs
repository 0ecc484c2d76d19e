using System.Text.Json;
using Kangqiao.Kernel;

namespace Kangqiao.PatientIndex.Residents;

/// <summary>
/// Whose word counts for a resident's demographics (content/matching/survivorship.json): for each field the kinds of source from the
/// most to the least trusted; among equals the newest.
/// </summary>
public sealed class Survivorship
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };

    private readonly Written written;

    private Survivorship(Written written) => this.written = written;

    /// <summary>Every source counts the same; the newest wins.</summary>
    public static Survivorship Newest { get; } = new(new("none", [], [], []));

    public string Version => written.Version;

    public static Outcome<Survivorship> Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var read = JsonSerializer.Deserialize<Written>(json, Json)!;
            var known = read.Origins.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var (field, order) in read.Fields.Append(new("default", read.Default)))
            {
                if (Array.Find(order, name => !known.Contains(name)) is { } unknown)
                {
                    return Problems.UnreadableSurvivorship($"{field} names the kind of source '{unknown}', which is not described.");
                }
            }

            return new Survivorship(read);
        }
        catch (JsonException fault)
        {
            return Problems.UnreadableSurvivorship(fault.Message);
        }
    }

    /// <summary>Place of a source in the order of a field: 0 is trusted most.</summary>
    internal int RankOf(string field, SourcePatient source)
    {
        var order = written.Fields.GetValueOrDefault(field, written.Default);
        for (var rank = 0; rank < order.Length; rank++)
        {
            if (Array.Find(written.Origins, o => o.Name == order[rank]) is { } origin && IsOf(origin, source))
            {
                return rank;
            }
        }

        return order.Length;
    }

    private static bool IsOf(Origin origin, SourcePatient source) =>
        origin.Senders?.Contains(source.Sender, StringComparer.Ordinal) == true
        || origin.Tags?.Any(tag => source.Tags.Contains((tag.System, tag.Code))) == true;

    private sealed record Written(string Version, Origin[] Origins, Dictionary<string, string[]> Fields, string[] Default);

    /// <param name="Name">Such as population-base.</param>
    /// <param name="Senders">Codes of senders all of whose Patients are of this kind.</param>
    /// <param name="Tags">Tags (meta.tag) that mark a Patient as of this kind.</param>
    private sealed record Origin(string Name, string[]? Senders = null, Tag[]? Tags = null);

    private sealed record Tag(string System, string Code);
}

namespace Kangqiao.Audit.Entries;

/// <summary>A record that was shown or changed.</summary>
/// <param name="Patient">Place among <see cref="AuditEntry.Patients"/> of whom it is about; -1 for nobody.</param>
public readonly record struct AuditedRecord(string Type, string Id, long Version, int Patient = -1)
{
    public override string ToString() => $"{Type}/{Id}";
}

/// <summary>One thing that happened.</summary>
public sealed record AuditEntry(AuditAction Action, AuditActor Actor)
{
    public AuditOutcome Outcome { get; init; }

    /// <summary>The right that was used, in few words that come again: they are kept once.</summary>
    public string? Right { get; init; }

    /// <summary>Code of the problem or of the rule.</summary>
    public string? Code { get; init; }

    /// <summary>What was asked or why: an address with its search, a reason. Cut to 1,000 characters.</summary>
    public string? Detail { get; init; }

    /// <summary>Ids of the Patients whose data it is about.</summary>
    public IReadOnlyList<string> Patients { get; init; } = [];

    public IReadOnlyList<AuditedRecord> Records { get; init; } = [];
}

/// <summary>Where an entry is in the trail.</summary>
/// <param name="Segment">Name of its part.</param>
/// <param name="Offset">Of its first byte there.</param>
public readonly record struct AuditPlace(string Segment, uint Offset)
{
    /// <summary>As FHIR id.</summary>
    public override string ToString() => $"{Segment}-{Offset:x8}";

    public static bool TryParse(string text, out AuditPlace place)
    {
        var cut = text.LastIndexOf('-');
        place = default;
        if (cut <= 0 || !uint.TryParse(text.AsSpan(cut + 1), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }

        place = new(text[..cut], offset);
        return Trail.SegmentName.IsName(place.Segment);
    }
}

/// <summary>An entry as it stands in the trail.</summary>
public sealed record AuditedEntry(AuditPlace Place, DateTimeOffset At, AuditEntry Entry);

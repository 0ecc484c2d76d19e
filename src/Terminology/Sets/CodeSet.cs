using Kangqiao.Fhir.Codes;

namespace Kangqiao.Terminology.Sets;

/// <summary>A value set with its codes worked out; immutable once made. Asking for a code allocates nothing.</summary>
internal sealed class CodeSet(string url, string? version, string? title)
{
    private readonly List<SetPart> parts = [];
    private readonly List<string> missing = [];

    public string Url => url;

    public string? Version => version;

    public string? Title => title;

    public List<SetPart> Parts => parts;

    /// <summary>Code systems and value sets that the definition needs and that are not loaded: what they would add is not known.</summary>
    public List<string> Missing => missing;

    /// <summary>True where the specification's own list is known not to be whole.</summary>
    public bool IsOpen { get; init; }

    /// <summary>How many codes; -1 where they cannot be counted.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var part in parts)
            {
                if (part.Count < 0)
                {
                    return -1;
                }

                count += part.Count;
            }

            return count;
        }
    }

    /// <summary>Is the code in the set, be it for use or only for grouping?</summary>
    /// <param name="system">Empty for any.</param>
    public SetPart? Find(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code)
    {
        foreach (var part in parts)
        {
            if ((system.IsEmpty || system.SequenceEqual(part.SystemUtf8)) && part.Contains(code))
            {
                return part;
            }
        }

        return null;
    }

    /// <summary>What can be said of the code as a value.</summary>
    /// <param name="system">Empty for any.</param>
    public Membership Membership(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code)
    {
        if (Find(system, code) is { } part)
        {
            return part is TablePart table && table.IsOnlyGroup(table.Table.Find(code))
                ? Fhir.Codes.Membership.NotMember
                : Fhir.Codes.Membership.Member;
        }

        if (IsOpen || missing.Count > 0)
        {
            return Fhir.Codes.Membership.Unknown;
        }

        foreach (var open in parts)
        {
            if ((system.IsEmpty || system.SequenceEqual(open.SystemUtf8)) && open.IsOpenFor(code))
            {
                return Fhir.Codes.Membership.Unknown;
            }
        }

        return Fhir.Codes.Membership.NotMember;
    }
}

using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Standard.Naming;

/// <summary>A place in the bundle's bytes where another record may be named.</summary>
/// <param name="Start">First byte.</param>
/// <param name="IsReference">It is a Reference.reference; else only a full match with a fullUrl counts.</param>
public readonly record struct ReferenceSpot(int Start, int Length, bool IsReference);

/// <summary>
/// Finds the places that a transaction may have to rewrite (R4 http.html#trules): Reference.reference, values of type uri, url, oid,
/// uuid and canonical, and the links of narratives.
/// </summary>
public sealed class ReferenceSpots(bool hasHttpNames)
{
    private static readonly int ReferenceName = R4.Facts.NameId("reference");

    /// <summary>Adds the places of one resource, in the order of its bytes.</summary>
    public void Collect(Element resource, List<ReferenceSpot> into)
    {
        var before = into.Count;
        Walk(resource, into);

        // Elements come in the order of FHIR's definition, which need not be that of the bytes.
        into.Sort(before, into.Count - before, ByStart.Instance);
    }

    private void Walk(Element element, List<ReferenceSpot> into)
    {
        foreach (var child in element.Children)
        {
            if (child.IsPrimitive)
            {
                if (child.HasValue)
                {
                    Look(child, into);
                }
            }

            Walk(child, into);
        }
    }

    private void Look(Element value, List<ReferenceSpot> into)
    {
        switch (value.Type.Primitive)
        {
            case PrimitiveKind.String when value.NameId == ReferenceName && ReferenceEquals(value.Parent.Type, R4.Facts.Reference):
                if (value.Raw is not [(byte)'#', ..])
                {
                    into.Add(new(value.Start, value.Raw.Length, true));
                }

                break;
            case PrimitiveKind.Uri or PrimitiveKind.Url or PrimitiveKind.Oid or PrimitiveKind.Uuid or PrimitiveKind.Canonical:
                if (MayName(value.Raw))
                {
                    into.Add(new(value.Start, value.Raw.Length, false));
                }

                break;
            case PrimitiveKind.Xhtml:
                LookInNarrative(value.Start, value.Raw, into);
                break;
        }
    }

    private bool MayName(ReadOnlySpan<byte> raw) => raw.StartsWith("urn:"u8) || (hasHttpNames && raw.StartsWith("http"u8));

    /// <summary>href and src of the narrative, whose quotes are escaped or single.</summary>
    private void LookInNarrative(int start, ReadOnlySpan<byte> raw, List<ReferenceSpot> into)
    {
        for (var at = 0; at < raw.Length;)
        {
            var equals = raw[at..].IndexOf((byte)'=');
            if (equals < 0)
            {
                return;
            }

            at += equals + 1;
            var name = raw[..(at - 1)].TrimEnd(" \t"u8);
            if (!name.EndsWith("href"u8) && !name.EndsWith("src"u8))
            {
                continue;
            }

            var isDouble = raw[at..].StartsWith("\\\""u8);
            if (!isDouble && !raw[at..].StartsWith("'"u8))
            {
                continue;
            }

            at += isDouble ? 2 : 1;
            var length = isDouble ? raw[at..].IndexOf("\\\""u8) : raw[at..].IndexOf((byte)'\'');
            if (length > 0 && MayName(raw.Slice(at, length)))
            {
                into.Add(new(start + at, length, false));
            }
        }
    }

    private sealed class ByStart : IComparer<ReferenceSpot>
    {
        public static readonly ByStart Instance = new();

        public int Compare(ReferenceSpot x, ReferenceSpot y) => x.Start.CompareTo(y.Start);
    }
}

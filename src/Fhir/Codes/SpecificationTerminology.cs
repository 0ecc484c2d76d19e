using System.Text;
using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Codes;

/// <summary>
/// Answers from the value sets and code systems that FHIR R4 itself defines or enumerates; all else is
/// <see cref="Membership.Unknown"/>.
/// </summary>
public sealed class SpecificationTerminology : ITerminology
{
    public static readonly SpecificationTerminology Instance = new();

    private SpecificationTerminology()
    {
    }

    public Membership IsMember(string valueSet, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code)
    {
        var bar = valueSet.IndexOf('|', StringComparison.Ordinal);
        var set = R4.Facts.ValueSet(bar < 0 ? valueSet : valueSet[..bar]);
        if (set is null)
        {
            return Membership.Unknown;
        }

        if (system.IsEmpty ? set.ContainsCode(code) : set.Contains(system, code))
        {
            return Membership.Member;
        }

        return set.IsComplete ? Membership.NotMember : Membership.Unknown;
    }

    public Membership IsDefined(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code)
    {
        if (!system.StartsWith("http://hl7.org/fhir/"u8) && !system.StartsWith("http://terminology.hl7.org/"u8))
        {
            return Membership.Unknown;
        }

        var codes = R4.Facts.CodeSystem(Encoding.UTF8.GetString(system));
        if (codes is null)
        {
            return Membership.Unknown;
        }

        return codes.Contains(system, code) ? Membership.Member
            : codes.IsComplete ? Membership.NotMember
            : Membership.Unknown;
    }

    public bool? Subsumes(string system, string parent, string child) => parent == child ? true : null;
}

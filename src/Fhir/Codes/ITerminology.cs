namespace Kangqiao.Fhir.Codes;

/// <summary>Whether a code belongs to a value set.</summary>
public enum Membership : byte
{
    /// <summary>It cannot be told here: the set or its code system is not known, or not enumerable.</summary>
    Unknown,
    Member,
    NotMember,
}

/// <summary>
/// What the kernel asks about codes. The kernel itself answers from the specification's own facts
/// (<see cref="SpecificationTerminology"/>); the Terminology room answers from all that is loaded.
/// </summary>
public interface ITerminology
{
    /// <summary>Is the code in the value set?</summary>
    /// <param name="valueSet">Canonical URL; a |version is allowed.</param>
    /// <param name="system">Code system of the code; empty when only the code is at hand (type code), which then takes the set's own.</param>
    /// <param name="code">The code itself, as UTF-8.</param>
    Membership IsMember(string valueSet, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code);

    /// <summary>Is the code one of the code system?</summary>
    /// <param name="system">Canonical URL of the code system.</param>
    /// <param name="code">The code itself, as UTF-8.</param>
    Membership IsDefined(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code);

    /// <summary>True or false if it is known whether <paramref name="parent"/> is the same as or above <paramref name="child"/>; else null.</summary>
    bool? Subsumes(string system, string parent, string child);
}

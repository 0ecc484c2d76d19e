using Kangqiao.Kernel;
using Kangqiao.Terminology.Rules;

namespace Kangqiao.Terminology.Operations;

/// <summary>In parameters of CodeSystem/$subsumes (R4 codesystem-operation-subsumes.html).</summary>
public sealed record SubsumesRequest(string? System, string? CodeA, string? CodeB, string? Version = null);

/// <summary>Out parameter of $subsumes.</summary>
public enum Subsumption
{
    Equivalent,

    /// <summary>A is above B.</summary>
    Subsumes,

    /// <summary>A is beneath B.</summary>
    SubsumedBy,
    NotSubsumed,
}

internal static class Subsume
{
    public static Outcome<Subsumption> Answer(TerminologySnapshot snapshot, SubsumesRequest ask)
    {
        if (string.IsNullOrEmpty(ask.System) || string.IsNullOrEmpty(ask.CodeA) || string.IsNullOrEmpty(ask.CodeB))
        {
            return Problems.Missing("$subsumes needs system, codeA and codeB, or codingA and codingB.");
        }

        if (snapshot.System(ask.System) is not { } versions)
        {
            return OfGrammar(ask);
        }

        if (versions.Pick(ask.Version) is not { } table)
        {
            return Problems.UnknownCodeSystem(ask.System, ask.Version);
        }

        var a = table.Find(ask.CodeA);
        var b = table.Find(ask.CodeB);
        for (var i = 0; (a < 0 || b < 0) && ask.Version is null && i < versions.Tables.Length; i++)
        {
            table = versions.Tables[i];
            a = table.Find(ask.CodeA);
            b = table.Find(ask.CodeB);
        }

        if (a < 0 || b < 0)
        {
            return Problems.UnknownCode(ask.System, a < 0 ? ask.CodeA : ask.CodeB);
        }

        return a == b ? Subsumption.Equivalent
            : table.Hierarchy.IsAbove(a, b) ? Subsumption.Subsumes
            : table.Hierarchy.IsAbove(b, a) ? Subsumption.SubsumedBy
            : Subsumption.NotSubsumed;
    }

    private static Outcome<Subsumption> OfGrammar(SubsumesRequest ask)
    {
        if (GrammarSystem.Find(ask.System!) is not { } grammar)
        {
            return Problems.UnknownCodeSystem(ask.System!, ask.Version);
        }

        return !grammar.IsValid(ask.CodeA) ? Problems.UnknownCode(ask.System!, ask.CodeA!)
            : !grammar.IsValid(ask.CodeB) ? Problems.UnknownCode(ask.System!, ask.CodeB!)
            : ask.CodeA == ask.CodeB ? Subsumption.Equivalent
            : Subsumption.NotSubsumed;
    }
}

using System.Text;
using Kangqiao.Fhir.Codes;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Text;
using Kangqiao.Kernel;
using Kangqiao.Terminology.Definitions;
using Kangqiao.Terminology.Rules;
using Kangqiao.Terminology.Sets;
using Kangqiao.Terminology.Tables;

namespace Kangqiao.Terminology.Operations;

/// <summary>
/// In parameters of CodeSystem/$validate-code and ValueSet/$validate-code: against <see cref="Inline"/>, else against
/// <see cref="ValueSet"/>, else against the code system of each coding.
/// </summary>
/// <param name="Codings">One for code, system and display, or for a coding; those of a CodeableConcept, of which one valid one suffices.</param>
public sealed record ValidateCodeRequest(IReadOnlyList<Coding> Codings)
{
    /// <summary>Canonical URL, with or without |version.</summary>
    public string? ValueSet { get; init; }

    /// <summary>A value set sent along.</summary>
    public Element Inline { get; init; }

    /// <summary>True where a code that only groups others is good enough.</summary>
    public bool AllowAbstract { get; init; }

    public string? DisplayLanguage { get; init; }
}

internal static class ValidateCode
{
    private const int MaxCodings = 200;

    public static Outcome<CodeVerdict> Answer(TerminologySnapshot snapshot, ValidateCodeRequest ask)
    {
        if (ask.Codings.Count is 0 or > MaxCodings || ask.Codings.Any(c => string.IsNullOrEmpty(c.Code)))
        {
            return Problems.Missing($"$validate-code needs a code, a coding or a codeableConcept with at most {MaxCodings} codings, each with its code.");
        }

        CodeSet? set = null;
        if (ask.Inline.Exists || ask.ValueSet is not null)
        {
            var found = ask.Inline.Exists ? ValueSetDefinition.Read(ask.Inline).Then(new SetMaking(snapshot).Make) : snapshot.Set(ask.ValueSet!);
            if (!found.Try(out set, out var problem))
            {
                return problem;
            }
        }

        CodeVerdict? first = null;
        foreach (var coding in ask.Codings)
        {
            var judged = set is null ? InSystem(snapshot, coding, ask) : InSet(snapshot, set, coding, ask);
            if (!judged.Try(out var verdict, out var problem))
            {
                return problem;
            }

            if (verdict.Result)
            {
                return verdict;
            }

            first ??= verdict;
        }

        return first!;
    }

    private static Outcome<CodeVerdict> InSystem(TerminologySnapshot snapshot, Coding coding, ValidateCodeRequest ask)
    {
        if (coding.System.Length == 0)
        {
            return Problems.Missing("$validate-code needs the system of the code, or a value set.");
        }

        if (snapshot.System(coding.System) is not { } versions)
        {
            return GrammarSystem.Find(coding.System) is not { } grammar
                ? Problems.UnknownCodeSystem(coding.System, coding.Version)
                : CodeVerdict.Of(
                    grammar.IsValid(coding.Code), coding, null, null, grammar.IsValid(coding.Code) ? CodeFinding.None : CodeFinding.NotInCodeSystem, grammar.Name);
        }

        if (versions.Pick(coding.Version) is not { } table)
        {
            return Problems.UnknownCodeSystem(coding.System, coding.Version);
        }

        var concept = table.Find(coding.Code);
        for (var i = 1; concept < 0 && coding.Version is null && i < versions.Tables.Length; i++)
        {
            if (versions.Tables[i].Find(coding.Code) is >= 0 and var older)
            {
                return Judge(versions.Tables[i], older, coding, ask, CodeFinding.OlderEdition, null, isNamed: false);
            }
        }

        return concept >= 0
            ? Judge(table, concept, coding, ask, CodeFinding.None, null, isNamed: false)
            : CodeVerdict.Of(false, coding, null, table.Version, table.IsComplete ? CodeFinding.NotInCodeSystem : CodeFinding.CannotBeTold, Named(table.Title, table.Url));
    }

    private static Outcome<CodeVerdict> InSet(TerminologySnapshot snapshot, CodeSet set, Coding coding, ValidateCodeRequest ask)
    {
        // A sender may use another name of the system than the value set does.
        var system = coding.System.Length == 0 ? "" : snapshot.System(coding.System)?.Url ?? coding.System;
        var systemBytes = Encoding.UTF8.GetBytes(system);
        var code = Encoding.UTF8.GetBytes(coding.Code);
        switch (Part(set, systemBytes, code, coding.Version))
        {
            case TablePart part:
                var concept = part.Table.Find(code);
                return Judge(part.Table, concept, coding, ask, CodeFinding.None, part.OwnDisplay(concept), isNamed: !part.IsOnlyGroup(concept));
            case ListPart part:
                var display = part.Display(code);
                return display is null || coding.Display is null || IsSame(display, coding.Display)
                    ? CodeVerdict.Of(true, coding, display, part.Version, CodeFinding.None, "")
                    : CodeVerdict.Of(false, coding, display, part.Version, CodeFinding.WrongDisplay, "");
            case GrammarPart:
                return CodeVerdict.Of(true, coding, null, null, CodeFinding.None, "");
        }

        if (set.Membership(systemBytes, code) == Membership.Unknown)
        {
            return set.Missing.Count > 0 ? Problems.MissingPart(set.Missing[0])
                : CodeVerdict.Of(false, coding, null, null, CodeFinding.CannotBeTold, Named(set.Title, set.Url));
        }

        return CodeVerdict.Of(false, coding, null, null, CodeFinding.NotInValueSet, Named(set.Title, set.Url));
    }

    private static SetPart? Part(CodeSet set, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code, string? version)
    {
        foreach (var part in set.Parts)
        {
            if ((system.IsEmpty || system.SequenceEqual(part.SystemUtf8)) && (version is null || part.Version is null || part.Version == version)
                && part.Contains(code))
            {
                return part;
            }
        }

        return null;
    }

    private static CodeVerdict Judge(
        ConceptTable table, int concept, Coding coding, ValidateCodeRequest ask, CodeFinding warning, string? ownDisplay, bool isNamed)
    {
        var display = ownDisplay ?? table.Display(concept, ask.DisplayLanguage);
        if (!isNamed && table.IsAbstract(concept) && !ask.AllowAbstract)
        {
            return CodeVerdict.Of(false, coding, display, table.Version, CodeFinding.OnlyGroups, "");
        }

        if (coding.Display is { Length: > 0 } sent && display is not null && !IsSame(display, sent) && !IsNameOf(table, concept, sent))
        {
            return CodeVerdict.Of(false, coding, display, table.Version, CodeFinding.WrongDisplay, "");
        }

        var finding = warning == CodeFinding.None && table.IsInactive(concept) ? CodeFinding.Inactive : warning;
        return CodeVerdict.Of(true, coding, display, table.Version, finding, "");
    }

    private static bool IsNameOf(ConceptTable table, int concept, string sent)
    {
        if (table.Display(concept) is { } display && IsSame(display, sent))
        {
            return true;
        }

        for (var i = table.FirstDesignation(concept); i < table.Designations.Length && table.Designations[i].Concept == concept; i++)
        {
            if (IsSame(table.DesignationTexts.Text(i), sent))
            {
                return true;
            }
        }

        return false;
    }

    // Case, width and white space are how names come out of different systems, not a difference in meaning.
    private static bool IsSame(string known, string sent) =>
        known == sent || (sent.Length <= 4000 && SearchText.Normalise(known) == SearchText.Normalise(sent));

    private static string Named(string? title, string url) => title is null ? url : $"{title} ({url})";
}

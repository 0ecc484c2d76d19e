using System.Text;
using Kangqiao.Fhir.Codes;
using Kangqiao.Kernel;
using Kangqiao.Terminology.Operations;
using Kangqiao.Terminology.Rules;
using Kangqiao.Terminology.Sets;
using Kangqiao.Terminology.Tables;

namespace Kangqiao.Terminology;

/// <summary>
/// The door to the room: FHIR's terminology operations, and the kernel's questions. Answers come from what is loaded, then from what
/// the specification itself defines. Safe from any number of threads.
/// </summary>
public sealed class TerminologyService(TerminologyStore store, TimeProvider time) : ITerminology
{
    public TerminologySnapshot Current => store.Current;

    /// <summary>CodeSystem/$lookup.</summary>
    public Outcome<LookupAnswer> Lookup(LookupRequest ask) => Operations.Lookup.Answer(store.Current, ask);

    /// <summary>CodeSystem/$validate-code and ValueSet/$validate-code.</summary>
    public Outcome<CodeVerdict> ValidateCode(ValidateCodeRequest ask) => Operations.ValidateCode.Answer(store.Current, ask);

    /// <summary>CodeSystem/$subsumes.</summary>
    public Outcome<Subsumption> Subsumes(SubsumesRequest ask) => Subsume.Answer(store.Current, ask);

    /// <summary>ValueSet/$expand.</summary>
    public Outcome<Expansion> Expand(ExpandRequest ask) => Operations.Expand.Answer(store.Current, ask, time.GetUtcNow());

    /// <summary>ConceptMap/$translate.</summary>
    public Outcome<Translation> Translate(TranslateRequest ask) => Operations.Translate.Answer(store.Current, ask);

    /// <summary>Null, or why it cannot be told of every code whether it is in the value set: it is not loaded, or not whole.</summary>
    /// <param name="valueSet">Canonical URL; a |version is allowed.</param>
    public Problem? WhyNotTold(string valueSet) => CodeListing.Refusal(store.Current, valueSet);

    /// <summary>Every code of the value set, by all names of its system; null where there are more than <paramref name="most"/>, or no list.</summary>
    public IReadOnlyList<(string System, string Code)>? Members(string valueSet, int most) => CodeListing.Members(store.Current, valueSet, most);

    /// <summary>The code and all below it; null where there are more than <paramref name="most"/>.</summary>
    public IReadOnlyList<string>? Below(string system, string code, int most) => CodeListing.Below(store.Current, system, code, most);

    /// <summary>The code and all above it; null where there are more than <paramref name="most"/>.</summary>
    public IReadOnlyList<string>? Above(string system, string code, int most) => CodeListing.Above(store.Current, system, code, most);

    /// <summary>Where a code stands among tables that an element may carry.</summary>
    /// <param name="tables">Names as standards give them (<c>CV02.01.101</c>), or URLs.</param>
    public TableAnswer InTables(IReadOnlyList<string> tables, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code) =>
        TableQuestions.Find(store.Current, tables, system, code);

    /// <summary>The first codes of tables that may be used, for a hint.</summary>
    public IReadOnlyList<(string Code, string? Display)> FirstOf(IReadOnlyList<string> tables, int most) => TableQuestions.First(store.Current, tables, most);

    /// <summary>Is a code system loaded under that name or URL?</summary>
    public bool HasTable(string name) => store.Current.System(name) is not null;

    /// <summary>What the table of that name or URL is called; the name itself where it is not loaded.</summary>
    public string TitleOf(string name) => store.Current.System(name)?.Newest.Title ?? name;

    /// <summary>The URL of the table of that name; the name itself where it is not loaded.</summary>
    public string UrlOf(string name) => store.Current.System(name)?.Url ?? name;

    /// <summary>What a code of the table is called in its newest edition that has it; null where none does.</summary>
    public string? DisplayOf(string table, string code)
    {
        foreach (var edition in store.Current.System(table)?.Tables ?? [])
        {
            if (edition.Find(code) is >= 0 and var concept)
            {
                return edition.Display(concept);
            }
        }

        return null;
    }

    /// <summary>URLs of the tables of the national standards that records carry, those of data elements and divisions left out.</summary>
    public IReadOnlyList<string> NationalTables() =>
        [.. store.Current.CodeSystems.Select(c => c.Url).Where(u => u.StartsWith("urn:oid:2.16.156.10011.2.3", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];

    /// <summary>Codes of the newest edition of a table, with their names.</summary>
    public IReadOnlyList<(string Code, string? Display)> CodesOf(string table) => TableQuestions.First(store.Current, [table], int.MaxValue);

    /// <inheritdoc/>
    public Membership IsMember(string valueSet, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code)
    {
        var snapshot = store.Current;
        if (!snapshot.Set(valueSet).Try(out var set, out _))
        {
            return Membership.Unknown;
        }

        var membership = set.Membership(system, code);

        // Another name of the system than the one the value set uses.
        return membership == Membership.NotMember && !system.IsEmpty && snapshot.System(system) is { } versions && !system.SequenceEqual(versions.Utf8)
            ? set.Membership(versions.Utf8, code)
            : membership;
    }

    /// <inheritdoc/>
    public Membership IsDefined(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code)
    {
        if (store.Current.System(system) is { } versions)
        {
            var isWhole = true;
            foreach (var table in versions.Tables)
            {
                if (table.Find(code) >= 0)
                {
                    return Membership.Member;
                }

                isWhole &= table.IsComplete;
            }

            return isWhole ? Membership.NotMember : Membership.Unknown;
        }

        foreach (var grammar in GrammarSystem.All)
        {
            if (Ascii.Equals(system, grammar.Url))
            {
                return grammar.IsValid(code) ? Membership.Member : Membership.NotMember;
            }
        }

        return Membership.Unknown;
    }

    /// <inheritdoc/>
    public bool? Subsumes(string system, string parent, string child)
    {
        if (parent == child)
        {
            return true;
        }

        return Subsumes(new SubsumesRequest(system, parent, child)).Try(out var subsumption, out _)
            ? subsumption is Subsumption.Subsumes or Subsumption.Equivalent
            : null;
    }
}

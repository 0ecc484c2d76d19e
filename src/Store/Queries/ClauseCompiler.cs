using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>
/// Turns the parameters of a search into questions for terms, so that together with a look at what is doubtful the answer
/// is that of <see cref="SearchClause.Matches"/>. The counterpart of <see cref="TermWriter"/>.
/// </summary>
internal sealed class ClauseCompiler(TypeTerms type, ITermExpansion? expansion)
{
    /// <summary>Codes of a value set or hierarchy that are asked as terms.</summary>
    private const int MostCodes = 500;

    private readonly RangeCompiler ranges = new(type);

    /// <summary>Records that meet all of the clauses.</summary>
    public Likely Compile(IReadOnlyList<SearchClause> clauses)
    {
        var parts = new List<Likely>();
        foreach (var clause in clauses)
        {
            if (!IsDate(clause))
            {
                parts.Add(Compile(clause));
            }
        }

        // Dates of one parameter are taken together: "from ... to" is then one range.
        foreach (var dates in clauses.Where(IsDate).GroupBy(c => c.Position))
        {
            if (type.Parts[dates.Key] is null)
            {
                parts.Add(type.IsByKey[dates.Key] ? RangeCompiler.LastUpdated([.. dates]) : ranges.Dates(dates.Key, [.. dates]));
            }
            else
            {
                parts.AddRange(dates.Select(Compile));
            }
        }

        return parts.Count == 0 ? Likely.Sure(TermQuery.Everything) : Likely.AllOf(parts);
    }

    private static bool IsDate(SearchClause clause) => clause.Parameter.Type == SearchType.Date && clause.Modifier == SearchModifier.None;

    private Likely Compile(SearchClause clause)
    {
        var position = clause.Position;
        if (clause.Modifier == SearchModifier.Missing)
        {
            return Missing(position, clause.IsMissing);
        }

        var any = Likely.AnyOf([.. clause.Operands.Select(o => Compile(position, o, clause.Modifier))]);
        return clause.Modifier is SearchModifier.Not or SearchModifier.NotIn ? any.Not() : any;
    }

    private Likely Missing(int position, bool isMissing)
    {
        if (type.IsByKey[position])
        {
            return Likely.Sure(isMissing ? TermQuery.Nothing : TermQuery.Everything);
        }

        if (type.Plan.Parameters[position].Type == SearchType.Composite)
        {
            return Likely.Unsure(TermQuery.Everything);
        }

        var has = type.Has(position);
        return Likely.Sure(isMissing ? TermQuery.Without(has) : has);
    }

    private Likely Compile(int position, Operand operand, SearchModifier modifier) => type.Parts[position] is { } parts
        ? Likely.AnyOf([.. parts.Select(p => CompileOne(p, operand, modifier))])
        : CompileOne(position, operand, modifier);

    private Likely CompileOne(int position, Operand operand, SearchModifier modifier) => operand switch
    {
        StringOperand text => OfString(position, text, modifier),
        TokenOperand token => OfToken(position, token, modifier),
        TokenTextOperand text => Prefix(Head('b', position), text.Form, TermWriter.LongestDisplay),
        ConceptOperand concept => OfConcept(position, concept, modifier),
        ReferenceOperand reference => OfReference(position, reference),
        UriOperand uri => OfUri(position, uri, modifier),
        DateOperand date => ranges.Date(position, date),
        NumberOperand number => ranges.Number(position, number),
        QuantityOperand quantity => ranges.Quantity(position, quantity),
        CompositeOperand composite => OfComposite(position, composite),
        _ => Likely.Unsure(type.Has(position)),
    };

    private string Head(char kind, int position) => kind + type.Codes[position];

    private Likely OfString(int position, StringOperand text, SearchModifier modifier)
    {
        var sounds = text.Compact.Length > 0 && text.Compact != text.Form ? text.Compact : null;
        switch (modifier)
        {
            case SearchModifier.Exact:
                // Case and accents are not in the term.
                var held = TermText.Of(text.Form, TermWriter.LongestText, out var isWhole);
                var term = Head('s', position) + held;
                return Likely.Unsure(isWhole ? TermQuery.Is(term) : TermQuery.StartsWith(term));
            case SearchModifier.Contains:
                var pairs = Bigrams(text.Form);
                return Likely.Unsure(TermQuery.AllOf(
                    type.Has(position),
                    sounds is null ? pairs : TermQuery.AnyOf(pairs, Bigrams(sounds))));
            default:
                var written = Prefix(Head('s', position), text.Form, TermWriter.LongestText);
                var read = Prefix(Head('y', position), text.Form, TermWriter.LongestText);
                return sounds is null
                    ? Likely.AnyOf(written, read)
                    : Likely.AnyOf(written, read, Prefix(Head('y', position), sounds, TermWriter.LongestText));
        }
    }

    /// <summary>Texts that begin so; what is longer than its term has to be read.</summary>
    private static Likely Prefix(string head, string form, int most)
    {
        var query = TermQuery.StartsWith(head + TermText.Of(form, most, out var isWhole));
        return isWhole ? Likely.Sure(query) : Likely.Unsure(query);
    }

    private static TermQuery Bigrams(string form)
    {
        var characters = new List<string>();
        Span<byte> one = stackalloc byte[TermText.LongestCharacter];
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(form);
        while (!rest.IsEmpty)
        {
            var length = TermText.WriteOne(rest, one, out var read);
            characters.Add(Encoding.UTF8.GetString(one[..length]));
            rest = rest[read..];
        }

        if (characters.Count == 1)
        {
            return TermQuery.StartsWith("g" + characters[0]);
        }

        var pairs = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 1; i < characters.Count; i++)
        {
            pairs.Add("g" + characters[i - 1] + characters[i]);
        }

        return TermQuery.AllOf([.. pairs.Take(32).Select(TermQuery.Is)]);
    }

    private Likely OfToken(int position, TokenOperand token, SearchModifier modifier)
    {
        if (modifier == SearchModifier.OfType)
        {
            var hash = TermHash.Of((byte)'o', Utf8(token.System), Utf8(token.Code));
            hash.Add(Utf8(token.TypedValue));
            return Likely.Sure(TermQuery.Is(Head('o', position) + hash.Text()));
        }

        var head = Head(modifier == SearchModifier.Identifier ? 'i' : 'k', position);
        return token switch
        {
            { System: null } => Likely.Sure(Code(head, token.Code)),

            // Whether a system is there, or only implied, is not in the term.
            { System: "" } => Likely.Unsure(Code(head, token.Code)),
            { Code: null } => Likely.Sure(TermQuery.Is(head + TermHash.Of((byte)'s', Utf8(token.System)).Text())),
            _ => Likely.Sure(Coding(head, token.System, token.Code)),
        };
    }

    private static TermQuery Code(string head, string? code) => TermQuery.Is(head + TermHash.Of((byte)'c', Utf8(code)).Text());

    private static TermQuery Coding(string head, string? system, string? code) =>
        TermQuery.Is(head + TermHash.Of((byte)'b', Utf8(system), Utf8(code)).Text());

    private Likely OfConcept(int position, ConceptOperand concept, SearchModifier modifier)
    {
        var head = Head('k', position);
        var has = type.Has(position);
        if (concept.Context.Terminology is null)
        {
            return Likely.Sure(TermQuery.Nothing);
        }

        if (concept.System is { } system)
        {
            var codes = modifier == SearchModifier.Below
                ? expansion?.Below(system, concept.Target, MostCodes)
                : expansion?.Above(system, concept.Target, MostCodes);
            return codes is null
                ? Likely.Unsure(TermQuery.AllOf(has, TermQuery.Is(head + TermHash.Of((byte)'s', Utf8(system)).Text())))
                : Likely.Sure(TermQuery.AnyOf([.. codes.Select(c => Coding(head, system, c))]));
        }

        if (expansion?.Members(concept.Target, MostCodes) is not { } members)
        {
            return Likely.Unsure(has);
        }

        // A value without system may be a member too: the terminology says so when the record is read.
        var sure = TermQuery.AnyOf([.. members.Select(m => Coding(head, m.System, m.Code))]);
        var maybe = TermQuery.AnyOf([.. members.Select(m => m.Code).Distinct(StringComparer.Ordinal).Select(c => Code(head, c))]);
        return members.Count == 0 ? Likely.Sure(TermQuery.Nothing) : new(maybe, TermQuery.AllOf(maybe, TermQuery.Without(sure)));
    }

    private Likely OfReference(int position, ReferenceOperand reference)
    {
        var head = Head('r', position);
        if (reference.Url is { } url)
        {
            var found = TermQuery.Is(Absolute(head, url));
            return reference.Version is null && reference.Type is null ? Likely.Sure(found) : Likely.Unsure(found);
        }

        var id = TermHash.Of((byte)'i', Utf8(reference.Id)).Text();
        var ownBase = reference.Context.OwnBase is { } root ? root.TrimEnd('/') + "/" : null;
        Likely any;
        if (reference.Type is { } target)
        {
            var local = TermQuery.Is(Local(head, target, reference.Id ?? ""));
            any = Likely.Sure(ownBase is null
                ? local
                : TermQuery.AnyOf(local, TermQuery.Is(Absolute(head, $"{ownBase}{target}/{reference.Id}"))));
        }
        else
        {
            var local = Likely.Sure(TermQuery.StartsWith(head + id));
            any = ownBase is null ? local : Likely.AnyOf(local, Likely.Unsure(TermQuery.Is(head + "y" + id)));
        }

        return reference.Version is null ? any : any.Doubted();
    }

    /// <summary>Records that refer to one of the targets by the parameter, relatively or by this server's own address.</summary>
    internal static TermQuery Referring(TypeTerms terms, int position, IEnumerable<RecordKey> targets, string? ownBase)
    {
        var any = new List<TermQuery>();
        foreach (var target in targets)
        {
            foreach (var part in terms.Parts[position] ?? [position])
            {
                var head = "r" + terms.Codes[part];
                any.Add(TermQuery.Is(Local(head, target.Type, target.Id)));
                if (ownBase is not null)
                {
                    any.Add(TermQuery.Is(Absolute(head, $"{ownBase.TrimEnd('/')}/{target}")));
                }
            }
        }

        return TermQuery.AnyOf(any);
    }

    /// <summary>Records whose reference parameter names a business identifier.</summary>
    internal static TermQuery ReferenceByIdentifier(TypeTerms terms, int position, string system, string value) =>
        Coding("i" + terms.Codes[position], system, value);

    /// <summary>Records whose reference parameter names a URL, whatever version of it.</summary>
    internal static TermQuery ReferenceByUrl(TypeTerms terms, int position, string url) =>
        TermQuery.Is(Absolute("r" + terms.Codes[position], url));

    /// <summary>Records whose URI parameter is that one.</summary>
    internal static TermQuery Uri(TypeTerms terms, int position, string uri) => Whole("u" + terms.Codes[position], uri);

    /// <summary>Records that have the coding; the code alone where it has no system.</summary>
    internal static TermQuery Token(TypeTerms terms, int position, string system, string code) => TermQuery.AnyOf(
        [.. (terms.Parts[position] ?? [position]).Select(p => system.Length == 0 ? Code("k" + terms.Codes[p], code) : Coding("k" + terms.Codes[p], system, code))]);

    /// <summary>The term of a reference to a record of this server.</summary>
    private static string Local(string head, string target, string id) =>
        head + TermHash.Of((byte)'i', Utf8(id)).Text() + TermHash.Of((byte)'t', Utf8(target)).Text(TermWriter.TypeLetters);

    private static string Absolute(string head, string url) => head + "x" + TermHash.Of((byte)'u', Utf8(url)).Text();

    private Likely OfUri(int position, UriOperand uri, SearchModifier modifier)
    {
        var head = Head('u', position);
        switch (modifier)
        {
            case SearchModifier.Below:
                var text = TermText.Of(uri.Text, TermWriter.LongestUri, out var isWhole);
                var query = TermQuery.StartsWith(Head('n', position) + text);
                return isWhole && uri.Text.EndsWith('/') ? Likely.Sure(query) : Likely.Unsure(query);
            case SearchModifier.Above:
                return Likely.Sure(TermQuery.AnyOf([.. Above(uri.Text).Select(u => Whole(head, u))]));
            default:
                return Likely.Sure(TermQuery.AnyOf(
                    Whole(head, uri.Text),
                    TermQuery.Is(head + TermHash.Of((byte)'f', Utf8(uri.Text)).Text())));
        }
    }

    private static TermQuery Whole(string head, string uri) => TermQuery.Is(head + TermHash.Of((byte)'u', Utf8(uri)).Text());

    /// <summary>The URI and all that it lies under, with and without the slash at the end.</summary>
    private static HashSet<string> Above(string uri)
    {
        var found = new HashSet<string>(StringComparer.Ordinal) { uri };
        for (var i = 0; i < uri.Length && found.Count < 64; i++)
        {
            if (uri[i] == '/')
            {
                found.Add(uri[..(i + 1)]);
                if (i > 0)
                {
                    found.Add(uri[..i]);
                }
            }
        }

        return found;
    }

    private Likely OfComposite(int position, CompositeOperand composite)
    {
        var components = Array.Find(type.Composites, c => c.Position == position);
        if (components is not { IsDecidable: true })
        {
            return Likely.Unsure(TermQuery.Is(Head('h', position)));
        }

        if (components.IsPaired)
        {
            return OfPair(position, composite, components);
        }

        var all = Likely.AllOf([.. composite.Components.Select((o, i) => Compile(components.Components[i], o, SearchModifier.None))]);
        var paired = TermQuery.Is(Head('m', position));
        return new(all.Maybe, TermQuery.AnyOf(all.Doubt, TermQuery.AllOf(all.Maybe, paired)));
    }

    /// <summary>A code of a system and a quantity in UCUM are one question; anything else is met by parts and looked at.</summary>
    private Likely OfPair(int position, CompositeOperand composite, CompositeTerms components)
    {
        if (composite.Components is [TokenOperand { System: { Length: > 0 } system, Code: { } code } token, QuantityOperand quantity]
            && ranges.Pair(position, Utf8(system), Utf8(code), quantity) is { } pair)
        {
            var marked = TermQuery.AllOf(CompileOne(components.Components[0], token, SearchModifier.None).Maybe, TermQuery.Is(Head('m', position)));
            return Likely.AnyOf(pair, Likely.Unsure(marked));
        }

        return Likely.AllOf([.. composite.Components.Select((o, i) => Compile(components.Components[i], o, SearchModifier.None))]).Doubted();
    }

    private static byte[] Utf8(string? text) => Encoding.UTF8.GetBytes(text ?? "");
}

namespace Kangqiao.Fhir.Search.Query;

/// <summary>
/// One alternative of what is asked: a parsed parameter value. <see cref="Matches"/> says what it means; a store turns the same
/// fields into its own keys and must find the same.
/// </summary>
public abstract record Operand
{
    internal abstract bool Matches(IndexValues values, in IndexValue value, SearchModifier modifier);
}

/// <summary>R4 search.html#string: equal to or starting with, without case and accents; :exact; :contains.</summary>
/// <param name="Text">As asked.</param>
/// <param name="Form">Search form.</param>
/// <param name="Compact">Search form without spaces and punctuation: how the sound of a Chinese name is kept.</param>
public sealed record StringOperand(string Text, string Form, string Compact) : Operand
{
    private readonly byte[] text = SearchForms.Utf8(Text);
    private readonly byte[] form = SearchForms.Utf8(Form);
    private readonly byte[] compact = SearchForms.Utf8(Compact);

    internal override bool Matches(IndexValues values, in IndexValue value, SearchModifier modifier)
    {
        if (value.Kind is not (IndexKind.String or IndexKind.StringKey))
        {
            return false;
        }

        if (modifier == SearchModifier.Exact)
        {
            return value.Kind == IndexKind.String && values.Text(value.First).SequenceEqual(text);
        }

        var held = values.Text(value.Second);
        return Fits(held, form, modifier) || (value.Kind == IndexKind.StringKey && compact.Length > 0 && Fits(held, compact, modifier));
    }

    internal static bool Fits(ReadOnlySpan<byte> held, ReadOnlySpan<byte> asked, SearchModifier modifier) =>
        modifier == SearchModifier.Contains ? held.IndexOf(asked) >= 0 : held.StartsWith(asked);
}

/// <summary>R4 search.html#token.</summary>
/// <param name="System">Null: any. Empty ("|code"): the value has none.</param>
/// <param name="Code">Null ("system|"): any.</param>
/// <param name="TypedValue">
/// :of-type only: the identifier's value, <paramref name="System"/> and <paramref name="Code"/> being its type's.
/// </param>
public sealed record TokenOperand(string? System, string? Code, string? TypedValue = null) : Operand
{
    private readonly byte[] system = SearchForms.Utf8(System ?? "");
    private readonly byte[] code = SearchForms.Utf8(Code ?? "");
    private readonly byte[] typedValue = SearchForms.Utf8(TypedValue ?? "");

    internal override bool Matches(IndexValues values, in IndexValue value, SearchModifier modifier)
    {
        switch (modifier)
        {
            case SearchModifier.OfType:
                return value.Kind == IndexKind.TokenOfType
                    && values.Text(value.First).SequenceEqual(system)
                    && values.Text(value.Second).SequenceEqual(code)
                    && values.Text(value.Third).SequenceEqual(typedValue);
            case SearchModifier.Identifier:
                return value.Kind == IndexKind.ReferenceIdentifier && IsSame(values, value);
            default:
                return value.Kind == IndexKind.Token && IsSame(values, value);
        }
    }

    private bool IsSame(IndexValues values, in IndexValue value)
    {
        if (Code is not null && !values.Text(value.Second).SequenceEqual(code))
        {
            return false;
        }

        return System switch
        {
            null => true,
            "" => value.First.IsEmpty || (value.Flags & IndexFlags.SystemImplied) != 0,
            _ => values.Text(value.First).SequenceEqual(system),
        };
    }
}

/// <summary>:text of a token: the text people read, compared as a string is.</summary>
public sealed record TokenTextOperand(string Form) : Operand
{
    private readonly byte[] form = SearchForms.Utf8(Form);

    internal override bool Matches(IndexValues values, in IndexValue value, SearchModifier modifier) =>
        value.Kind is IndexKind.Token or IndexKind.TokenText && !value.Third.IsEmpty
        && StringOperand.Fits(values.SearchForm(value.Third), form, SearchModifier.None);
}

/// <summary>:in, :not-in (a value set) and :above, :below (a concept) of a token: the terminology answers.</summary>
/// <param name="System">Of the concept; null for a value set.</param>
/// <param name="Target">The concept's code, or the value set's URL.</param>
public sealed record ConceptOperand(string? System, string Target, SearchContext Context) : Operand
{
    internal override bool Matches(IndexValues values, in IndexValue value, SearchModifier modifier)
    {
        if (value.Kind != IndexKind.Token || Context.Terminology is not { } terminology)
        {
            return false;
        }

        if (System is null)
        {
            return terminology.IsMember(Target, values.Text(value.First), values.Text(value.Second)) == Codes.Membership.Member;
        }

        var system = values.TextOf(value.First);
        var code = values.TextOf(value.Second);
        return system == System
            && (code == Target || (modifier == SearchModifier.Below
                ? terminology.Subsumes(system, Target, code) == true
                : terminology.Subsumes(system, code, Target) == true));
    }
}

/// <summary>R4 search.html#reference.</summary>
/// <param name="Type">Null: any.</param>
/// <param name="Id">Null for a URL that is no Type/id of ours.</param>
/// <param name="Version">Null: any.</param>
/// <param name="Url">An absolute URL, URN or canonical without version; null for a resource of this server.</param>
public sealed record ReferenceOperand(string? Type, string? Id, string? Version, string? Url, SearchContext Context) : Operand
{
    private readonly byte[] type = SearchForms.Utf8(Type ?? "");
    private readonly byte[] id = SearchForms.Utf8(Id ?? "");
    private readonly byte[] version = SearchForms.Utf8(Version ?? "");
    private readonly byte[] url = SearchForms.Utf8(Url ?? "");

    internal override bool Matches(IndexValues values, in IndexValue value, SearchModifier modifier)
    {
        if (value.Kind != IndexKind.Reference || (value.Flags & IndexFlags.Contained) != 0
            || (Type is not null && !values.Text(value.First).SequenceEqual(type))
            || (Version is not null && !values.Text(value.Third).SequenceEqual(version)))
        {
            return false;
        }

        var held = values.Text(value.Fourth);
        if (Url is not null)
        {
            return held.SequenceEqual(url);
        }

        var isOurs = held.IsEmpty || (Context.OwnBaseUtf8.Length > 0 && held.StartsWith(Context.OwnBaseUtf8)
            && held.Length == Context.OwnBaseUtf8.Length + value.First.Length + 1 + value.Second.Length);
        return isOurs && values.Text(value.Second).SequenceEqual(id);
    }
}

/// <summary>R4 search.html#uri: the same, letter by letter; :below and :above by whole segments of the path.</summary>
public sealed record UriOperand(string Text) : Operand
{
    private readonly byte[] text = SearchForms.Utf8(Text);

    internal override bool Matches(IndexValues values, in IndexValue value, SearchModifier modifier)
    {
        if (value.Kind != IndexKind.Uri)
        {
            return false;
        }

        var whole = values.Text(value.Fourth);
        return modifier switch
        {
            SearchModifier.Below => IsUnder(whole, text),
            SearchModifier.Above => IsUnder(text, whole),

            // A canonical asked without version is any version of it.
            _ => whole.SequenceEqual(text) || values.Text(value.First).SequenceEqual(text),
        };
    }

    private static bool IsUnder(ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper) =>
        lower.StartsWith(upper)
        && (lower.Length == upper.Length || (upper.Length > 0 && upper[^1] == (byte)'/') || lower[upper.Length] == (byte)'/');
}

/// <summary>"near": latitude|longitude|distance|unit, by the great circle.</summary>
/// <param name="Latitude">Degrees.</param>
/// <param name="Longitude">Degrees.</param>
/// <param name="Kilometres">How far at most.</param>
public sealed record PositionOperand(double Latitude, double Longitude, double Kilometres) : Operand
{
    private const double EarthRadius = 6371.0088;

    internal override bool Matches(IndexValues values, in IndexValue value, SearchModifier modifier)
    {
        if (value.Kind != IndexKind.Position)
        {
            return false;
        }

        var north = double.DegreesToRadians(Latitude);
        var otherNorth = double.DegreesToRadians((double)value.Low);
        var east = double.DegreesToRadians((double)value.High - Longitude);
        var haversine = Math.Pow(Math.Sin((otherNorth - north) / 2), 2)
            + (Math.Cos(north) * Math.Cos(otherNorth) * Math.Pow(Math.Sin(east / 2), 2));
        return 2 * EarthRadius * Math.Asin(Math.Min(1, Math.Sqrt(haversine))) <= Kilometres;
    }
}

/// <summary>R4 search.html#combining: every component is met by a part of the same tuple.</summary>
/// <param name="Components">One for each component, in order.</param>
public sealed record CompositeOperand(Operand[] Components) : Operand
{
    internal override bool Matches(IndexValues values, in IndexValue value, SearchModifier modifier)
    {
        var parts = values.PartsOf(value);
        for (var i = 0; i < Components.Length; i++)
        {
            var isMet = false;
            foreach (ref readonly var part in parts)
            {
                isMet |= part.Component == i && Components[i].Matches(values, part, SearchModifier.None);
            }

            if (!isMet)
            {
                return false;
            }
        }

        return value.Kind == IndexKind.Composite;
    }
}

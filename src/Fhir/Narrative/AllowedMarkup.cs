using System.Collections.Frozen;
using System.Text;

namespace Kangqiao.Fhir.Narrative;

/// <summary>The elements, attributes, entities and address schemes a narrative may use.</summary>
internal static class AllowedMarkup
{
    /// <summary>R4 narrative.html, the lists of invariant txt-1.</summary>
    private static readonly string[] ElementNames =
        ("a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p " +
         "pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var").Split(' ');

    /// <summary>The list of txt-1, and those that are XML's own rather than XHTML's: xmlns, xml:lang, xml:space (fhir-xhtml.xsd has them).</summary>
    private static readonly string[] AttributeNames =
        ("xmlns xml:lang xml:space " +
         "abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class " +
         "colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules scope " +
         "shape span src start style summary tabindex title type valign value vspace width").Split(' ');

    /// <summary>The named entities of XHTML 1.0 (Latin 1, special, symbols). R4 asks for characters instead; readers know these.</summary>
    private static readonly string[] EntityNames =
        ("amp lt gt quot apos " +
         "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot " +
         "cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml " +
         "Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig " +
         "agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute " +
         "ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml " +
         "OElig oelig Scaron scaron Yuml circ tilde ensp emsp thinsp zwnj zwj lrm rlm ndash mdash lsquo rsquo sbquo ldquo rdquo bdquo " +
         "dagger Dagger permil lsaquo rsaquo euro " +
         "fnof Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho Sigma Tau Upsilon Phi Chi Psi Omega " +
         "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi " +
         "omega thetasym upsih piv bull hellip prime Prime oline frasl weierp image real trade alefsym larr uarr rarr darr harr crarr lArr " +
         "uArr rArr dArr hArr forall part exist empty nabla isin notin ni prod sum minus lowast radic prop infin ang and or cap cup int " +
         "there4 sim cong asymp ne equiv le ge sub sup nsub sube supe oplus otimes perp sdot lceil rceil lfloor rfloor lang rang loz " +
         "spades clubs hearts diams").Split(' ');

    private static readonly FrozenDictionary<string, byte> Elements = Numbered(ElementNames);
    private static readonly FrozenDictionary<string, byte> Attributes = Numbered(AttributeNames);
    private static readonly FrozenSet<string> Entities = EntityNames.ToFrozenSet(StringComparer.Ordinal);
    private static readonly FrozenDictionary<string, byte>.AlternateLookup<ReadOnlySpan<char>> ElementsBySpan = Elements.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenDictionary<string, byte>.AlternateLookup<ReadOnlySpan<char>> AttributesBySpan = Attributes.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> EntitiesBySpan = Entities.GetAlternateLookup<ReadOnlySpan<char>>();

    public static readonly byte Div = Elements["div"];
    public static readonly byte Image = Elements["img"];
    public static readonly byte Xmlns = Attributes["xmlns"];
    public static readonly byte Href = Attributes["href"];
    public static readonly byte Source = Attributes["src"];
    public static readonly byte Cite = Attributes["cite"];
    public static readonly byte LongDescription = Attributes["longdesc"];
    public static readonly byte Style = Attributes["style"];

    public static bool TryElement(ReadOnlySpan<byte> name, out byte number)
    {
        Span<char> wide = stackalloc char[12];
        number = 0;
        return Widen(name, wide, out var length) && ElementsBySpan.TryGetValue(wide[..length], out number);
    }

    /// <param name="name">As written: names are case-sensitive in XHTML.</param>
    /// <param name="number">Below 64, so that a set of attributes is one long.</param>
    public static bool TryAttribute(ReadOnlySpan<byte> name, out byte number)
    {
        Span<char> wide = stackalloc char[12];
        number = 0;
        return Widen(name, wide, out var length) && AttributesBySpan.TryGetValue(wide[..length], out number);
    }

    public static bool IsEntity(ReadOnlySpan<byte> name)
    {
        Span<char> wide = stackalloc char[12];
        return Widen(name, wide, out var length) && EntitiesBySpan.Contains(wide[..length]);
    }

    /// <summary>Schemes that only ever show or fetch something when a person follows a link.</summary>
    public static bool IsLinkScheme(ReadOnlySpan<byte> scheme) =>
        scheme.SequenceEqual("http"u8) || scheme.SequenceEqual("https"u8) || scheme.SequenceEqual("mailto"u8) || scheme.SequenceEqual("tel"u8)
        || scheme.SequenceEqual("urn"u8) || scheme.SequenceEqual("ftp"u8) || scheme.SequenceEqual("ftps"u8) || scheme.SequenceEqual("sftp"u8)
        || scheme.SequenceEqual("fax"u8) || scheme.SequenceEqual("sms"u8) || scheme.SequenceEqual("cid"u8);

    private static bool Widen(ReadOnlySpan<byte> name, Span<char> wide, out int length)
    {
        length = 0;
        return name.Length is > 0 and <= 12 && Encoding.UTF8.TryGetChars(name, wide, out length);
    }

    private static FrozenDictionary<string, byte> Numbered(string[] names) =>
        names.Select((name, at) => KeyValuePair.Create(name, (byte)at)).ToFrozenDictionary(StringComparer.Ordinal);
}

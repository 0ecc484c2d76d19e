using System.Buffers;
using System.Text;
using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Validation;

internal enum ReferenceForm : byte
{
    /// <summary>Nothing a reference may be.</summary>
    Other,

    /// <summary>#id, or # for the containing resource.</summary>
    Fragment,

    /// <summary>Type/id, perhaps with /_history/version.</summary>
    Relative,

    /// <summary>http(s)://base/Type/id, perhaps with /_history/version.</summary>
    Restful,

    /// <summary>Any other absolute URI, urn:uuid and urn:oid included.</summary>
    Absolute,

    /// <summary>Type?query: a conditional reference in a transaction (http.html#trules).</summary>
    Conditional,
}

/// <summary>What the text of a Reference.reference says (references.html#literal).</summary>
/// <param name="Type">The resource type named, where one is.</param>
/// <param name="Versionless">The text up to the version or fragment.</param>
internal readonly record struct ReferenceText(ReferenceForm Form, TypeFact? Type, string Versionless, bool HasVersion)
{
    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");

    public static ReferenceText Parse(string text)
    {
        if (text.StartsWith('#'))
        {
            return new(ReferenceForm.Fragment, null, text, false);
        }

        var hash = text.IndexOf('#', StringComparison.Ordinal);
        var whole = hash < 0 ? text : text[..hash];
        var isHttp = whole.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || whole.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        var history = whole.IndexOf("/_history/", StringComparison.Ordinal);
        var path = history < 0 ? whole : whole[..history];
        if (!isHttp && HasScheme(whole))
        {
            return new(ReferenceForm.Absolute, null, whole, false);
        }

        var query = path.IndexOf('?', StringComparison.Ordinal);
        if (query > 0)
        {
            var asked = R4.Facts.Type(path.AsSpan(0, query));
            return asked is { IsResource: true }
                ? new(ReferenceForm.Conditional, asked, path, false)
                : new(isHttp ? ReferenceForm.Absolute : ReferenceForm.Other, null, path, false);
        }

        var slash = path.LastIndexOf('/');
        var before = slash <= 0 ? -1 : path.LastIndexOf('/', slash - 1);
        if (slash > 0 && IsId(path.AsSpan(slash + 1)))
        {
            var type = R4.Facts.Type(path.AsSpan(before + 1, slash - before - 1));
            if (type is { IsResource: true })
            {
                if (isHttp)
                {
                    return new(ReferenceForm.Restful, type, path, history >= 0);
                }

                return before < 0
                    ? new(ReferenceForm.Relative, type, path, history >= 0)
                    : new(ReferenceForm.Other, null, path, false);
            }
        }

        return new(isHttp ? ReferenceForm.Absolute : ReferenceForm.Other, null, whole, false);
    }

    private static bool IsId(ReadOnlySpan<char> text) => text.Length is > 0 and <= 64 && !text.ContainsAnyExcept(IdCharacters);

    private static bool HasScheme(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            return false;
        }

        foreach (var c in text.AsSpan(0, colon))
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return char.IsAsciiLetter(text[0]);
    }
}

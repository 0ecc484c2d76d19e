using System.Globalization;
using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Search;

/// <summary>
/// What _text and _content search in (R4 search.html#content): the narrative, or all that people read in a resource, contained
/// resources included. As written; a store folds and splits it as its text index needs.
/// </summary>
public static class ResourceText
{
    /// <summary>Appends the narrative's text without its markup.</summary>
    public static void AppendNarrative(Element resource, StringBuilder into) => Append(resource, narrativeOnly: true, into);

    /// <summary>Appends every string, markdown and narrative, each followed by a space.</summary>
    public static void AppendContent(Element resource, StringBuilder into) => Append(resource, narrativeOnly: false, into);

    // The table of elements is gone through from end to end, so that depth costs nothing.
    private static void Append(Element resource, bool narrativeOnly, StringBuilder into)
    {
        ArgumentNullException.ThrowIfNull(into);
        var document = resource.Document;
        for (var i = 0; i < document.Count; i++)
        {
            var element = new Element(document, i);
            if (!element.HasValue)
            {
                continue;
            }

            var kind = element.Type.Primitive;
            if (kind == PrimitiveKind.Xhtml)
            {
                AppendMarkup(element.Text()!, into);
            }
            else if (!narrativeOnly && kind is PrimitiveKind.String or PrimitiveKind.Markdown)
            {
                into.Append(element.Text()).Append(' ');
            }
        }
    }

    private static void AppendMarkup(ReadOnlySpan<char> markup, StringBuilder into)
    {
        while (!markup.IsEmpty)
        {
            var at = markup.IndexOfAny('<', '&');
            if (at < 0)
            {
                into.Append(markup);
                break;
            }

            into.Append(markup[..at]);
            var end = markup[at..].IndexOf(markup[at] == '<' ? '>' : ';');
            if (end < 0)
            {
                break;
            }

            if (markup[at] == '<')
            {
                into.Append(' ');
            }
            else
            {
                AppendEntity(markup.Slice(at + 1, end - 1), into);
            }

            markup = markup[(at + end + 1)..];
        }

        into.Append(' ');
    }

    // The entities XHTML itself has; R4 narrative.html allows those of HTML 4, of which the rest are spaces and signs nobody searches.
    private static void AppendEntity(ReadOnlySpan<char> entity, StringBuilder into)
    {
        if (entity.Length > 1 && entity[0] == '#')
        {
            var isHex = entity[1] is 'x' or 'X';
            var style = isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
            if (int.TryParse(entity[(isHex ? 2 : 1)..], style, CultureInfo.InvariantCulture, out var code)
                && Rune.IsValid(code))
            {
                into.Append(new Rune(code).ToString());
            }

            return;
        }

        into.Append(entity switch
        {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => ' ',
        });
    }
}

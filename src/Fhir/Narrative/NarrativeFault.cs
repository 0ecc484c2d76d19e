namespace Kangqiao.Fhir.Narrative;

/// <summary>Why a narrative is refused.</summary>
public enum NarrativeReason : byte
{
    /// <summary>Not a well-formed XML fragment (or not UTF-8).</summary>
    NotWellFormed,

    /// <summary>Not one div in the XHTML namespace.</summary>
    WrongRoot,

    /// <summary>An element outside the basic formatting ones.</summary>
    ElementNotAllowed,

    AttributeNotAllowed,

    /// <summary>A DOCTYPE, processing instruction or CDATA section, or a comment that a browser would end early.</summary>
    MarkupNotAllowed,

    /// <summary>A named entity that XHTML 1.0 does not know.</summary>
    UnknownEntity,

    /// <summary>A link or an image whose address could run something, such as javascript:.</summary>
    UnsafeAddress,

    /// <summary>A style that could run something or fetch something from elsewhere.</summary>
    UnsafeStyle,

    /// <summary>Nested deeper than <see cref="NarrativeCheck.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>No text and no image.</summary>
    Empty,
}

/// <summary>The first thing that is wrong with a narrative.</summary>
/// <param name="Reason">Stable; the message for people is made from it and <paramref name="Detail"/>.</param>
/// <param name="Detail">The element, attribute, entity or address scheme, as written and cut to 40 characters; never text of the narrative.</param>
/// <param name="Offset">Where, in the unit the check was given: bytes or UTF-16 characters.</param>
public readonly record struct NarrativeFault(NarrativeReason Reason, string Detail, int Offset)
{
    /// <summary>Which invariant of Narrative.div it breaks: "txt-2" asks for content, "txt-1" for everything else.</summary>
    public string Invariant => Reason == NarrativeReason.Empty ? "txt-2" : "txt-1";
}

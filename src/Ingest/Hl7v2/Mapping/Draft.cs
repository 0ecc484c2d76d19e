using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>A record while its message is being read.</summary>
internal sealed class Draft(string type, string key, string reference)
{
    public string Type => type;

    public string Key => key;

    /// <summary>Type/id.</summary>
    public string Reference => reference;

    public FhirObject Body { get; } = new FhirObject().Set("resourceType", type);

    public MappedIntent Intent { get; set; }

    public bool IsMention { get; set; }

    /// <summary>Left out of what the message says: it turned out to say nothing.</summary>
    public bool IsDropped { get; set; }

    public FhirObject Refer() => new FhirObject().Set("reference", reference);
}

using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Cda.Reading;

internal enum ValueKind
{
    None,
    Text,
    Code,
    Quantity,
    Boolean,
    Time,
    TimeRange,
    Range,
    Money,
    Data,
}

/// <summary>A value of an entry, by what it says and not by what its type claims.</summary>
internal sealed record CdaValue(ValueKind Kind)
{
    public static readonly CdaValue Nothing = new(ValueKind.None);

    public string? Text { get; init; }

    public string? Code { get; init; }

    /// <summary>The OID as sent.</summary>
    public string? System { get; init; }

    public string? Display { get; init; }

    public CdaNumber? Number { get; init; }

    public string? Unit { get; init; }

    /// <summary>FHIR dateTime, or the lower bound.</summary>
    public string? Low { get; init; }

    public string? High { get; init; }

    public bool Flag { get; init; }

    /// <summary>Where the value stands, for attachments.</summary>
    public XmlElement Element { get; init; }

    /// <summary>The moment it says, even where it came as text.</summary>
    public string? Moment => Low ?? (Kind == ValueKind.Text ? CdaTime.DateTime(Text) : null);

    public bool IsNothing => Kind == ValueKind.None;

    /// <summary>What a person would read.</summary>
    public string? Words => Kind switch
    {
        ValueKind.Text => Text,
        ValueKind.Code => Display ?? Code,
        ValueKind.Quantity or ValueKind.Money => Number is { } n ? $"{n.Comparator}{n.Digits}{(Unit is null ? "" : " " + Unit)}" : null,
        ValueKind.Boolean => Flag ? "是" : "否",
        ValueKind.Time => Low,
        ValueKind.TimeRange or ValueKind.Range => $"{Low}–{High}{(Unit is null ? "" : " " + Unit)}",
        _ => null,
    };

    public static CdaValue Of(string text) => new(ValueKind.Text) { Text = text };

    public static CdaValue OfTime(string? time) => time is null ? Nothing : new(ValueKind.Time) { Low = time };

    /// <summary>From a <c>value</c> or any element that holds a datum (code, doseQuantity, effectiveTime).</summary>
    public static CdaValue Read(XmlElement element, CdaOptions options, FindingList findings)
    {
        if (!element.Exists || element["nullFlavor"] is not null && element["code"] is null && element["value"] is null && element.Text is null)
        {
            return Nothing;
        }

        var type = TypeOf(element);
        return type switch
        {
            "CD" or "CE" or "CV" or "CS" or "CO" or "SC" => Coded(element) ?? Plain(element, options, findings),
            "PQ" or "REAL" or "INT" or "RTO" => Quantity(element, findings),
            "MO" => Quantity(element, findings) is { Kind: ValueKind.Quantity } money
                ? money with { Kind = ValueKind.Money, Unit = element["currency"] }
                : Quantity(element, findings),
            "BL" or "BN" => Boolean(element, findings),
            "TS" or "TS.DATE" or "TS.DATE.FULL" => Time(element, findings),
            "IVL_TS" or "IVL_T" or "PIVL_TS" or "EIVL_TS" => element.Child("low").Exists || element.Child("high").Exists ? TimeRange(element, findings) : Time(element, findings),
            "IVL_PQ" or "IVL_REAL" or "IVL_INT" => Range(element),
            "ED" when element["representation"] == "B64" || element["mediaType"] is { } media && !media.StartsWith("text/", StringComparison.Ordinal) =>
                new CdaValue(ValueKind.Data) { Element = element },
            _ => Plain(element, options, findings),
        };
    }

    /// <summary>The type it claims, without prefix, or the one it looks like.</summary>
    private static string TypeOf(XmlElement element)
    {
        var claimed = element["type"];
        if (claimed is not null)
        {
            return claimed[(claimed.LastIndexOf(':') + 1)..];
        }

        if (element["code"] is not null)
        {
            return "CD";
        }

        if (element["currency"] is not null)
        {
            return "MO";
        }

        if (element["unit"] is not null)
        {
            return "PQ";
        }

        if (element["value"] is { } value)
        {
            return value is "true" or "false" ? "BL" : CdaTime.DateTime(value) is not null && value.Length >= 8 ? "TS" : "REAL";
        }

        return element.Child("low").Exists || element.Child("high").Exists
            ? element.Child("low")["unit"] is not null ? "IVL_PQ" : "IVL_TS"
            : element["representation"] is not null ? "ED" : "ST";
    }

    private static CdaValue? Coded(XmlElement element)
    {
        var code = element["code"];
        var display = element["displayName"] ?? element.Child("originalText").Text ?? element.Text;
        return code is null && display is null ? null
            : code is null ? Of(display!)
            : new CdaValue(ValueKind.Code) { Code = code, System = element["codeSystem"], Display = display, Element = element };
    }

    private static CdaValue Plain(XmlElement element, CdaOptions options, FindingList findings)
    {
        if (element.TextBytes > options.MaxTextBytes)
        {
            Report(CdaFindings.TextCut, element, findings, element.TextBytes.ToString(), options.MaxTextBytes.ToString());
            return element.DeepText(options.MaxTextBytes) is { } cut ? Of(cut) : Nothing;
        }

        // Senders write text into value/@value, and codes into the text of what they call ST.
        var text = element.Text ?? (element.Elements.GetEnumerator().MoveNext() ? element.DeepText(options.MaxTextBytes) : null) ?? element["value"];
        return element["code"] is { } code && text is null
            ? new CdaValue(ValueKind.Code) { Code = code, System = element["codeSystem"], Display = element["displayName"], Element = element }
            : text is null ? (element["displayName"] is { } display ? Of(display) : Nothing) : Of(text);
    }

    private static CdaValue Quantity(XmlElement element, FindingList findings)
    {
        var text = element["value"] ?? element.Text;
        if (text is null)
        {
            return Nothing;
        }

        if (CdaNumber.Parse(text) is { } number)
        {
            return new CdaValue(ValueKind.Quantity) { Number = number, Unit = element["unit"] };
        }

        Report(CdaFindings.Number, element, findings, text);
        return Of(element["unit"] is { } unit ? $"{text} {unit}" : text);
    }

    private static CdaValue Boolean(XmlElement element, FindingList findings)
    {
        var text = element["value"] ?? element.Text ?? element["code"];
        switch (text?.ToUpperInvariant())
        {
            case null:
                return Nothing;
            case "TRUE" or "T" or "1" or "Y" or "是" or "有":
                return new CdaValue(ValueKind.Boolean) { Flag = true };
            case "FALSE" or "F" or "0" or "2" or "N" or "否" or "无":
                return new CdaValue(ValueKind.Boolean);
            default:
                return Of(text);
        }
    }

    private static CdaValue Time(XmlElement element, FindingList findings)
    {
        var text = element["value"] ?? element.Text;
        if (text is null)
        {
            return Nothing;
        }

        if (CdaTime.DateTime(text) is { } time)
        {
            return OfTime(time);
        }

        Report(CdaFindings.Time, element, findings, text);
        return Of(text);
    }

    private static CdaValue TimeRange(XmlElement element, FindingList findings)
    {
        var low = Time(element.Child("low"), findings).Low;
        var high = Time(element.Child("high"), findings).Low;
        return low is null && high is null ? Nothing : new CdaValue(ValueKind.TimeRange) { Low = low, High = high };
    }

    private static CdaValue Range(XmlElement element)
    {
        var low = CdaNumber.Parse(element.Child("low")["value"])?.Digits;
        var high = CdaNumber.Parse(element.Child("high")["value"])?.Digits;
        return low is null && high is null
            ? element.Text is { } text ? Of(text) : Nothing
            : new CdaValue(ValueKind.Range) { Low = low, High = high, Unit = element.Child("low")["unit"] ?? element.Child("high")["unit"] };
    }

    internal static void Report(FindingKind kind, XmlElement element, FindingList findings, params string[] arguments)
    {
        if (findings.IsFull)
        {
            findings.Drop(kind.Severity);
            return;
        }

        var (line, column) = element.Position;
        findings.Add(new Finding(kind, kind.Severity, element.Path(), arguments, line, column));
    }
}

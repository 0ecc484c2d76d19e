using System.Globalization;
using System.Text;
using Kangqiao.Fhir.Units;
using Kangqiao.Ingest.Hl7v2.Content;
using Kangqiao.Ingest.Hl7v2.Reading;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>Data types of HL7 v2 as those of FHIR (HL7 v2-to-FHIR, data type maps).</summary>
internal sealed partial class MessageMap
{
    public const string IdCardSystem = "urn:oid:2.16.156.10011.1.3";

    private const string IdentifierTypes = "http://terminology.hl7.org/CodeSystem/v2-0203";
    private const string ParticipationTypes = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
    private const string UcumSystem = "http://unitsofmeasure.org";

    private readonly Dictionary<string, string> localSystems = new(StringComparer.Ordinal);

    /// <summary>Puts what a segment says into a resource, line by line of its table.</summary>
    private void Apply(SegmentTable table, Segment segment, FhirObject body)
    {
        foreach (var rule in table.Rules)
        {
            var field = segment.Field(rule.Field);
            if (field.IsEmpty || field.IsNull)
            {
                continue;
            }

            var count = rule.Repeats ? field.RepetitionCount : 1;
            for (var i = 1; i <= count; i++)
            {
                var value = rule.Repeats ? field.Repetition(i) : rule.Kind is ValueKind.Text or ValueKind.AltText or ValueKind.Note ? field : field.Repetition(1);
                if (rule.Component > 0)
                {
                    value = value.Component(rule.Component);
                }

                if (!value.IsEmpty && !value.IsNull)
                {
                    Apply(rule, value, body, new Place(segment, rule.Field, count > 1 ? i : 0));
                }
            }
        }
    }

    private void Apply(SegmentRule rule, Hl7Value value, FhirObject body, Place place)
    {
        if (rule.Kind == ValueKind.Unit)
        {
            SetUnit(Inner(body, rule.Path), value);
            return;
        }

        if (Value(rule, value, place) is not { } converted)
        {
            return;
        }

        for (var i = 0; i < rule.Path.Length - 1; i++)
        {
            body = Step(body, rule.Path[i]);
        }

        var last = rule.Path[^1];
        _ = last.Kind == StepKind.Append ? body.Add(last.Name, converted) : body.Set(last.Name, converted);
    }

    private static FhirObject Inner(FhirObject body, PathStep[] path)
    {
        foreach (var step in path)
        {
            body = Step(body, step);
        }

        return body;
    }

    private static FhirObject Step(FhirObject body, PathStep step)
    {
        switch (step.Kind)
        {
            case StepKind.First:
                return body.First(step.Name);
            case StepKind.Each:
                var made = new FhirObject();
                body.Add(step.Name, made);
                return made;
            default:
                return body.Object(step.Name);
        }
    }

    private object? Value(SegmentRule rule, Hl7Value value, Place place) => rule.Kind switch
    {
        ValueKind.Cx => Cx(value, rule.Argument, place),
        ValueKind.Ei => Ei(value, rule.Argument),
        ValueKind.IdCard => IdCard(value.Text()),
        ValueKind.Presc => TypedNumber(value.Text(), "prescription-number"),
        ValueKind.Policy => TypedNumber(value.Text(), "policy-number"),
        ValueKind.Xpn => HumanName(value),
        ValueKind.Xad => Address(value),
        ValueKind.Xtn => ContactPoint(value, rule.Argument),
        ValueKind.Cwe => Concept(value, rule.Table, rule.Codes, place),
        ValueKind.Coding => CodingOf(value, rule, place),
        ValueKind.Code => Code(value, rule.Codes!, place),
        ValueKind.Words => value.HasValue || value.Component(2).HasValue ? new FhirObject().Set("text", value.HasValue && value.Component(2).IsEmpty ? value.Whole() : Words(value)) : null,
        ValueKind.Text => value.Whole(),
        ValueKind.AltText => value.Whole(),
        ValueKind.Note => new FhirObject().Set("text", value.Whole()),
        ValueKind.Date => Time(value, place) is { } date ? date[..Math.Min(10, date.Length)] : null,
        ValueKind.Time => Time(value, place),
        ValueKind.Instant => Time(value, place) is { Length: > 10 } instant ? instant : null,
        ValueKind.BirthTime => Time(value, place) is { Length: > 10 } birth ? Extension("http://hl7.org/fhir/StructureDefinition/patient-birthTime").Set("valueDateTime", birth) : null,
        ValueKind.Bool => rule.Codes![value.Text()] is { } truth ? truth.Code == "true" : null,
        ValueKind.Int => Integer(value.Text()),
        ValueKind.Decimal => Decimal(value, place),
        ValueKind.Dose => value.Text() == "999" ? null : Decimal(value, place),
        ValueKind.Days => Decimal(value, place) is { } days ? new FhirObject().Set("value", days).Set("unit", "d").Set("system", UcumSystem).Set("code", "d") : null,
        ValueKind.Quantity => Quantity(value, place),
        ValueKind.Person => Person(value)?.Refer(),
        ValueKind.Ndl => Person(value, subcomponents: true)?.Refer(),
        ValueKind.Attends => Person(value) is { } one ? new FhirObject()
            .Add("type", new FhirObject().Add("coding", new FhirObject().Set("system", ParticipationTypes).Set("code", rule.Argument)))
            .Set("individual", one.Refer()) : null,
        ValueKind.Performs => Person(value) is { } one ? new FhirObject()
            .Set("function", new FhirObject().Add("coding", new FhirObject().Set("system", Functions(rule.Argument)).Set("code", rule.Argument)))
            .Set("actor", one.Refer()) : null,
        ValueKind.Dispenses => Person(value) is { } one ? new FhirObject().Set("actor", one.Refer()) : null,
        ValueKind.Org => Organization(value)?.Refer(),
        ValueKind.Maker => Maker(value)?.Refer(),
        ValueKind.Place => PlaceOf(value)?.Refer(),
        ValueKind.Arrival => content.Codes("ModeOfArrivalCode")[value.Text()] is { } arrival
            ? Extension("http://hl7.org/fhir/StructureDefinition/encounter-modeOfArrival").Set("valueCoding", CodingOf(arrival)) : null,
        ValueKind.PlanClass => CoverageClass("plan", value.Text(), value.Component(2).Text()),
        ValueKind.GroupClass => CoverageClass("group", value.Text(), ""),
        _ => throw new InvalidOperationException($"A value of kind {rule.Kind} is put in place elsewhere."),
    };

    // OP and AP are of table 0443; ANE, PRS and PRF stand in for surgeon, anaesthetist and other practitioner of PR1.
    private static string Functions(string code) =>
        code is "OP" or "AP" ? "http://terminology.hl7.org/CodeSystem/v2-0443" : "https://kangqiao.dev/fhir/CodeSystem/procedure-function";

    private static FhirObject Extension(string url) => new FhirObject().Set("url", url);

    private static FhirObject? CoverageClass(string type, string value, string name) => value.Length == 0 ? null : new FhirObject()
        .Set("type", new FhirObject().Add("coding", new FhirObject().Set("system", "http://terminology.hl7.org/CodeSystem/coverage-class").Set("code", type)))
        .Set("value", value).Set("name", name);

    private string Local(string table)
    {
        if (!localSystems.TryGetValue(table, out var address))
        {
            localSystems[table] = address = names.LocalSystem(TableName(table));
        }

        return address;
    }

    /// <summary>A sender's word for one of its tables or authorities in the letters an address may have.</summary>
    private static string TableName(string written)
    {
        var name = new StringBuilder(written.Length);
        var other = 0u;
        foreach (var c in written)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                name.Append(char.ToLowerInvariant(c));
            }
            else if (char.IsAscii(c))
            {
                name.Append('-');
            }
            else
            {
                // Other letters do not fit; a number made of them keeps two such names apart (FNV-1a).
                other = ((other == 0 ? 2166136261u : other) ^ c) * 16777619u;
            }
        }

        if (other != 0)
        {
            name.Append('x').Append(other.ToString("x8", CultureInfo.InvariantCulture));
        }

        return name.Length == 0 ? "code" : name.ToString(0, Math.Min(64, name.Length));
    }

    /// <summary>The system of an identifier by its assigning authority (HD), else by what kind of number it is.</summary>
    private string Authority(Hl7Value authority, string otherwise) =>
        Authority(authority.Subcomponent(1).Text(), authority.Subcomponent(2).Text(), authority.Subcomponent(3).Text(), otherwise);

    private string Authority(string space, string id, string type, string otherwise) =>
        Hl7Content.LooksLikeOid(id) ? "urn:oid:" + id
        : type is "UUID" or "GUID" && Guid.TryParse(id, out var uuid) ? "urn:uuid:" + uuid.ToString("D")
        : type is "URI" && Uri.IsWellFormedUriString(id, UriKind.Absolute) ? id
        : Local("id-" + (space.Length > 0 ? space : id.Length > 0 ? id : otherwise));

    private FhirObject? Cx(Hl7Value value, string type, Place place)
    {
        var id = value.Component(1).Text();
        if (id.Length == 0)
        {
            return null;
        }

        var kind = value.Component(5).Text() is { Length: > 0 } named ? named : type;
        if (IsIdCard(id, kind))
        {
            return IdCard(id);
        }

        var identifier = new FhirObject();
        if (kind.Length > 0)
        {
            identifier.Set("type", IdentifierType(kind));
        }

        identifier.Set("system", Authority(value.Component(4), kind.Length > 0 ? kind : "number")).Set("value", id);
        var period = new FhirObject().Set("start", DateOf(value.Component(7), place)).Set("end", DateOf(value.Component(8), place));
        identifier.Set("period", period);
        if (value.Component(6).Text() is { Length: > 0 } facility)
        {
            identifier.Set("assigner", new FhirObject().Set("display", facility));
        }

        return identifier;
    }

    private static FhirObject IdentifierType(string kind) => kind.All(char.IsAscii)
        ? new FhirObject().Add("coding", new FhirObject().Set("system", IdentifierTypes).Set("code", Token(kind)))
        : new FhirObject().Set("text", kind);

    private FhirObject? Ei(Hl7Value value, string type)
    {
        // EIP and older senders write the parts as subcomponents.
        var isFlat = !value.Component(2).IsEmpty || !value.Component(3).IsEmpty;
        var id = value.Component(1).Text();
        if (id.Length == 0)
        {
            return null;
        }

        var system = isFlat
            ? Authority(value.Component(2).Text(), value.Component(3).Text(), value.Component(4).Text(), type)
            : Authority(value.Component(1).Subcomponent(2).Text(), value.Component(1).Subcomponent(3).Text(), value.Component(1).Subcomponent(4).Text(), type.Length > 0 ? type : "number");
        var identifier = new FhirObject();
        if (type.Length > 0)
        {
            identifier.Set("type", IdentifierType(type));
        }

        return identifier.Set("system", system).Set("value", id);
    }

    private FhirObject? TypedNumber(string number, string kind) =>
        number.Length == 0 ? null : new FhirObject().Set("system", Local("id-" + kind)).Set("value", number);

    private FhirObject? IdCard(string number)
    {
        if (number.Length == 0)
        {
            return null;
        }

        var upper = number.ToUpperInvariant();
        return IsIdCardShape(upper)
            ? new FhirObject().Set("type", IdentifierType("NI")).Set("system", IdCardSystem).Set("value", upper)
            : new FhirObject().Set("system", Local("id-national")).Set("value", number);
    }

    private bool IsIdCard(string id, string type) =>
        content.Codes("IdentifierKind")[type] is not null || (type is "" or "SS" && IsIdCardShape(id.ToUpperInvariant()));

    /// <summary>17 digits and a check character, or the 15 digits of before 1999 (GB 11643); the check itself is the standard's.</summary>
    private static bool IsIdCardShape(string id) =>
        (id.Length == 18 && id.AsSpan(0, 17).IndexOfAnyExceptInRange('0', '9') < 0 && (char.IsAsciiDigit(id[17]) || id[17] == 'X') && id[6..8] is "18" or "19" or "20")
        || (id.Length == 15 && id.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && int.Parse(id.AsSpan(8, 2), CultureInfo.InvariantCulture) is > 0 and < 13);

    private FhirObject? HumanName(Hl7Value value)
    {
        var family = value.Component(1).Subcomponent(1).Text();
        var given = value.Component(2).Text();
        var middle = value.Component(3).Text();
        var own = value.Component(1).Subcomponent(5).Text();
        if (family.Length == 0 && given.Length == 0 && own.Length == 0)
        {
            return null;
        }

        var name = new FhirObject().Set("use", content.Codes("NameType")[value.Component(7).Text()]?.Code);
        if (IsChinese(family) || IsChinese(given))
        {
            // 张三 stands in one field as often as in two; only two say where the surname ends.
            name.Set("text", family + given + middle);
            if (given.Length == 0)
            {
                return name;
            }
        }

        name.Set("family", family.Length > 0 ? family : own).Add("given", given);
        foreach (var part in middle.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            name.Add("given", part);
        }

        name.Add("prefix", value.Component(5).Text()).Add("suffix", value.Component(4).Text()).Add("suffix", value.Component(6).Text());
        if (value.Component(12).HasValue || value.Component(13).HasValue)
        {
            name.Set("period", new FhirObject().Set("start", DateOf(value.Component(12), default)).Set("end", DateOf(value.Component(13), default)));
        }

        return name;
    }

    private static bool IsChinese(string text) => text.AsSpan().IndexOfAnyInRange('\u3400', '\uFA6A') >= 0;

    private FhirObject? Address(Hl7Value value)
    {
        var address = new FhirObject();
        var street = value.Component(1);
        address.Set("use", content.Codes("AddressUse")[value.Component(7).Text()]?.Code)
            .Set("type", content.Codes("AddressType")[value.Component(7).Text()]?.Code);
        var lines = new[] { street.Subcomponent(1).Text(), street.Subcomponent(2).Text(), street.Subcomponent(3).Text(), value.Component(2).Text(), value.Component(19).Text() };
        var city = value.Component(3).Text();
        var state = value.Component(4).Text();
        var district = value.Component(9).Text() is { Length: > 0 } county ? county : value.Component(9).Subcomponent(2).Text();
        if (Array.Exists(lines, IsChinese) || IsChinese(city) || IsChinese(state))
        {
            address.Set("text", state + city + district + string.Concat(lines));
        }

        foreach (var line in lines)
        {
            address.Add("line", line);
        }

        address.Set("city", city).Set("district", district).Set("state", state)
            .Set("postalCode", value.Component(5).Text()).Set("country", value.Component(6).Text());
        var range = value.Component(12);
        address.Set("period", range.HasValue || range.Subcomponent(2).HasValue
            ? new FhirObject().Set("start", DateOf(range.Subcomponent(1), default)).Set("end", DateOf(range.Subcomponent(2), default))
            : new FhirObject().Set("start", DateOf(value.Component(13), default)).Set("end", DateOf(value.Component(14), default)));
        return address.Has("text") || address.Has("line") || address.Has("city") || address.Has("state") || address.Has("district") || address.Has("postalCode") || address.Has("country")
            ? address
            : null;
    }

    private FhirObject? ContactPoint(Hl7Value value, string use)
    {
        var equipment = value.Component(3).Text();
        var code = value.Component(2).Text();
        var isMail = equipment is "Internet" or "INTERNET" or "X.400" || code == "NET";
        var number = isMail && value.Component(4).HasValue ? value.Component(4).Text()
            : value.Component(12).HasValue ? value.Component(12).Text()
            : value.Component(7).HasValue ? Joined(value)
            : value.Component(1).Text();
        if (number.Length == 0)
        {
            return null;
        }

        var point = new FhirObject()
            .Set("system", content.Codes("TelecomSystem")[equipment]?.Code ?? (number.Contains('@', StringComparison.Ordinal) || isMail ? "email" : "phone"))
            .Set("value", number)
            .Set("use", equipment == "CP" ? "mobile" : content.Codes("TelecomUse")[code]?.Code ?? use);
        if (Integer(value.Component(18).Text()) is > 0 and var rank)
        {
            point.Set("rank", rank);
        }

        return point.Set("period", new FhirObject().Set("start", DateOf(value.Component(13), default)).Set("end", DateOf(value.Component(14), default)));
    }

    private static string Joined(Hl7Value value)
    {
        var country = value.Component(5).Text();
        var area = value.Component(6).Text();
        var extension = value.Component(8).Text();
        return (country.Length > 0 ? "+" + country.TrimStart('+') + " " : "") + (area.Length > 0 ? area + "-" : "") + value.Component(7).Text()
            + (extension.Length > 0 ? "-" + extension : "");
    }

    /// <summary>CWE: up to three codings and a text.</summary>
    private FhirObject? Concept(Hl7Value value, string table, CodeMap? map, Place place)
    {
        var concept = new FhirObject();
        concept.Add("coding", OneCoding(value, 1, table, map, place)).Add("coding", OneCoding(value, 4, table, map, place));
        if (value.Component(10).HasValue)
        {
            concept.Add("coding", OneCoding(value, 10, table, map, place));
        }

        var text = value.Component(9).Text();
        concept.Set("text", text.Length > 0 ? text
            : !value.Component(1).HasValue && value.Component(2).Text() is { Length: > 0 } named ? named
            : map is not null && !concept.Has("coding") ? value.Text()
            : null);
        return concept.HasContent ? concept : null;
    }

    private FhirObject? OneCoding(Hl7Value value, int at, string table, CodeMap? map, Place place)
    {
        var code = Token(value.Component(at).Text());
        if (code.Length == 0)
        {
            return null;
        }

        if (map is not null)
        {
            if (map[code] is { } mapped)
            {
                return CodingOf(mapped);
            }

            if (at == 1)
            {
                Found(Hl7Findings.UnknownCode, place, code, map.Name);
            }
        }

        var system = value.Component(at + 2).Text();
        return new FhirObject()
            .Set("system", SystemOf(system, table))
            .Set("version", value.Component(at switch { 1 => 7, 4 => 8, _ => 13 }).Text())
            .Set("code", code)
            .Set("display", value.Component(at + 1).Text());
    }

    private string SystemOf(string written, string table) =>
        written.Length == 0 || written == "L" ? Local(table) : content.SystemOf(written) ?? Local(written);

    private FhirObject? CodingOf(Hl7Value value, SegmentRule rule, Place place) => OneCoding(value, 1, rule.Table, rule.Codes, place);

    private static FhirObject CodingOf(MappedCode mapped) =>
        new FhirObject().Set("system", mapped.System).Set("code", mapped.Code).Set("display", mapped.Display);

    private string? Code(Hl7Value value, CodeMap map, Place place)
    {
        var code = value.Text();
        if (code.Length == 0)
        {
            return null;
        }

        if (map[code] is { } mapped)
        {
            return mapped.Code;
        }

        // Tables that FHIR splits in two leave codes out in one of them; only an alien code is worth a word.
        if (map.Name is "AdministrativeSex")
        {
            Found(Hl7Findings.UnknownCode, place, code, map.Name);
        }

        return null;
    }

    /// <summary>FHIR's code: no blanks at the ends and single ones inside.</summary>
    private static string Token(string text) =>
        text.AsSpan().ContainsAny(" \t\n") ? string.Join(' ', text.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)) : text;

    private static string Words(Hl7Value coded) =>
        coded.Component(9).Text() is { Length: > 0 } text ? text : coded.Component(2).Text() is { Length: > 0 } name ? name : coded.Component(1).Text();

    private string? Time(Hl7Value value, Place place)
    {
        var text = value.Text();
        if (text.Length == 0)
        {
            return null;
        }

        var time = Times.DateTime(text, zone, out var isOdd);
        if (time is null)
        {
            Found(Hl7Findings.BadTime, place, text);
        }
        else if (isOdd)
        {
            Found(Hl7Findings.OddTime, place, text);
        }

        return time;
    }

    private string? DateOf(Hl7Value value, Place place) =>
        value.IsEmpty ? null : place.Segment.Exists ? Time(value, place) : Times.DateTime(value.Text(), zone, out _);

    private static object? Integer(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private Digits? Decimal(Hl7Value value, Place place)
    {
        var text = value.Text();
        if (text.Length == 0)
        {
            return null;
        }

        var number = Numbers.Decimal(text);
        if (number is null)
        {
            Found(Hl7Findings.BadNumber, place, text);
        }

        return number is null ? null : new Digits(number);
    }

    /// <summary>CQ: a number and its unit.</summary>
    private FhirObject? Quantity(Hl7Value value, Place place)
    {
        var quantity = new FhirObject().Set("value", value.Component(1).IsEmpty ? null : Decimal(value.Component(1), place));
        var unit = value.Component(2);
        if (!unit.IsEmpty)
        {
            // In CQ the unit's parts are subcomponents: code, text, system.
            SetUnit(quantity, unit.Subcomponent(1).Text(), unit.Subcomponent(2).Text(), unit.Subcomponent(3).Text());
        }

        return quantity.HasContent ? quantity : null;
    }

    private void SetUnit(FhirObject quantity, Hl7Value unit)
    {
        // 10^9/L is sent with its caret as it is, though that is a delimiter.
        if (unit.Whole() is var whole && content.UnitOf(whole) is not null)
        {
            SetUnit(quantity, whole, "", "");
            return;
        }

        SetUnit(quantity, unit.Component(1).Text(), unit.Component(2).Text(), unit.Component(3).Text());
    }

    /// <summary>A unit as written, and its UCUM code where there is one.</summary>
    private void SetUnit(FhirObject quantity, string code, string text, string system)
    {
        var written = text.Length > 0 && system.Length > 0 ? text : code.Length > 0 ? code : text;
        if (written.Length == 0)
        {
            return;
        }

        quantity.Set("unit", written);
        if ((Ucumed(code) ?? Ucumed(text)) is { } ucum)
        {
            quantity.Set("system", UcumSystem).Set("code", ucum);
        }
    }

    private string? Ucumed(string written)
    {
        var bare = written.Trim();
        return bare.Length == 0 ? null
            : content.UnitOf(bare) ?? (bare.Length <= 64 && bare.All(c => c is > ' ' and < '\x7f') && Ucum.Parse(bare) is not null ? bare : null);
    }
}

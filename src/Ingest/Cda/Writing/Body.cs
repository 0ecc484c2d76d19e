using System.Globalization;
using System.Xml.Linq;
using static Kangqiao.Ingest.Cda.Writing.Header;

namespace Kangqiao.Ingest.Cda.Writing;

/// <summary>Sections and entries. Where a type's schema has no place for an entry or for what hangs below it, they stand beside it.</summary>
internal sealed class Body(DocumentShape? shape, ShapeTable shapes, string time)
{
    private const string DataElements = "2.16.156.10011.2.2.1";

    private readonly Shape? section = shape?.Root.Find("component", "structuredBody", "component", "section");
    private readonly Fitting? fitting = shape is null ? null : new Fitting(shape, shapes, time);

    public XElement Of(SharedDocument document)
    {
        var body = E("structuredBody");
        foreach (var said in document.Sections)
        {
            var code = E("code", said.Code is null ? null : new object[] { A("code", said.Code), A("codeSystem", "2.16.840.1.113883.6.1"), A("codeSystemName", "LOINC") }, A("displayName", said.Title));
            var entries = said.Entries.SelectMany(Entry).ToList();
            if (section is null)
            {
                body.Add(E("component", E("section", code, E("text", said.Text), entries)));
            }
            else if (entries.Count > 0 || section.Find("entry")!.Min == 0)
            {
                // Some schemas allow a section one entry: then each has a section of its own.
                var most = section.Find("entry")!.Max;
                for (var at = 0; at == 0 || at < entries.Count; at += Math.Min(most, entries.Count - at))
                {
                    body.Add(E("component", E("section",
                        fitting!.Fit(section.Find("code")!, code),
                        section.Find("title") is { Min: > 0 } title ? fitting.Fit(title, E("title", said.Title)) : null,
                        section.Find("text") is { } text ? fitting.Fit(text, E("text", said.Text ?? "")) : null,
                        entries.Skip(at).Take(most))));
                    if (entries.Count == 0)
                    {
                        break;
                    }
                }
            }
        }

        return body;
    }

    private IEnumerable<XElement> Entry(SharedEntry entry)
    {
        var holder = section?.Find("entry");
        foreach (var statement in Place(entry, holder))
        {
            var element = E("entry", statement);
            if (holder is not null)
            {
                foreach (var attribute in holder.Attributes.Where(a => a.IsRequired))
                {
                    element.SetAttributeValue(attribute.Name, Facets.Conform(attribute.Facet, "COMP", time, shapes) ?? Facets.Conform(attribute.Facet, null, time, shapes));
                }
            }

            yield return element;
        }
    }

    /// <summary>The entry as the holder has room for it: itself, or what it is made of.</summary>
    private IEnumerable<XElement> Place(SharedEntry entry, Shape? holder)
    {
        var name = ElementName(entry.Kind);
        var own = holder?.Find(name);
        if (holder is not null && own is null)
        {
            return Loose(entry).SelectMany(e => Place(e, holder));
        }

        var link = entry.Kind == SharedKind.Organizer ? "component" : "entryRelationship";
        var linkShape = own?.Find(link);
        var inside = new List<XElement>();
        var beside = new List<XElement>();
        foreach (var part in entry.Parts)
        {
            if (own is not null && linkShape?.Find(ElementName(part.Kind)) is null)
            {
                beside.AddRange(Place(part, holder));
            }
            else
            {
                foreach (var placed in Place(part, linkShape))
                {
                    if (linkShape?.Max == 1 && inside.Count == 1)
                    {
                        beside.AddRange(Place(part, holder));
                        break;
                    }

                    inside.Add(Linked(link, linkShape, placed));
                }
            }
        }

        return [Statement(entry, name, own, link, inside), .. beside];
    }

    private XElement Linked(string link, Shape? linkShape, XElement placed)
    {
        var linked = E(link, A("typeCode", "COMP"), placed);
        if (linkShape is not null && !linkShape.Attributes.Exists(a => a.Name == "typeCode"))
        {
            linked.SetAttributeValue("typeCode", null);
        }

        foreach (var attribute in linkShape?.Attributes.Where(a => a.IsRequired && a.Name != "typeCode") ?? [])
        {
            linked.SetAttributeValue(attribute.Name, Facets.Conform(attribute.Facet, null, time, shapes));
        }

        return linked;
    }

    private XElement Statement(SharedEntry entry, string name, Shape? own, string link, List<XElement> inside)
    {
        var bare = Bare(entry, name);
        if (own is null)
        {
            bare.Add(inside);
            return bare;
        }

        var fitted = fitting!.Fit(own, bare);
        // The links were fitted when they were placed; a required one that nobody said stays as filled in.
        if (inside.Count > 0)
        {
            var first = fitted.Elements(SharedDocumentWriter.Hl7 + link).FirstOrDefault();
            if (first is not null)
            {
                first.AddBeforeSelf(inside);
                fitted.Elements(SharedDocumentWriter.Hl7 + link).Skip(inside.Count).Remove();
            }
            else
            {
                Insert(fitted, own, link, inside);
            }
        }

        return fitted;
    }

    /// <summary>Behind the last element that the schema puts before the link.</summary>
    private static void Insert(XElement fitted, Shape own, string link, List<XElement> inside)
    {
        var order = Order(own).ToList();
        var place = order.IndexOf(link);
        var last = fitted.Elements().LastOrDefault(e => order.IndexOf(e.Name.LocalName) is var at && at >= 0 && at < place);
        if (last is null)
        {
            fitted.AddFirst(inside);
        }
        else
        {
            last.AddAfterSelf(inside);
        }
    }

    private static IEnumerable<string> Order(Shape shape) => shape.Children.SelectMany(c => c.IsGroup ? Order(c) : [c.Name]);

    private static XElement Bare(SharedEntry entry, string name)
    {
        var code = E("code",
            entry.Element is null ? null : A("code", entry.Element),
            entry.Element is null ? null : A("codeSystem", entry.System ?? DataElements),
            entry.Element is null ? null : A("codeSystemName", entry.System is null ? "卫生信息数据元目录" : "-"),
            entry.Name is null ? null : A("displayName", entry.Name),
            entry.Qualifier is null ? null : E("qualifier", E("name", A("displayName", entry.Qualifier))));
        var bare = E(name, A("classCode", Class(entry.Kind)), A("moodCode", "EVN"), E("text"), E("statusCode", A("code", "completed")));
        if (entry.Kind != SharedKind.Drug && entry.Element is not null)
        {
            bare.AddFirst(code);
        }

        if (entry.Start is { } start)
        {
            bare.Add(entry.End is { } end
                ? E("effectiveTime", E("low", A("value", CdaText.Time(start))), E("high", A("value", CdaText.Time(end))))
                : E("effectiveTime", A("value", CdaText.Time(start))));
        }

        if (entry.Value is { } value)
        {
            bare.Add(Value(value));
        }

        if (entry.Performer is { } performer)
        {
            bare.Add(E("performer", E("assignedEntity", Id(performer.Number), E("assignedPerson", E("name", performer.Name)))));
        }

        if (entry.Kind == SharedKind.Drug)
        {
            Drug(entry, bare);
        }

        return bare;
    }

    private static void Drug(SharedEntry entry, XElement bare)
    {
        if (entry.Dose is { } dose)
        {
            bare.Add(
                E("routeCode", A("code", dose.Route), A("codeSystem", "2.16.156.10011.2.3.1.158"), A("codeSystemName", "用药途径代码表")),
                E("doseQuantity", A("value", dose.Amount.ToString(CultureInfo.InvariantCulture)), A("unit", dose.Unit)),
                E("rateQuantity", A("value", dose.Frequency.ToString(CultureInfo.InvariantCulture)), A("unit", dose.FrequencyUnit)),
                E("administrationUnitCode", A("code", dose.Form), A("codeSystem", "2.16.156.10011.2.3.1.211"), A("codeSystemName", "药物剂型代码表")));
        }

        bare.Add(E("consumable", E("manufacturedProduct", E("manufacturedLabeledDrug",
            entry.Element is null ? E("code") : E("code", A("code", entry.Element), A("codeSystem", entry.System ?? "-"), A("displayName", entry.Name ?? "")),
            E("name", entry.Name ?? "")))));
    }

    private static XElement Value(SharedValue value)
    {
        var element = E("value", new XAttribute(Fitting.Xsi + "type", value.Kind));
        switch (value.Kind)
        {
            case "CD":
                element.Add(A("code", value.Text), A("codeSystem", value.System ?? ""), A("codeSystemName", "代码表"), A("displayName", value.Display ?? ""));
                break;
            case "PQ":
                element.Add(A("value", value.Text), A("unit", value.Unit ?? ""));
                break;
            case "MO":
                element.Add(A("value", value.Text), A("currency", value.Unit ?? "元"));
                break;
            case "ST":
                element.Add(value.Text);
                break;
            default:
                element.Add(A("value", value.Text));
                break;
        }

        return element;
    }

    /// <summary>What an entry says, as observations, for a type that has no other entries.</summary>
    private static IEnumerable<SharedEntry> Loose(SharedEntry entry)
    {
        switch (entry.Kind)
        {
            case SharedKind.Drug:
                yield return new SharedEntry(SharedKind.Observation, "DE08.50.022.00", "药物名称", SharedValue.Of(entry.Name ?? ""));
                break;
            case SharedKind.Procedure:
                yield return new SharedEntry(SharedKind.Observation, "DE06.00.093.00", "手术/操作代码", SharedValue.Code(entry.Element ?? "", entry.System ?? "2.16.156.10011.2.3.3.12", entry.Name ?? "")) { Start = entry.Start };
                break;
            case SharedKind.Observation:
                // No type is without observations; one that were would end here rather than in a circle.
                yield break;
        }

        foreach (var part in entry.Parts)
        {
            yield return part;
        }
    }

    private static string ElementName(SharedKind kind) => kind switch
    {
        SharedKind.Organizer => "organizer",
        SharedKind.Procedure => "procedure",
        SharedKind.Drug => "substanceAdministration",
        _ => "observation",
    };

    private static string Class(SharedKind kind) => kind switch
    {
        SharedKind.Organizer => "CLUSTER",
        SharedKind.Procedure => "PROC",
        SharedKind.Drug => "SBADM",
        _ => "OBS",
    };

    private static XElement Id(string number) => E("id", A("root", "2.16.156.10011.1.4"), A("extension", number));
}

using Kangqiao.Fhir.Chinese;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Search.Values;

/// <summary>Values of string parameters (R4 search.html#string): text, all parts of a name, all parts of an address.</summary>
internal static class StringValues
{
    // R4 says "any of the parts" of a name or address; 16 given names or address lines are joined, more are still found one by one.
    private const int MostJoined = 16;

    public static void Take(Element element, IndexLeaf leaf, IndexValues into)
    {
        if (element.IsPrimitive)
        {
            TakeText(element, leaf, into);
            return;
        }

        var type = element.TypeId;
        if (type == DataTypes.HumanName)
        {
            TakeName(element, leaf, into);
        }
        else if (type == DataTypes.Address)
        {
            TakeAddress(element, leaf, into);
        }
        else if (type == DataTypes.CodeableConcept)
        {
            TakeText(element.Child(ElementNames.Text), leaf, into);
            foreach (var coding in element.ChildrenNamed(ElementNames.Coding))
            {
                TakeText(coding.Child(ElementNames.Display), leaf, into);
            }
        }
        else if (type == DataTypes.Coding)
        {
            TakeText(element.Child(ElementNames.Display), leaf, into);
        }
    }

    private static void TakeText(Element text, IndexLeaf leaf, IndexValues into)
    {
        if (!text.Exists || !text.HasValue)
        {
            return;
        }

        var written = into.Written(text);
        if (written.IsEmpty)
        {
            return;
        }

        var form = into.Normalise(written);
        ref var value = ref into.Add(leaf, text, IndexKind.String);
        value.First = written;
        value.Second = form;

        // A part of a person's name asked by itself (family, given) is found by its sound too.
        if (SearchForms.MayBeChinese(into.Text(written)) && text.Parent.TypeId == DataTypes.HumanName && IsNamePart(text))
        {
            TakeReadings(text, written, leaf, into, text.NameId != ElementNames.Given);
        }
    }

    private static bool IsNamePart(Element text) =>
        text.NameId == ElementNames.Family || text.NameId == ElementNames.Given || text.NameId == ElementNames.Text;

    private static void TakeName(Element name, IndexLeaf leaf, IndexValues into)
    {
        Span<TextSlice> given = stackalloc TextSlice[MostJoined];
        var givenCount = 0;
        var family = default(TextSlice);
        foreach (var part in name.Children)
        {
            if (!part.HasValue || part.Type.Primitive is not Facts.PrimitiveKind.String || part.NameId == ElementNames.IdName)
            {
                continue;
            }

            var form = default(TextSlice);
            var written = into.Written(part);
            if (!written.IsEmpty)
            {
                form = into.Normalise(written);
                ref var value = ref into.Add(leaf, part, IndexKind.String);
                value.First = written;
                value.Second = form;
            }

            if (part.NameId == ElementNames.Family)
            {
                family = form;
            }
            else if (part.NameId == ElementNames.Given && givenCount < MostJoined)
            {
                given[givenCount++] = form;
            }
            else if (part.NameId == ElementNames.Text && SearchForms.MayBeChinese(into.Text(written)))
            {
                TakeReadings(part, written, leaf, into, startsWithSurname: true);
            }
        }

        if (givenCount == 0 || family.IsEmpty)
        {
            if (!family.IsEmpty && SearchForms.MayBeChinese(into.Text(family)))
            {
                TakeReadings(name, family, leaf, into, startsWithSurname: true);
            }
            else if (givenCount > 0)
            {
                TakeGivenReadings(name, given[..givenCount], leaf, into);
            }

            return;
        }

        // People type a name in either order, Chinese ones without a space: 张三, 三张, "peter chalmers", "chalmers peter".
        var isChinese = SearchForms.MayBeChinese(into.Text(family)) || SearchForms.MayBeChinese(into.Text(given[0]));
        var allGiven = into.Join(given[..givenCount], spaced: !isChinese);
        TakeKey(name, into.Join([family, allGiven], spaced: true), leaf, into);
        TakeKey(name, into.Join([allGiven, family], spaced: true), leaf, into);
        if (isChinese)
        {
            var joined = into.Join([family, allGiven], spaced: false);
            TakeKey(name, into.Join([allGiven, family], spaced: false), leaf, into);
            TakeReadings(name, joined, leaf, into, startsWithSurname: true);
            TakeGivenReadings(name, given[..givenCount], leaf, into);
        }
    }

    private static void TakeGivenReadings(Element name, ReadOnlySpan<TextSlice> given, IndexLeaf leaf, IndexValues into)
    {
        foreach (var part in given)
        {
            if (SearchForms.MayBeChinese(into.Text(part)))
            {
                TakeReadings(name, part, leaf, into, startsWithSurname: false);
            }
        }
    }

    private static void TakeReadings(Element at, TextSlice name, IndexLeaf leaf, IndexValues into, bool startsWithSurname)
    {
        into.Keys.Clear();
        ChineseReadings.Instance.Append(into.TextOf(name), into.Keys, startsWithSurname);
        foreach (var key in into.Keys)
        {
            TakeKey(at, into.Put(key.AsSpan()), leaf, into);
        }
    }

    private static void TakeAddress(Element address, IndexLeaf leaf, IndexValues into)
    {
        Span<TextSlice> joined = stackalloc TextSlice[MostJoined];
        var lines = 3;
        foreach (var part in address.Children)
        {
            // use, type and period are no strings; R4 search.html#string names line, city, district, state, country, postalCode, text.
            if (!part.HasValue || part.Type.Primitive is not Facts.PrimitiveKind.String || part.NameId == ElementNames.IdName)
            {
                continue;
            }

            var written = into.Written(part);
            if (written.IsEmpty)
            {
                continue;
            }

            var form = into.Normalise(written);
            ref var value = ref into.Add(leaf, part, IndexKind.String);
            value.First = written;
            value.Second = form;
            if (part.NameId == ElementNames.State)
            {
                joined[0] = form;
            }
            else if (part.NameId == ElementNames.City)
            {
                joined[1] = form;
            }
            else if (part.NameId == ElementNames.District)
            {
                joined[2] = form;
            }
            else if (part.NameId == ElementNames.Line && lines < MostJoined)
            {
                joined[lines++] = form;
            }
        }

        // A Chinese address is written from the large to the small in one run: 浙江省杭州市西湖区文三路1号.
        var whole = into.Join(joined[..lines], spaced: false);
        if (SearchForms.MayBeChinese(into.Text(whole)))
        {
            TakeKey(address, whole, leaf, into);
        }
    }

    private static void TakeKey(Element at, TextSlice form, IndexLeaf leaf, IndexValues into)
    {
        if (form.IsEmpty)
        {
            return;
        }

        // Repeated keys of one parameter would only cost room in the store; those of one name stand close together.
        var items = into.Items;
        foreach (ref readonly var known in items[Math.Max(0, items.Length - 64)..])
        {
            if (known.Parameter == leaf.Parameter && known.Kind is IndexKind.StringKey or IndexKind.String
                && into.Text(known.Second).SequenceEqual(into.Text(form)))
            {
                return;
            }
        }

        ref var value = ref into.Add(leaf, at, IndexKind.StringKey);
        value.Second = form;
    }
}

namespace Kangqiao.Fhir.Facts;

/// <summary>Reads the first section, in the order <see cref="FactsWriter"/> wrote it.</summary>
internal ref struct FactsReader
{
    private readonly Lazy<byte[]> codes;
    private readonly string[] strings;
    private PackedReader body;
    private TypeFact[] types = [];

    public FactsReader(ReadOnlySpan<byte> plain, Lazy<byte[]> codes)
    {
        this.codes = codes;
        body = new PackedReader(plain);
        strings = new string[body.Number()];
        for (var i = 0; i < strings.Length; i++)
        {
            strings[i] = body.Text();
        }
    }

    public R4 Read(Lazy<PublishedDefinitions> definitions)
    {
        var names = Strings();
        var constraints = new ConstraintFact[body.Number()];
        for (var i = 0; i < constraints.Length; i++)
        {
            constraints[i] = new ConstraintFact(String(), Flag(), String(), String());
        }

        ReadTypes();
        var elements = ReadElements(names, constraints);
        var searchParameters = ReadSearchParameters();
        var compartments = ReadCompartments();
        var content = new FactsContent(
            types, elements, names, constraints, searchParameters, compartments, ReadValueSets(), ReadValueSets());
        return new R4(content, definitions);
    }

    private void ReadTypes()
    {
        types = new TypeFact[body.Number()];
        var bases = new int[types.Length];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = new TypeFact
            {
                Id = i,
                Name = String(),
                Kind = (TypeKind)body.Number(),
                IsAbstract = Flag(),
                Primitive = (PrimitiveKind)body.Number(),
            };
            bases[i] = body.Number();
        }

        for (var i = 0; i < types.Length; i++)
        {
            types[i].Base = bases[i] == 0 ? null : types[bases[i] - 1];
        }
    }

    private ElementFact[] ReadElements(string[] names, ConstraintFact[] constraints)
    {
        var typeLists = new ElementTypeFact[body.Number()][];
        for (var i = 0; i < typeLists.Length; i++)
        {
            var list = new ElementTypeFact[body.Number()];
            for (var j = 0; j < list.Length; j++)
            {
                list[j] = new ElementTypeFact(types[body.Number()], String(), Types(), Strings());
            }

            typeLists[i] = list;
        }

        var elements = new List<ElementFact>(8192);
        foreach (var type in types)
        {
            type.Constraints = Pick(constraints);
            var own = new ElementFact[body.Number()];
            for (var slot = 0; slot < own.Length; slot++)
            {
                own[slot] = ReadElement(type, elements.Count, slot, names, typeLists, constraints);
                elements.Add(own[slot]);
            }

            type.Elements = own;
        }

        return [.. elements];
    }

    private ElementFact ReadElement(
        TypeFact owner, int id, int slot, string[] names, ElementTypeFact[][] typeLists, ConstraintFact[] constraints)
    {
        var nameId = body.Number();
        var min = body.Number();
        var max = body.Number();
        var element = new ElementFact
        {
            Id = id,
            Name = names[nameId],
            NameId = nameId,
            Owner = owner,
            Slot = slot,
            Min = min,
            Max = max == 0 ? int.MaxValue : max - 1,
            IsChoice = Flag(),
            IsModifier = Flag(),
            IsSummary = Flag(),
            Types = typeLists[body.Number()],
        };
        var strength = body.Number();
        element.Binding = strength == 0 ? null : new BindingFact((BindingStrength)(strength - 1), String());
        element.Constraints = Pick(constraints);
        return element;
    }

    private SearchFact[] ReadSearchParameters()
    {
        var parameters = new SearchFact[body.Number()];
        for (var i = 0; i < parameters.Length; i++)
        {
            parameters[i] = new SearchFact(
                i, String(), String(), (SearchType)body.Number(), Types(), Flag() ? String() : null, Types(), Components());
        }

        return parameters;
    }

    private SearchComponentFact[] Components()
    {
        var count = body.Number();
        if (count == 0)
        {
            return [];
        }

        var components = new SearchComponentFact[count];
        for (var i = 0; i < count; i++)
        {
            components[i] = new SearchComponentFact(String(), String());
        }

        return components;
    }

    private CompartmentFact[] ReadCompartments()
    {
        var compartments = new CompartmentFact[body.Number()];
        for (var i = 0; i < compartments.Length; i++)
        {
            var type = types[body.Number()];
            var count = body.Number();
            var parameters = new Dictionary<string, string[]>(count, StringComparer.Ordinal);
            for (; count > 0; count--)
            {
                parameters.Add(String(), Strings());
            }

            compartments[i] = new CompartmentFact(type, parameters);
        }

        return compartments;
    }

    private ValueSetFact[] ReadValueSets()
    {
        var sets = new ValueSetFact[body.Number()];
        for (var i = 0; i < sets.Length; i++)
        {
            sets[i] = new ValueSetFact(String(), Flag(), codes, body.Number());
        }

        return sets;
    }

    private string String() => strings[body.Number()];

    private bool Flag() => body.Number() != 0;

    private string[] Strings()
    {
        var count = body.Number();
        if (count == 0)
        {
            return [];
        }

        var list = new string[count];
        for (var i = 0; i < count; i++)
        {
            list[i] = String();
        }

        return list;
    }

    private TypeFact[] Types() => Pick(types);

    private T[] Pick<T>(T[] all)
    {
        var count = body.Number();
        if (count == 0)
        {
            return [];
        }

        var list = new T[count];
        for (var i = 0; i < count; i++)
        {
            list[i] = all[body.Number()];
        }

        return list;
    }
}

namespace Kangqiao.Fhir.Facts;

/// <summary>
/// Writes the first two sections, in the order <see cref="FactsReader"/> reads them: strings, names, constraints, types,
/// lists of element types, elements, search parameters, compartments, value sets, code systems. Strings and lists of element
/// types are written once and meant by their position.
/// </summary>
internal sealed class FactsWriter
{
    private readonly PackedWriter body = new();
    private readonly PackedWriter codes = new();
    private readonly List<string> strings = [];
    private readonly Dictionary<string, int> stringIds = new(StringComparer.Ordinal);

    private FactsWriter()
    {
    }

    public static (byte[] Facts, byte[] Codes) Write(FactsContent content)
    {
        var writer = new FactsWriter();
        writer.List(content.Names, writer.String);
        writer.List(content.Constraints, writer.Constraint);
        writer.List(content.Types, writer.Type);
        writer.Elements(content);
        writer.List(content.SearchParameters, writer.Search);
        writer.List(content.Compartments, writer.Compartment);
        writer.List(content.ValueSets, writer.ValueSet);
        writer.List(content.CodeSystems, writer.ValueSet);

        var facts = new PackedWriter();
        facts.Number(writer.strings.Count);
        foreach (var text in writer.strings)
        {
            facts.Text(text);
        }

        facts.Raw(writer.body.ToArray());
        return (facts.ToArray(), writer.codes.ToArray());
    }

    private void Constraint(ConstraintFact constraint)
    {
        String(constraint.Key);
        Flag(constraint.IsError);
        String(constraint.Human);
        String(constraint.Expression);
    }

    private void Type(TypeFact type)
    {
        String(type.Name);
        body.Number((int)type.Kind);
        Flag(type.IsAbstract);
        body.Number((int)type.Primitive);
        body.Number(type.Base is null ? 0 : type.Base.Id + 1);
    }

    private void Elements(FactsContent content)
    {
        var constraintIds = new Dictionary<ConstraintFact, int>();
        foreach (var constraint in content.Constraints)
        {
            constraintIds.Add(constraint, constraintIds.Count);
        }

        var typeLists = new Dictionary<string, int>(StringComparer.Ordinal);
        var distinct = new List<ElementTypeFact[]>();
        foreach (var element in content.Elements)
        {
            if (typeLists.TryAdd(Identity(element.Types), distinct.Count))
            {
                distinct.Add(element.Types);
            }
        }

        List(distinct, types => List(types, ElementType));
        foreach (var type in content.Types)
        {
            List(type.Constraints, c => body.Number(constraintIds[c]));
            List(type.Elements, element =>
            {
                body.Number(element.NameId);
                body.Number(element.Min);
                body.Number(element.Max == int.MaxValue ? 0 : element.Max + 1);
                Flag(element.IsChoice);
                Flag(element.IsModifier);
                Flag(element.IsSummary);
                body.Number(typeLists[Identity(element.Types)]);
                body.Number(element.Binding is null ? 0 : (int)element.Binding.Strength + 1);
                if (element.Binding is not null)
                {
                    String(element.Binding.ValueSet);
                }

                List(element.Constraints, c => body.Number(constraintIds[c]));
            });
        }
    }

    private static string Identity(ElementTypeFact[] types) => string.Join('\n', types.Select(t =>
        $"{t.JsonName} {t.Type.Name} {string.Join(',', t.Targets.Select(x => x.Name))} {string.Join(',', t.Profiles)}"));

    private void ElementType(ElementTypeFact type)
    {
        body.Number(type.Type.Id);
        String(type.JsonName);
        List(type.Targets, t => body.Number(t.Id));
        List(type.Profiles, String);
    }

    private void Search(SearchFact search)
    {
        String(search.Code);
        String(search.Url);
        body.Number((int)search.Type);
        List(search.Bases, t => body.Number(t.Id));
        Flag(search.Expression is not null);
        if (search.Expression is not null)
        {
            String(search.Expression);
        }

        List(search.Targets, t => body.Number(t.Id));
        List(search.Components, component =>
        {
            String(component.Definition);
            String(component.Expression);
        });
    }

    private void Compartment(CompartmentFact compartment)
    {
        body.Number(compartment.Type.Id);
        List(compartment.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).ToArray(), entry =>
        {
            String(entry.Key);
            List(entry.Value, String);
        });
    }

    private void ValueSet(ValueSetFact set)
    {
        String(set.Url);
        Flag(set.IsComplete);
        body.Number(codes.Position);
        codes.Raw(set.Packed);
    }

    private void String(string text)
    {
        if (!stringIds.TryGetValue(text, out var id))
        {
            id = strings.Count;
            strings.Add(text);
            stringIds.Add(text, id);
        }

        body.Number(id);
    }

    private void Flag(bool value) => body.Number(value ? 1 : 0);

    private void List<T>(IReadOnlyList<T> items, Action<T> write)
    {
        body.Number(items.Count);
        foreach (var item in items)
        {
            write(item);
        }
    }
}

using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>A literal; no item for {}.</summary>
internal sealed class LiteralNode(FhirPathItem? value) : Node
{
    public FhirPathItem? Value { get; } = value;

    public override bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        if (Value is { } item)
        {
            output.Add(item);
        }

        return env.Spend(1);
    }
}

/// <summary>$this.</summary>
internal sealed class ThisNode : Node
{
    public override bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        frame.AddFocus(output);
        return env.Spend(1);
    }
}

/// <summary>$index.</summary>
internal sealed class PlaceNode : Node
{
    public override bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        output.Add(FhirPathItem.Of(frame.Index));
        return env.Spend(1);
    }
}

/// <summary>$total.</summary>
internal sealed class TotalNode : Node
{
    public override bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        if (frame.Total is { } total)
        {
            output.AddRange(total);
            return env.Spend(total.Count + 1);
        }

        return true;
    }
}

/// <summary>
/// A run of names, Patient.name.given, walked depth first without lists between (order is the same). A type's name at the
/// start lets pass what is of that type.
/// </summary>
internal sealed class PathNode(Node? source, TypeTest? root, int[] nameIds, string[] names) : Node
{
    public Node? Source => source;

    public TypeTest? Root => root;

    public int[] NameIds => nameIds;

    public string[] Names => names;

    public override bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        if (source is null && frame.Many is null)
        {
            return (root is not null && !root.Matches(frame.This)) || Step(env, frame.This, output);
        }

        var list = env.Rent();
        var isGood = true;
        if (source is null)
        {
            frame.AddFocus(list);
        }
        else
        {
            isGood = source.Evaluate(env, ref frame, list);
        }

        foreach (ref readonly var item in list.Span)
        {
            isGood = isGood && ((root is not null && !root.Matches(item)) || Step(env, item, output));
        }

        env.Return(list);
        return isGood;
    }

    private bool Step(FhirPathEnvironment env, in FhirPathItem item, FhirPathResults output)
    {
        if (item.Kind == ItemKind.Element)
        {
            return !item.Element.Exists || Walk(env, item.Element, 0, output);
        }

        if (nameIds.Length == 0)
        {
            output.Add(item);
        }
        else if (item.Kind == ItemKind.Type && nameIds.Length == 1 && names[0] is ("name" or "namespace"))
        {
            output.Add(FhirPathItem.Of(names[0] == "name" ? item.TypeName.Name : item.TypeName.Namespace));
        }
        else if (item.Kind == ItemKind.Quantity && nameIds.Length == 1 && names[0] is ("value" or "unit"))
        {
            output.Add(names[0] == "value" ? FhirPathItem.Of(item.Decimal) : FhirPathItem.Of(item.Unit));
        }

        return env.Spend(1);
    }

    private bool Walk(FhirPathEnvironment env, Element element, int step, FhirPathResults output)
    {
        if (step == nameIds.Length)
        {
            output.Add(FhirPathItem.Of(element));
            return true;
        }

        // Depth is the length of the path, which the parser bounds.
        var visited = 1;
        var nameId = nameIds[step];
        if (element.IsPrimitive && nameId == KnownNames.All.Value)
        {
            // R4 fhirpath.html: .value of a primitive is its System value.
            if (step == nameIds.Length - 1 && SystemValues.TryOf(element, out var value))
            {
                output.Add(value);
            }

            return env.Spend(1);
        }

        foreach (var child in element.ChildrenNamed(nameId))
        {
            visited++;
            if (!Walk(env, child, step + 1, output))
            {
                return false;
            }
        }

        return env.Spend(visited);
    }
}

/// <summary>%name.</summary>
internal sealed class ExternalNode(string name) : Node
{
    public override bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        if (!env.Spend(1))
        {
            return false;
        }

        if (DefinedVariable.Find(frame.Variables, name) is { } defined)
        {
            output.AddRange(defined.Values);
            return env.Spend(defined.Values.Count);
        }

        if (env.Variable(name) is { } given)
        {
            output.AddRange(given);
            return env.Spend(given.Count);
        }

        switch (name)
        {
            case "context":
                output.Add(env.Focus);
                return true;
            case "resource":
                return Add(env.ResourceOrFocus, output);
            case "rootResource":
                return Add(env.RootOrResource, output);
            default:
                if (Constant(name) is not { } text)
                {
                    return env.Fail(FhirPathProblems.UnknownVariable(name));
                }

                output.Add(FhirPathItem.Of(text));
                return true;
        }
    }

    /// <summary>True for names the language defines itself, which defineVariable() may not take.</summary>
    public static bool IsReserved(string name) => name is "context" or "resource" or "rootResource" || Constant(name) is not null;

    // R4 fhirpath.html#variables.
    private static string? Constant(string name) => name switch
    {
        "ucum" => "http://unitsofmeasure.org",
        "sct" => "http://snomed.info/sct",
        "loinc" => "http://loinc.org",
        "us-zip" => "[0-9]{5}(-[0-9]{4}){0,1}",
        _ when name.StartsWith("vs-", StringComparison.Ordinal) => "http://hl7.org/fhir/ValueSet/" + name[3..],
        _ when name.StartsWith("cs-", StringComparison.Ordinal) => "http://hl7.org/fhir/" + name[3..],
        _ when name.StartsWith("ext-", StringComparison.Ordinal) => "http://hl7.org/fhir/StructureDefinition/" + name[4..],
        _ => null,
    };

    private static bool Add(Element element, FhirPathResults output)
    {
        if (element.Exists)
        {
            output.Add(FhirPathItem.Of(element));
        }

        return true;
    }
}

/// <summary>collection[index].</summary>
internal sealed class IndexNode(Node source, Node index) : Node
{
    public override bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        var list = env.Rent();
        var place = env.Rent();
        int? at = null;
        var isGood = source.Evaluate(env, ref frame, list)
            && index.EvaluateApart(env, ref frame, place)
            && Singletons.TryInteger(env, place, "[ ]", out at);
        if (isGood && at >= 0 && at < list.Count)
        {
            output.Add(list[at.Value]);
        }

        env.Return(list);
        env.Return(place);
        return isGood;
    }
}

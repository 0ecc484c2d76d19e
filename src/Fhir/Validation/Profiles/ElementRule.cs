using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>
/// What a profile asks of one element, on top of base R4: a node of the tree a StructureDefinition compiles to.
/// Built once by <see cref="ProfileCompiler"/> and only read afterwards.
/// </summary>
internal sealed class ElementRule(string name, int nameId, TypeFact? type)
{
    /// <summary>FHIRPath name: "value" for value[x].</summary>
    public string Name => name;

    public int NameId => nameId;

    /// <summary>The one type the element can have, where it can be told; its elements are what paths go on with.</summary>
    public TypeFact? Type { get; set; } = type;

    public string? SliceName { get; init; }

    public int Min { get; set; }

    public int Max { get; set; } = int.MaxValue;

    /// <summary>Empty: any the base allows.</summary>
    public TypeRuleOfProfile[] Types { get; set; } = [];

    /// <summary>The value exactly, as an element of the definition.</summary>
    public Element Fixed { get; set; }

    /// <summary>The least the value must contain, as an element of the definition.</summary>
    public Element Pattern { get; set; }

    public Element MinValue { get; set; }

    public Element MaxValue { get; set; }

    /// <summary>In Unicode characters.</summary>
    public int MaxLength { get; set; } = int.MaxValue;

    public BindingFact? Binding { get; set; }

    public string? MaxValueSet { get; set; }

    /// <summary>Value sets of further bindings that are required (extension additional-binding).</summary>
    public List<string> AdditionalRequired { get; } = [];

    public List<Invariant> Constraints { get; } = [];

    public Slicing? Slicing { get; set; }

    public List<ElementRule> Slices { get; } = [];

    public List<ElementRule> Children { get; } = [];

    public ElementRule? Child(int id)
    {
        foreach (var child in Children)
        {
            if (child.NameId == id)
            {
                return child;
            }
        }

        return null;
    }

    public ElementRule? Slice(string sliceName)
    {
        foreach (var slice in Slices)
        {
            if (slice.SliceName == sliceName)
            {
                return slice;
            }
        }

        return null;
    }

    public override string ToString() => SliceName is null ? Name : Name + ":" + SliceName;
}

/// <summary>One type a profile allows.</summary>
/// <param name="Profiles">Canonical URLs, one of which the value must conform to; empty for none.</param>
/// <param name="Targets">Canonical URLs of what a reference may point to; empty for anything the base allows.</param>
internal sealed record TypeRuleOfProfile(TypeFact Type, string[] Profiles, string[] Targets);

internal enum SlicingRules : byte
{
    Open,
    Closed,
    OpenAtEnd,
}

/// <summary>How repetitions are told apart (profiling.html#slicing).</summary>
internal sealed record Slicing(Discriminator[] Discriminators, SlicingRules Rules, bool IsOrdered);

internal enum DiscriminatorKind : byte
{
    Value,
    Exists,
    Type,
    Profile,
}

internal sealed record Discriminator(DiscriminatorKind Kind, PathStep[] Path)
{
    public static readonly Discriminator TypeOfThis = new(DiscriminatorKind.Type, []);
}

internal enum PathStepKind : byte
{
    Child,
    Extension,
    Resolve,
    OfType,
}

/// <summary>A step of the restricted FHIRPath of discriminators (profiling.html#discriminator).</summary>
/// <param name="NameId">For a child its name.</param>
/// <param name="Text">For an extension its URL, for ofType the type's name.</param>
internal readonly record struct PathStep(PathStepKind Kind, int NameId, string Text)
{
    /// <summary>The steps of a discriminator path, or null if it has something else in it.</summary>
    public static PathStep[]? Parse(string path)
    {
        var steps = new List<PathStep>();
        var rest = path.AsSpan().Trim();
        while (!rest.IsEmpty)
        {
            var end = EndOfStep(rest);
            var step = rest[..end];
            rest = end < rest.Length ? rest[(end + 1)..] : default;
            if (step.SequenceEqual("$this"))
            {
                continue;
            }

            var open = step.IndexOf('(');
            if (open < 0)
            {
                var name = step.EndsWith("[x]") ? step[..^3] : step;
                steps.Add(new PathStep(PathStepKind.Child, R4.Facts.NameId(name.ToString()), name.ToString()));
                continue;
            }

            if (!step.EndsWith(")"))
            {
                return null;
            }

            var argument = step[(open + 1)..^1].Trim().Trim('\'').Trim('"').ToString();
            switch (step[..open])
            {
                case "resolve":
                    steps.Add(new PathStep(PathStepKind.Resolve, -1, ""));
                    break;
                case "extension":
                    steps.Add(new PathStep(PathStepKind.Extension, WellKnown.ExtensionName, argument));
                    break;
                case "ofType" or "as":
                    steps.Add(new PathStep(PathStepKind.OfType, -1, argument.StartsWith("FHIR.", StringComparison.Ordinal) ? argument[5..] : argument));
                    break;
                default:
                    return null;
            }
        }

        return [.. steps];
    }

    private static int EndOfStep(ReadOnlySpan<char> text)
    {
        var inQuotes = false;
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\'':
                    inQuotes = !inQuotes;
                    break;
                case '(' when !inQuotes:
                    depth++;
                    break;
                case ')' when !inQuotes:
                    depth--;
                    break;
                case '.' when !inQuotes && depth == 0:
                    return i;
            }
        }

        return text.Length;
    }
}

using System.Text.Json.Nodes;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Patch;

/// <summary>
/// The value of an operation as JSON for the element it is for: from value[x], from a resource, or built from parts where
/// the element's type has no value[x] of its own, e.g. Patient.contact (fhirpatch.html).
/// </summary>
/// <param name="patch">The Parameters as a tree, of which the values are copied with every digit.</param>
internal sealed class ValueParts(JsonObject patch, int operation)
{
    /// <summary>The value, and under which of its JSON names the element has it.</summary>
    public Outcome<(PatchValue Value, string JsonName)> For(ElementFact element, Element part)
    {
        var given = part.Child("value");
        if (!given.Exists)
        {
            given = part.Child("resource");
        }

        if (given.Exists)
        {
            if (Choice(element, given.Type) is not { } choice)
            {
                return Problems.WrongType(operation, element.Path, given.Type.Name);
            }

            var value = ElementPlace.Of(patch, given).Get();
            return (new PatchValue(value.Value?.DeepClone(), (JsonObject?)value.Extras?.DeepClone()), choice.JsonName);
        }

        if (!part.Child("part").Exists)
        {
            return Problems.BadOperation(operation, "the value has neither value[x] nor parts.");
        }

        if (element.Types is not [var only])
        {
            return Problems.BadOperation(operation, $"parts do not say which type {element.Path}[x] is to have: use value[x].");
        }

        return Build(only.Type, part).Try(out var built, out var problem)
            ? (only.Type.IsPrimitive ? new PatchValue(null, built) : new PatchValue(built, null), only.JsonName)
            : problem;
    }

    /// <summary>The element a type has under a name: its own, or for a choice also the JSON name.</summary>
    public static ElementFact? Named(TypeFact type, string name) =>
        type.Element(name) ?? Array.Find(type.Elements, e => e.IsChoice && Array.Exists(e.Types, t => t.JsonName == name));

    /// <summary>True if the element is there, as whichever type.</summary>
    public static bool Has(JsonObject owner, ElementFact element) => Array.Exists(
        element.Types, t => owner.ContainsKey(t.JsonName) || (t.Type.IsPrimitive && owner.ContainsKey("_" + t.JsonName)));

    private Outcome<JsonObject> Build(TypeFact type, Element value)
    {
        var built = new JsonObject();
        foreach (var part in value.ChildrenNamed("part"))
        {
            var name = part.ChildText("name") ?? "";
            if (Named(type, name) is not { } element)
            {
                return Problems.NoSuchElement(operation, type.Name, name);
            }

            if (!For(element, part).Try(out var item, out var problem))
            {
                return problem;
            }

            if (element.IsArray)
            {
                var items = PatchValue.TakeAll(built, item.JsonName);
                items.Add(item.Value);
                PatchValue.PutAll(built, item.JsonName, items);
            }
            else if (Has(built, element))
            {
                return Problems.AlreadyThere(operation, element.Owner.Name, element.Name);
            }
            else
            {
                item.Value.Put(built, item.JsonName);
            }
        }

        return built;
    }

    /// <summary>
    /// A choice takes the very type. Elsewhere a kin type will do, since there is no value[x] for e.g. xhtml: whether the
    /// text fits is checked with the whole resource.
    /// </summary>
    private static ElementTypeFact? Choice(ElementFact element, TypeFact given)
    {
        if (element.Types is [var only])
        {
            var isKin = only.Type.IsPrimitive && given.IsPrimitive
                ? JsonKind(only.Type.Primitive) == JsonKind(given.Primitive)
                : given.IsA(only.Type) || only.Type.IsA(given);
            return isKin ? only : null;
        }

        return Array.Find(element.Types, t => ReferenceEquals(t.Type, given));
    }

    private static int JsonKind(PrimitiveKind kind) => kind switch
    {
        PrimitiveKind.Boolean => 0,
        PrimitiveKind.Integer or PrimitiveKind.UnsignedInt or PrimitiveKind.PositiveInt or PrimitiveKind.Decimal => 1,
        _ => 2,
    };
}

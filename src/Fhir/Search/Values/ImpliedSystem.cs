using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Search.Values;

/// <summary>
/// The code system of an element of type code: R4 search.html#token, "the system is implied by the value set the element is
/// bound to". Known where a required value set draws from a single system.
/// </summary>
internal static class ImpliedSystem
{
    private static readonly byte[]?[] Known = new byte[R4.Facts.Elements.Length][];

    /// <summary>Empty if none is implied.</summary>
    public static ReadOnlySpan<byte> Of(Element element)
    {
        if (element.Fact is not { } fact)
        {
            return default;
        }

        // Two threads may find the same answer twice; nothing is lost by it.
        return Known[fact.Id] ??= Find(fact);
    }

    private static byte[] Find(ElementFact fact)
    {
        if (fact.Binding is not { Strength: BindingStrength.Required } binding
            || R4.Facts.ValueSet(binding.ValueSet) is not { IsComplete: true } set)
        {
            return [];
        }

        var systems = set.Systems;
        return systems.Length == 1 ? SearchForms.Utf8(systems[0].System) : [];
    }
}

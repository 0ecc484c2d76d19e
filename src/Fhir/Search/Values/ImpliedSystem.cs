using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Search.Values;

/// <summary>
/// The code system of an element of type code: R4 search.html#token, "the system is implied by the value set the element is
/// bound to". Known where the binding is required; of a value set with several systems, the first that has the code.
/// </summary>
internal static class ImpliedSystem
{
    private static readonly Candidates?[] Known = new Candidates[R4.Facts.Elements.Length];

    /// <summary>Empty if none is implied.</summary>
    public static ReadOnlySpan<byte> Of(Element element)
    {
        if (element.Fact is not { } fact)
        {
            return default;
        }

        // Two threads may find the same answer twice; nothing is lost by it.
        var candidates = Known[fact.Id] ??= Find(fact);
        if (candidates.Systems.Length <= 1)
        {
            return candidates.Systems.Length == 0 ? default : candidates.Systems[0];
        }

        foreach (var system in candidates.Systems)
        {
            if (candidates.Set!.Contains(system, element.Raw))
            {
                return system;
            }
        }

        return default;
    }

    private static Candidates Find(ElementFact fact) =>
        fact.Binding is { Strength: BindingStrength.Required } binding
        && R4.Facts.ValueSet(binding.ValueSet) is { IsComplete: true } set
            ? new Candidates(set, Array.ConvertAll(set.Systems, s => SearchForms.Utf8(s.System)))
            : new Candidates(null, []);

    private sealed record Candidates(ValueSetFact? Set, byte[][] Systems);
}

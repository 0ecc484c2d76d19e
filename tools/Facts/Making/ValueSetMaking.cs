using System.Text.Json;
using Kangqiao.Facts.Reading;
using Kangqiao.Fhir.Facts;

namespace Kangqiao.Facts.Making;

/// <summary>
/// Which value sets the facts hold: all that something is bound to as required or extensible, and those bound as preferred or
/// example that are small; and every code system of FHIR's own.
/// </summary>
internal static class ValueSetMaking
{
    private const int SmallSet = 200;
    private const string FhirOwn = "http://hl7.org/fhir/";

    public static ValueSetFact[] ValueSets(
        Terminology terminology, IEnumerable<ElementFact> elements, IEnumerable<JsonElement> definitions)
    {
        var strengths = new SortedDictionary<string, BindingStrength>(StringComparer.Ordinal);
        foreach (var binding in elements.Select(e => e.Binding).OfType<BindingFact>().Concat(definitions.SelectMany(Bindings)))
        {
            strengths[binding.ValueSet] = strengths.TryGetValue(binding.ValueSet, out var known) && known > binding.Strength
                ? known
                : binding.Strength;
        }

        var expanding = new Expanding(terminology);
        var sets = new List<ValueSetFact>();
        foreach (var (url, strength) in strengths)
        {
            var codes = expanding.Expand(url);
            if (strength >= BindingStrength.Extensible || (codes.Count is > 0 and <= SmallSet))
            {
                sets.Add(FactOf(url, codes));
            }
        }

        return [.. sets];
    }

    public static ValueSetFact[] CodeSystems(Terminology terminology)
    {
        var expanding = new Expanding(terminology);
        return [.. terminology.CodeSystems
            .Where(s => s.Text("content") != "supplement")
            .Select(s => s.RequiredText("url"))
            .Where(url => url.StartsWith(FhirOwn, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(url => FactOf(url, expanding.Whole(url)))];
    }

    // message-events says it is complete and lists nothing: what lists nothing forbids nothing.
    private static ValueSetFact FactOf(string url, CodeSet codes) =>
        ValueSetFact.Of(url, codes.IsComplete && codes.Count > 0, codes.ToFacts());

    private static IEnumerable<BindingFact> Bindings(JsonElement definition) =>
        definition.GetProperty("differential").Each("element")
            .Select(e => e.Field("binding"))
            .Where(b => b?.Text("valueSet") is not null)
            .Select(b => new BindingFact(
                Enum.Parse<BindingStrength>(b!.Value.RequiredText("strength"), ignoreCase: true),
                b.Value.RequiredText("valueSet").Split('|')[0]));
}

using Kangqiao.Facts.Reading;
using Kangqiao.Fhir.Facts;

namespace Kangqiao.Facts.Making;

/// <summary>From published definitions to the bytes of the facts file.</summary>
internal static class FactsMaking
{
    public static byte[] Make(PublishedFiles files)
    {
        var dataTypes = files.Core("profiles-types", "StructureDefinition").Values;
        var types = TypeMaking.Make([
            .. dataTypes,
            .. files.Core("profiles-resources", "StructureDefinition").Values,
        ]);
        var definitions = DefinitionSlimming.Choose([
            .. dataTypes,
            .. files.Core("profiles-others", "StructureDefinition").Values,
            .. files.Core("extension-definitions", "StructureDefinition").Values,
        ]);
        var terminology = new Terminology(files);
        var content = new FactsContent(
            types.Types,
            types.Elements,
            types.Names,
            types.Constraints,
            SearchMaking.Parameters(files.Core("search-parameters", "SearchParameter").Values, types.ByName),
            SearchMaking.Compartments(files.Core("profiles-resources", "CompartmentDefinition").Values, types.ByName),
            ValueSetMaking.ValueSets(terminology, types.Elements, [.. definitions.Values, .. dataTypes]),
            ValueSetMaking.CodeSystems(terminology));
        var (facts, codes) = FactsWriter.Write(content);
        return FactsFile.Pack(
            facts,
            codes,
            PublishedDefinitions.Pack(definitions.ToDictionary(d => d.Key, d => DefinitionSlimming.Slim(d.Value), StringComparer.Ordinal)));
    }
}

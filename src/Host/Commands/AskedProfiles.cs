using Kangqiao.Fhir.Codes;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;
using Kangqiao.Kernel;

namespace Kangqiao.Host.Commands;

/// <summary>The profiles a validation asks for and the definitions it may lean on, from the command line.</summary>
/// <param name="Canonicals">Profiles every resource must meet, by canonical URL.</param>
/// <param name="Source">Given StructureDefinitions, and behind them those of the specification.</param>
/// <param name="Terminology">Given ValueSets and CodeSystems, and behind them those of the specification.</param>
internal sealed record AskedProfiles(IReadOnlyList<string> Canonicals, IProfileSource Source, ITerminology Terminology)
{
    /// <param name="profiles">Canonical URLs, or files with a StructureDefinition.</param>
    /// <param name="definitions">Files with definitions.</param>
    public static Outcome<AskedProfiles> Load(IEnumerable<string> profiles, IEnumerable<string> definitions)
    {
        var canonicals = new List<string>();
        var documents = new List<FhirDocument>();
        foreach (var profile in profiles)
        {
            if (!File.Exists(profile))
            {
                canonicals.Add(profile);
                continue;
            }

            if (!Definition(profile).Try(out var document, out var problem))
            {
                return problem;
            }

            if (document.Root.ChildText("url") is not { } url || document.Root.Type.Name != "StructureDefinition")
            {
                return new Problem("HST003", ProblemKind.Invalid, $"{profile} is not a StructureDefinition with a url.");
            }

            canonicals.Add(url);
            documents.Add(document);
        }

        foreach (var file in definitions)
        {
            if (!Definition(file).Try(out var document, out var problem))
            {
                return problem;
            }

            documents.Add(document);
        }

        var source = new ProfileSet(documents);
        var unknown = canonicals.Find(c => source.StructureDefinition(c) is null && !ProfileSet.IsBaseType(c));
        return unknown is null
            ? new AskedProfiles(canonicals, source, new DocumentTerminology(documents, SpecificationTerminology.Instance))
            : new Problem("HST004", ProblemKind.NotFound, $"The profile {unknown} is not known: name its file instead, or give it with --definitions.");
    }

    private static Outcome<FhirDocument> Definition(string file)
    {
        var findings = new FindingList();
        return ResourceFile.Read(file, findings).Then<FhirDocument>(document => document.IsUsable
            ? document
            : new Problem("HST002", ProblemKind.Invalid, $"{file}: {findings.Items[0].English}"));
    }
}

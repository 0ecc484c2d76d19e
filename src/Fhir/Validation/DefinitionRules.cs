using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>Resources that define things must be usable as definitions.</summary>
internal static class DefinitionRules
{
    public static void Check(ValidationRun run, Element resource)
    {
        switch (resource.Type.Name)
        {
            case "StructureDefinition":
                CheckStructure(run, resource);
                break;
            case "SearchParameter":
                CheckSearch(run, resource);
                break;
        }
    }

    /// <summary>A constraint compiles: its paths are elements, its slices can be told apart.</summary>
    private static void CheckStructure(ValidationRun run, Element resource)
    {
        if (resource.ChildText("derivation") != "constraint"
            || resource.ChildText("kind") == "logical"
            || run.Profiles.Compile(resource) is not { } profile)
        {
            return;
        }

        foreach (var fault in profile.Faults)
        {
            run.Report(ValidationFindings.BadDefinition, fault.At, fault.At.ChildText("id") ?? fault.At.ChildText("path") ?? "", fault.English, fault.Chinese);
        }
    }

    /// <summary>A search parameter is for no more types than the one it is derived from (searchparameter.html).</summary>
    private static void CheckSearch(ValidationRun run, Element resource)
    {
        if (resource.ChildText("derivedFrom") is not { } origin || R4.Facts.SearchParameter(Canonical.Url(origin)) is not { } known)
        {
            return;
        }

        foreach (var child in resource.ChildrenNamed("base"))
        {
            if (child.Text() is { } name
                && R4.Facts.Type(name) is { } type
                && !Array.Exists(known.Bases, type.IsA))
            {
                run.Report(ValidationFindings.SearchBaseNotOfOrigin, child, name, origin);
            }
        }
    }
}

using System.Buffers;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>Extensions (extensibility.html): known or not, allowed where they stand, and as their definition has them.</summary>
internal static class ExtensionRules
{
    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.");

    private const string CoreBase = "http://hl7.org/fhir/StructureDefinition/";

    public static void Check(ValidationRun run, Element extension)
    {
        if (extension.Child(WellKnown.Value).Exists == extension.Child(WellKnown.ExtensionName).Exists)
        {
            Invariants.Fail(run, extension, "ext-1");
        }

        if (extension.ChildText("url") is not { } url)
        {
            return;
        }

        var isModifier = extension.NameId == WellKnown.ModifierExtension;
        if (!url.Contains(':', StringComparison.Ordinal))
        {
            if (extension.Parent.Type.Name != "Extension")
            {
                run.Report(ValidationFindings.RelativeExtensionUrl, extension, url);
            }

            return;
        }

        var definition = run.Profiles.Find(url);
        if (definition is null || !ReferenceEquals(definition.Type, R4.Facts.Extension))
        {
            ReportUnknown(run, extension, url, isModifier);
            return;
        }

        if (definition.IsModifier != isModifier)
        {
            run.Report(isModifier ? ValidationFindings.MustNotBeModifier : ValidationFindings.MustBeModifier, extension, url);
        }

        ExtensionContext.Check(run, extension, definition);
        run.Conformance.Check(definition, extension);
    }

    private static void ReportUnknown(ValidationRun run, Element extension, string url, bool isModifier)
    {
        foreach (var trusted in run.Options.TrustedExtensions)
        {
            if (url.StartsWith(trusted, StringComparison.Ordinal))
            {
                return;
            }
        }

        if (isModifier)
        {
            run.Report(ValidationFindings.UnknownModifierExtension, extension, url);
        }
        else if (url.StartsWith(CoreBase, StringComparison.Ordinal))
        {
            run.Report(ValidationFindings.UnknownCoreExtension, extension, url);
        }
        else if (run.Options.UnknownExtensions != UnknownExtensions.Ignore)
        {
            // versions.html#extensions: elements of other releases of FHIR have an extension each; they are not at hand.
            var severity = IsOfOtherRelease(url) ? Severity.Information : run.Options.UnknownExtensions switch
            {
                UnknownExtensions.Error => Severity.Error,
                UnknownExtensions.Warning => Severity.Warning,
                _ => Severity.Information,
            };
            run.Report(ValidationFindings.UnknownExtension, severity, extension, url);
        }
    }

    private static bool IsOfOtherRelease(string url)
    {
        const string Start = "http://hl7.org/fhir/";
        return url.StartsWith(Start, StringComparison.Ordinal)
            && url.Length > Start.Length + 3
            && char.IsAsciiDigit(url[Start.Length])
            && url.IndexOf("/StructureDefinition/extension-", Start.Length, StringComparison.Ordinal) is > 0 and var at
            && !url.AsSpan(Start.Length, at - Start.Length).ContainsAnyExcept(VersionCharacters);
    }
}

/// <summary>Where an extension may stand (defining-extensions.html#context).</summary>
internal static class ExtensionContext
{
    public static void Check(ValidationRun run, Element extension, Profile definition)
    {
        var hasContext = false;
        foreach (var context in definition.Definition.ChildrenNamed("context"))
        {
            if (context.ChildText("expression") is not { } expression)
            {
                continue;
            }

            hasContext = true;
            if (Fits(run, extension, context.ChildText("type") ?? "element", expression))
            {
                return;
            }
        }

        if (!hasContext || Errata.AllowsExtension(definition.Url, extension.Parent))
        {
            return;
        }

        var allowed = new List<string>();
        foreach (var context in definition.Definition.ChildrenNamed("context"))
        {
            allowed.Add(context.ChildText("expression") ?? "");
        }

        run.Report(
            ValidationFindings.ExtensionContext, extension, definition.Url,
            extension.Parent.Fact?.Path ?? extension.Parent.Type.Name, string.Join(", ", allowed));
    }

    private static bool Fits(ValidationRun run, Element extension, string kind, string expression) => kind switch
    {
        "extension" => extension.Parent.Type.Name == "Extension" && run.UrlOf(extension.Parent) == Canonical.Url(expression),
        "element" => FitsElement(extension.Parent, expression),

        // A FHIRPath context names elements of any resource; what it selects is not looked for here.
        _ => true,
    };

    private static bool FitsElement(Element host, string expression)
    {
        if (expression.Contains(':', StringComparison.Ordinal))
        {
            // A profile's element: https://…/StructureDefinition/name#path.
            return true;
        }

        if (expression == "Element")
        {
            return true;
        }

        if (R4.Facts.Type(expression) is { } type && host.Type.IsA(type))
        {
            return true;
        }

        return FitsPath(host, expression.Split('.'));
    }

    /// <summary>Whether the last names of the way to the host are those of the path, and the type above them its first.</summary>
    private static bool FitsPath(Element host, string[] path)
    {
        var at = host;
        for (var i = path.Length - 1; i > 0; i--)
        {
            if (!at.Exists || !IsNamed(at, path[i]))
            {
                return false;
            }

            at = at.Parent;
        }

        return at.Exists
            && path.Length > 1
            && (R4.Facts.Type(path[0]) is { } type ? at.Type.IsA(type) : at.Type.Name == path[0]);
    }

    private static bool IsNamed(Element element, string name)
    {
        if (element.FactId < 0)
        {
            return false;
        }

        if (name.EndsWith("[x]", StringComparison.Ordinal))
        {
            return name.AsSpan(0, name.Length - 3).SequenceEqual(element.Name);
        }

        return element.Name == name || Array.Exists(element.Fact!.Types, t => t.JsonName == name && ReferenceEquals(t.Type, element.Type));
    }
}

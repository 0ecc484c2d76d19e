using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>Profiles by canonical URL, compiled when first asked for. Shared by all threads.</summary>
internal sealed class CompiledProfiles(IProfileSource source)
{
    /// <summary>
    /// Names of found profiles that are kept. Records may name any number of unknown ones, and known ones with any number of
    /// made-up versions: neither may fill the memory.
    /// </summary>
    private const int MaxNames = 4_096;

    private const int MaxNameLength = 512;

    /// <summary>Steps from a profile to its base type; more is a circle.</summary>
    private const int MaxBases = 32;

    private readonly ConcurrentDictionary<string, Profile?> byName = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<FhirDocument, StrongBox<Profile?>> byDefinition = [];

    /// <summary>Null if there is no such profile, or nothing of it can be used.</summary>
    public Profile? Find(string canonical)
    {
        if (byName.TryGetValue(canonical, out var profile))
        {
            return profile;
        }

        if (source.StructureDefinition(canonical) is not { } definition)
        {
            return null;
        }

        profile = byDefinition.GetValue(definition, d => new StrongBox<Profile?>(Compile(d.Root))).Value;
        if (canonical.Length <= MaxNameLength && byName.Count < MaxNames)
        {
            byName.TryAdd(canonical, profile);
        }

        return profile;
    }

    /// <summary>
    /// Compiles a definition: what its bases ask, from the type upwards, then what it asks itself. Where a base is not at
    /// hand, its own snapshot says it all.
    /// </summary>
    public Profile? Compile(Element definition)
    {
        var type = definition.ChildText("type") is { } typeName ? R4.Facts.Type(typeName) : null;
        var url = definition.ChildText("url");
        if (type is null || url is null)
        {
            return null;
        }

        var compiler = new ProfileCompiler(type);
        var chain = Chain(definition, out var isWhole);
        if (isWhole)
        {
            for (var i = chain.Count - 1; i >= 0; i--)
            {
                compiler.Apply(chain[i], ownFaults: i == 0, chain[i].Child("differential").Exists ? "differential" : "snapshot");
            }
        }
        else
        {
            compiler.Apply(definition, ownFaults: true, definition.Child("snapshot").Exists ? "snapshot" : "differential");
        }

        return new Profile(url, type, compiler.Root, definition, compiler.Faults) { IsModifier = compiler.IsModifier };
    }

    /// <summary>The definition and its bases down to one that derives from a type of the specification.</summary>
    private List<Element> Chain(Element definition, out bool isWhole)
    {
        var chain = new List<Element> { definition };
        for (var at = definition; chain.Count < MaxBases;)
        {
            if (at.ChildText("derivation") == "specialization" || at.ChildText("baseDefinition") is not { } baseUrl || Canonical.BaseType(baseUrl) is not null)
            {
                isWhole = true;
                return chain;
            }

            if (source.StructureDefinition(baseUrl) is not { } found)
            {
                break;
            }

            at = found.Root;
            chain.Add(at);
        }

        isWhole = false;
        return chain;
    }
}

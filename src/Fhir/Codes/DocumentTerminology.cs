using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Codes;

/// <summary>
/// Answers from ValueSet and CodeSystem resources given along, as a profile's package brings them, and for all else asks
/// another. Sets are told from their expansion, or from listed codes, whole code systems and other sets; one with a filter
/// is known only as far as its listed codes go.
/// </summary>
public sealed class DocumentTerminology : ITerminology
{
    /// <summary>Value sets within value sets; a longer chain is a circle.</summary>
    private const int MaxImports = 16;

    private readonly ITerminology others;
    private readonly Dictionary<string, Element> valueSets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Element> codeSystems = new(StringComparer.Ordinal);

    /// <param name="documents">Those that are neither ValueSet nor CodeSystem are left aside.</param>
    /// <param name="others">Who answers for what is not among them.</param>
    public DocumentTerminology(IEnumerable<FhirDocument> documents, ITerminology others)
    {
        this.others = others;
        foreach (var document in documents)
        {
            if (document.IsUsable && document.Root.ChildText("url") is { } url)
            {
                switch (document.Root.Type.Name)
                {
                    case "ValueSet":
                        valueSets[url] = document.Root;
                        break;
                    case "CodeSystem":
                        codeSystems[url] = document.Root;
                        break;
                }
            }
        }
    }

    public Membership IsMember(string valueSet, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code) =>
        InSet(valueSet, system, code, MaxImports);

    public Membership IsDefined(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code) =>
        codeSystems.TryGetValue(System.Text.Encoding.UTF8.GetString(system), out var found)
            ? InSystem(found, code)
            : others.IsDefined(system, code);

    public bool? Subsumes(string system, string parent, string child) => others.Subsumes(system, parent, child);

    private Membership InSet(string valueSet, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code, int depth)
    {
        var bar = valueSet.IndexOf('|', StringComparison.Ordinal);
        if (!valueSets.TryGetValue(bar < 0 ? valueSet : valueSet[..bar], out var set))
        {
            return others.IsMember(valueSet, system, code);
        }

        if (depth == 0)
        {
            return Membership.Unknown;
        }

        if (set.Child("expansion") is { Exists: true } expansion)
        {
            return IsListed(expansion, "contains", system, code, default) ? Membership.Member : Membership.NotMember;
        }

        var compose = set.Child("compose");
        if (!compose.Exists)
        {
            return Membership.Unknown;
        }

        var answer = Membership.NotMember;
        foreach (var include in compose.ChildrenNamed("include"))
        {
            var one = InPart(include, system, code, depth);
            if (one == Membership.Member)
            {
                answer = one;
                break;
            }

            answer = one == Membership.Unknown ? one : answer;
        }

        foreach (var exclude in compose.ChildrenNamed("exclude"))
        {
            var one = InPart(exclude, system, code, depth);
            answer = one == Membership.Member ? Membership.NotMember
                : one == Membership.Unknown && answer == Membership.Member ? Membership.Unknown
                : answer;
        }

        return answer;
    }

    /// <summary>valueset.html#compositions: the system's codes and each value set named must have it.</summary>
    private Membership InPart(Element part, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code, int depth)
    {
        var answer = Membership.Member;
        var named = part.Child("system");
        if (named.Exists && named.HasValue)
        {
            if (!system.IsEmpty && !named.TextIs(system))
            {
                return Membership.NotMember;
            }

            if (part.Child("concept").Exists)
            {
                answer = IsListed(part, "concept", default, code, default) ? Membership.Member : Membership.NotMember;
            }
            else
            {
                answer = OfWhole(named.Text()!, code);
                answer = part.Child("filter").Exists && answer == Membership.Member ? Membership.Unknown : answer;
            }
        }

        foreach (var import in part.ChildrenNamed("valueSet"))
        {
            var one = import.Text() is { } url ? InSet(url, system, code, depth - 1) : Membership.Unknown;
            if (one == Membership.NotMember || answer == Membership.NotMember)
            {
                return Membership.NotMember;
            }

            answer = one == Membership.Unknown ? one : answer;
        }

        return answer;
    }

    private Membership OfWhole(string system, ReadOnlySpan<byte> code) =>
        codeSystems.TryGetValue(system, out var found)
            ? InSystem(found, code)
            : others.IsDefined(System.Text.Encoding.UTF8.GetBytes(system), code);

    private static Membership InSystem(Element codeSystem, ReadOnlySpan<byte> code)
    {
        if (IsListed(codeSystem, "concept", default, code, default))
        {
            return Membership.Member;
        }

        return codeSystem.ChildText("content") == "complete" ? Membership.NotMember : Membership.Unknown;
    }

    /// <summary>Looks through a list of codes and what is nested below them (nesting is bounded by reading).</summary>
    private static bool IsListed(Element owner, string list, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code, Element systemAbove)
    {
        foreach (var item in owner.ChildrenNamed(list))
        {
            var own = item.Child("system") is { Exists: true } said ? said : systemAbove;
            var value = item.Child("code");
            if (value.Exists
                && value.TextIs(code)
                && (system.IsEmpty || !own.Exists || own.TextIs(system))
                && item.ChildText("abstract") != "true")
            {
                return true;
            }

            if (IsListed(item, list, system, code, own))
            {
                return true;
            }
        }

        return false;
    }
}

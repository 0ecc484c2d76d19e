using Kangqiao.Access.Deciding;
using Kangqiao.Fhir.Reading;
using Kangqiao.Store;

namespace Kangqiao.Access.Facts;

/// <summary>
/// Reads a Consent (R4 consent.html). A provision that says more than is understood here is unclear: then a permission permits
/// nothing and a refusal refuses all.
/// </summary>
/// <param name="labels">Codes of sensitive matters there are.</param>
internal sealed class ConsentReader(IReadOnlyList<string> labels)
{
    public const string SensitivitySystem = "https://kangqiao.dev/fhir/CodeSystem/sensitivity";

    private const string ResourceTypes = "http://hl7.org/fhir/resource-types";

    /// <summary>Null where it is not about privacy, or grants and refuses nothing.</summary>
    public Agreement? Read(StoredRecord record, Element consent)
    {
        var provision = consent.Child("provision");
        if (consent.ChildText("status") != "active" || !IsAboutPrivacy(consent) || BaseOf(consent, provision) is not { } isPermit)
        {
            return null;
        }

        var root = provision.Exists ? Of(provision, isPermit) : new Provision(isPermit);
        var exceptions = new List<Provision>();
        if (provision.Exists)
        {
            foreach (var inner in provision.ChildrenNamed("provision"))
            {
                var one = Of(inner, inner.ChildText("type") == "permit");
                exceptions.Add(inner.Child("provision").Exists ? Unclear(one.IsPermit) : one);
            }
        }

        return new Agreement(root, exceptions, record.Key.ToString());
    }

    private static bool IsAboutPrivacy(Element consent)
    {
        var scope = consent.Child("scope");
        if (!scope.Exists)
        {
            return false;
        }

        foreach (var coding in scope.ChildrenNamed("coding"))
        {
            if (coding.ChildText("code") == "patient-privacy")
            {
                return true;
            }
        }

        return false;
    }

    // The policy in force where the root does not say: v3-ActCode OPTIN and OPTOUT.
    private static bool? BaseOf(Element consent, Element provision)
    {
        if (provision.Exists && provision.ChildText("type") is { } type)
        {
            return type == "permit";
        }

        var policy = consent.Child("policyRule");
        if (policy.Exists)
        {
            foreach (var coding in policy.ChildrenNamed("coding"))
            {
                switch (coding.ChildText("code"))
                {
                    case "OPTIN" or "OPTINR":
                        return true;
                    case "OPTOUT" or "OPTOUTE":
                        return false;
                    default:
                        break;
                }
            }
        }

        return null;
    }

    private static Provision Unclear(bool isPermit) => new(isPermit) { IsUnclear = true };

    private Provision Of(Element provision, bool isPermit)
    {
        if (provision.Child("code").Exists || provision.Child("data").Exists)
        {
            return Unclear(isPermit);
        }

        var period = provision.Child("period");
        var data = provision.Child("dataPeriod");
        var read = new Provision(isPermit)
        {
            From = period.Exists ? StandingReader.Instant(period.ChildText("start")) : null,
            Until = period.Exists ? StandingReader.Instant(period.ChildText("end"), isEnd: true) : null,
            Data = data.Exists ? (data.ChildText("start"), data.ChildText("end")) : null,
        };
        return Actors(provision).Then(actors => Types(provision).Then(types => Labels(provision).Then(named => read with
        {
            Actors = actors,
            Types = types,
            Labels = named,
            Purposes = Codes(provision, "purpose"),
            IsUnclear = !IsAboutAccess(provision),
        }))) ?? Unclear(isPermit);
    }

    private static Named Actors(Element provision)
    {
        HashSet<string>? found = null;
        foreach (var actor in provision.ChildrenNamed("actor"))
        {
            // An actor that is neither leaves a name that no viewer has.
            (found ??= new(StringComparer.Ordinal)).Add(actor.Child("reference") is { Exists: true } reference ? reference.ChildText("reference") ?? "" : "");
        }

        return new(true, found);
    }

    private static Named Types(Element provision)
    {
        HashSet<string>? found = null;
        foreach (var one in provision.ChildrenNamed("class"))
        {
            if (one.ChildText("system") != ResourceTypes || one.ChildText("code") is not { } type)
            {
                return new(false, null);
            }

            (found ??= new(StringComparer.Ordinal)).Add(type);
        }

        return new(true, found);
    }

    private Named Labels(Element provision)
    {
        HashSet<string>? found = null;
        foreach (var one in provision.ChildrenNamed("securityLabel"))
        {
            if (one.ChildText("system") != SensitivitySystem || one.ChildText("code") is not { } code || !labels.Contains(code))
            {
                return new(false, null);
            }

            (found ??= new(StringComparer.Ordinal)).Add(code);
        }

        return new(true, found);
    }

    private static HashSet<string>? Codes(Element provision, string name)
    {
        HashSet<string>? found = null;
        foreach (var one in provision.ChildrenNamed(name))
        {
            (found ??= new(StringComparer.Ordinal)).Add(one.ChildText("code") ?? "");
        }

        return found;
    }

    // consentaction: what is done with the data; looking at them is access, use or disclosure.
    private static bool IsAboutAccess(Element provision)
    {
        var isAny = false;
        foreach (var action in provision.ChildrenNamed("action"))
        {
            isAny = true;
            foreach (var coding in action.ChildrenNamed("coding"))
            {
                if (coding.ChildText("code") is "access" or "use" or "disclose")
                {
                    return true;
                }
            }
        }

        return !isAny;
    }

    private readonly record struct Named(bool IsClear, IReadOnlySet<string>? Values)
    {
        public Provision? Then(Func<IReadOnlySet<string>?, Provision?> next) => IsClear ? next(Values) : null;
    }
}

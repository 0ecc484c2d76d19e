using System.Text.RegularExpressions;
using Kangqiao.Fhir.Codes;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>
/// What an expression may lean on while it runs, and the bounds it runs in. One per thread, reused for any number of
/// expressions and resources.
/// </summary>
public sealed class FhirPathEnvironment
{
    public const int DefaultSteps = 1_000_000;

    /// <summary>Characters a computed string may have.</summary>
    internal const int MaxText = 1_000_000;

    private const int MaxPooled = 4096;

    private readonly Stack<FhirPathResults> pool = new();
    private readonly Dictionary<string, FhirPathResults> variables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Regex?> patterns = new(StringComparer.Ordinal);
    private long stepsLeft;
    private DateTimeOffset? now;

    /// <summary>How much work one evaluation may do: each item visited or made and each comparison is a step.</summary>
    public long MaxSteps { get; set; } = DefaultSteps;

    /// <summary>%resource; where unset, the resource around the focus.</summary>
    public Element Resource { get; set; }

    /// <summary>%rootResource; where unset, the resource that contains <see cref="Resource"/>, or itself.</summary>
    public Element RootResource { get; set; }

    /// <summary>For memberOf(), subsumes(), subsumedBy(); without it they answer empty.</summary>
    public ITerminology? Terminology { get; set; }

    /// <summary>
    /// For resolve(): the resource a reference (as written) points at, or the default. Asked only for what is neither
    /// contained nor in the same bundle.
    /// </summary>
    public Func<string, Element>? Resolver { get; set; }

    /// <summary>
    /// For getReferenceKey(): the resource that a reference points at which names no type and id itself (urn:uuid:…), or the default.
    /// </summary>
    public Func<string, Element>? BundledTarget { get; set; }

    /// <summary>
    /// True where resolve() is to answer for a target that is not at hand with its type alone, read from the reference, as
    /// search parameters need: <c>subject.where(resolve() is Patient)</c>.
    /// </summary>
    public bool AssumesTargets { get; set; }

    /// <summary>
    /// True where <c>as</c> is to pick from many items like ofType(), as expressions of R4 search parameters and the
    /// invariant dom-3 take for granted.
    /// </summary>
    public bool AsFilters { get; set; }

    /// <summary>For conformsTo(): does the element conform to the profile? Null if the profile is not known.</summary>
    public Func<Element, string, bool?>? Conforms { get; set; }

    /// <summary>For trace(): told the name and what passes.</summary>
    public Action<string, FhirPathResults>? Trace { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Why the last evaluation ended early; null if it did not.</summary>
    public Problem? Problem { get; private set; }

    internal FhirPathItem Focus { get; private set; }

    /// <summary>Defines %name for the evaluations to come.</summary>
    public void SetVariable(string name, params ReadOnlySpan<FhirPathItem> values)
    {
        var list = new FhirPathResults();
        foreach (ref readonly var value in values)
        {
            list.Add(value);
        }

        variables[name] = list;
    }

    internal FhirPathResults? Variable(string name) => variables.GetValueOrDefault(name);

    internal void Start(in FhirPathItem focus)
    {
        Problem = null;
        Focus = focus;
        stepsLeft = MaxSteps;
        now = null;
    }

    /// <summary>The same instant throughout one evaluation (http://hl7.org/fhirpath/#current-date-and-time-functions).</summary>
    internal DateTimeOffset Now => now ??= TimeZoneInfo.ConvertTime(Time.GetUtcNow(), Time.LocalTimeZone);

    /// <summary>False once the steps are used up; the problem then stands.</summary>
    internal bool Spend(long steps)
    {
        stepsLeft -= steps;
        return stepsLeft >= 0 || Fail(FhirPathProblems.TooCostly(MaxSteps));
    }

    /// <summary>Always false. The first problem stands.</summary>
    internal bool Fail(Problem problem)
    {
        Problem ??= problem;
        return false;
    }

    internal FhirPathResults Rent() => pool.TryPop(out var list) ? list : new FhirPathResults();

    internal void Return(FhirPathResults list)
    {
        list.Clear();

        // A list that one large record made long is let go, so that memory stays flat over many small ones.
        if (list.Capacity <= MaxPooled)
        {
            pool.Push(list);
        }
    }

    internal Element ResourceOrFocus => Resource.Exists ? Resource : Focus.Element.Exists ? Focus.Element.Resource : default;

    internal Element RootOrResource
    {
        get
        {
            if (RootResource.Exists)
            {
                return RootResource;
            }

            var resource = ResourceOrFocus;
            return resource.Exists && resource.NameId == KnownNames.All.Contained && resource.Parent.Exists
                ? resource.Parent.Resource
                : resource;
        }
    }

    /// <summary>A pattern that is not a literal, kept for the next time; null if it cannot be used.</summary>
    internal Regex? Pattern(string pattern, bool isWhole)
    {
        var key = (isWhole ? "=" : "~") + pattern;
        if (!patterns.TryGetValue(key, out var regex))
        {
            if (patterns.Count >= 100)
            {
                patterns.Clear();
            }

            regex = Patterns.TryMake(pattern, isWhole, out var reason);
            if (regex is null)
            {
                Fail(FhirPathProblems.BadPattern(reason));
            }

            patterns[key] = regex;
        }
        else if (regex is null)
        {
            Fail(FhirPathProblems.BadPattern("see before."));
        }

        return regex;
    }
}

namespace Kangqiao.Fhir.FhirPath;

/// <summary>http://hl7.org/fhirpath/#existence.</summary>
internal static class ExistenceFunctions
{
    public static readonly Function[] All =
    [
        new("empty", 0, 0, static (in call, ref frame, input, output) => Yes(input.Count == 0, output)),
        new("exists", 0, 1, Exists),
        new("all", 1, 1, Every),
        new("allTrue", 0, 0, static (in call, ref frame, input, output) => Booleans(call, input, output, wanted: true, every: true)),
        new("anyTrue", 0, 0, static (in call, ref frame, input, output) => Booleans(call, input, output, wanted: true, every: false)),
        new("allFalse", 0, 0, static (in call, ref frame, input, output) => Booleans(call, input, output, wanted: false, every: true)),
        new("anyFalse", 0, 0, static (in call, ref frame, input, output) => Booleans(call, input, output, wanted: false, every: false)),
        new("subsetOf", 1, 1, static (in call, ref frame, input, output) => Subset(call, ref frame, input, output, isReversed: false)),
        new("supersetOf", 1, 1, static (in call, ref frame, input, output) => Subset(call, ref frame, input, output, isReversed: true)),
        new("count", 0, 0, Count),
        new("distinct", 0, 0, static (in call, ref frame, input, output) => Collections.AddDistinct(call.Env, input, output)),
        new("isDistinct", 0, 0, IsDistinct),
        new("not", 0, 0, Not),
    ];

    public static bool Yes(bool value, FhirPathResults output)
    {
        output.Add(FhirPathItem.Of(value));
        return true;
    }

    private static bool Count(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        output.Add(FhirPathItem.Of(input.Count));
        return true;
    }

    private static bool Exists(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (call.Arguments.Length == 0)
        {
            return Yes(input.Count > 0, output);
        }

        for (var i = 0; i < input.Count; i++)
        {
            var inner = new Frame(input[i], i, frame);
            if (!call.Arguments[0].EvaluateBoolean(call.Env, ref inner, "exists()", out var value))
            {
                return false;
            }

            if (value == Tri.True)
            {
                return Yes(true, output);
            }
        }

        return Yes(false, output);
    }

    private static bool Every(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        for (var i = 0; i < input.Count; i++)
        {
            var inner = new Frame(input[i], i, frame);
            if (!call.Arguments[0].EvaluateBoolean(call.Env, ref inner, "all()", out var value))
            {
                return false;
            }

            if (value != Tri.True)
            {
                return Yes(false, output);
            }
        }

        return Yes(true, output);
    }

    private static bool Booleans(in Invocation call, FhirPathResults input, FhirPathResults output, bool wanted, bool every)
    {
        var found = every;
        foreach (ref readonly var item in input.Span)
        {
            if (!SystemValues.TryOf(item, out var value) || value.Kind != ItemKind.Boolean)
            {
                return call.Unsuitable("Booleans", item);
            }

            found = every ? found && value.Boolean == wanted : found || value.Boolean == wanted;
        }

        return Yes(found, output);
    }

    private static bool Subset(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output, bool isReversed)
    {
        var other = call.Env.Rent();
        var isGood = call.TryEvaluate(0, ref frame, other);
        if (isGood)
        {
            var small = isReversed ? other : input;
            var set = new ItemSet(call.Env, isReversed ? input : other);
            var isSubset = true;
            for (var i = 0; i < small.Count && isSubset; i++)
            {
                isSubset = set.Contains(small[i]);
            }

            Yes(isSubset, output);
        }

        call.Env.Return(other);
        return isGood;
    }

    private static bool IsDistinct(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        var seen = call.Env.Rent();
        var isGood = Collections.AddDistinct(call.Env, input, seen);
        Yes(seen.Count == input.Count, output);
        call.Env.Return(seen);
        return isGood;
    }

    private static bool Not(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!Singletons.TryBoolean(call.Env, input, "not()", out var value))
        {
            return false;
        }

        return value == Tri.Empty || Yes(value == Tri.False, output);
    }
}

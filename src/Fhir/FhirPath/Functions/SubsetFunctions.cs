namespace Kangqiao.Fhir.FhirPath;

/// <summary>http://hl7.org/fhirpath/#subsetting and #combining.</summary>
internal static class SubsetFunctions
{
    public static readonly Function[] All =
    [
        new("single", 0, 0, Single),
        new("first", 0, 0, static (in call, ref frame, input, output) => Range(input, 0, 1, output)),
        new("last", 0, 0, static (in call, ref frame, input, output) => Range(input, input.Count - 1, 1, output)),
        new("tail", 0, 0, static (in call, ref frame, input, output) => Range(input, 1, input.Count, output)),
        new("skip", 1, 1, Skip),
        new("take", 1, 1, Take),
        new("intersect", 1, 1, static (in call, ref frame, input, output) => Select(call, ref frame, input, output, wanted: true)),
        new("exclude", 1, 1, static (in call, ref frame, input, output) => Select(call, ref frame, input, output, wanted: false)),
        new("union", 1, 1, Union),
        new("combine", 1, 2, Combine),
    ];

    private static bool Range(FhirPathResults input, int start, int count, FhirPathResults output)
    {
        var end = Math.Min((long)start + count, input.Count);
        for (var i = Math.Max(0, start); i < end; i++)
        {
            output.Add(input[i]);
        }

        return true;
    }

    private static bool Single(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output) =>
        input.Count > 1 ? call.Env.Fail(FhirPathProblems.NotSingle("single()")) : Range(input, 0, 1, output);

    private static bool Skip(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output) =>
        call.TryInteger(0, ref frame, out var number) && (number is null || Range(input, Math.Max(0, number.Value), input.Count, output));

    private static bool Take(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output) =>
        call.TryInteger(0, ref frame, out var number) && (number is null or < 0 || Range(input, 0, number.Value, output));

    private static bool Select(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output, bool wanted)
    {
        var env = call.Env;
        var other = env.Rent();
        var kept = env.Rent();
        var isGood = call.TryEvaluate(0, ref frame, other);
        if (isGood)
        {
            var set = new ItemSet(env, other);
            foreach (ref readonly var item in input.Span)
            {
                if (set.Contains(item) == wanted)
                {
                    kept.Add(item);
                }
            }

            // intersect() drops what is there twice, exclude() keeps it.
            if (wanted)
            {
                isGood = Collections.AddDistinct(env, kept, output);
            }
            else
            {
                output.AddRange(kept);
            }
        }

        env.Return(other);
        env.Return(kept);
        return isGood;
    }

    private static bool Union(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        var all = call.Env.Rent();
        all.AddRange(input);
        var isGood = call.TryEvaluate(0, ref frame, all) && Collections.AddDistinct(call.Env, all, output);
        call.Env.Return(all);
        return isGood;
    }

    private static bool Combine(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        output.AddRange(input);
        return call.TryEvaluate(0, ref frame, output) && call.Env.Spend(output.Count);
    }
}

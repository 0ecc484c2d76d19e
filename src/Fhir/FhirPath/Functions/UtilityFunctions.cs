namespace Kangqiao.Fhir.FhirPath;

/// <summary>http://hl7.org/fhirpath/#utility-functions, iif(), coalesce() and defineVariable().</summary>
internal static class UtilityFunctions
{
    public static readonly Function[] All =
    [
        new("iif", 2, 3, Iif),
        new("coalesce", 1, 32, Coalesce),
        new("trace", 1, 2, Trace),
        new("defineVariable", 1, 2, DefineVariable),
        new("now", 0, 0, Now),
        new("today", 0, 0, Today),
        new("timeOfDay", 0, 0, TimeOfDay),
    ];

    private static bool Iif(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (input.Count > 1)
        {
            return call.Env.Fail(FhirPathProblems.NotSingle("iif()"));
        }

        var inner = frame;
        if (input.Count == 1)
        {
            // Where $this is the input already, its place among its neighbours stays in sight.
            inner.This = input[0];
            inner.Many = null;
        }
        else
        {
            inner.Many = input;
        }

        if (!call.Arguments[0].EvaluateBooleanApart(call.Env, ref inner, "iif()", out var value))
        {
            return false;
        }

        return value == Tri.True ? call.Arguments[1].EvaluateApart(call.Env, ref inner, output)
            : call.Arguments.Length < 3 || call.Arguments[2].EvaluateApart(call.Env, ref inner, output);
    }

    private static bool Coalesce(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        var before = output.Count;
        for (var i = 0; i < call.Arguments.Length && output.Count == before; i++)
        {
            if (!call.TryEvaluate(i, ref frame, output))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Trace(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryText(0, ref frame, out var name))
        {
            return false;
        }

        var isGood = true;
        if (call.Arguments.Length > 1)
        {
            var shown = call.Env.Rent();
            for (var i = 0; isGood && i < input.Count; i++)
            {
                var inner = new Frame(input[i], i, frame);
                isGood = call.Arguments[1].Evaluate(call.Env, ref inner, shown);
            }

            call.Env.Trace?.Invoke(name ?? string.Empty, shown);
            call.Env.Return(shown);
        }
        else
        {
            call.Env.Trace?.Invoke(name ?? string.Empty, input);
        }

        output.AddRange(input);
        return isGood;
    }

    private static bool DefineVariable(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryText(0, ref frame, out var name))
        {
            return false;
        }

        if (name is null)
        {
            return call.Env.Fail(FhirPathProblems.Unsuitable("defineVariable()", "a name", "nothing"));
        }

        if (ExternalNode.IsReserved(name) || DefinedVariable.Find(frame.Variables, name) is not null)
        {
            return call.Env.Fail(FhirPathProblems.VariableTaken(name));
        }

        // Not from the pool: the variable may outlive this call, up to the end of the chain it stands in.
        var values = new FhirPathResults();
        if (call.Arguments.Length > 1)
        {
            var inner = frame;
            inner.Many = input;
            if (!call.Arguments[1].Evaluate(call.Env, ref inner, values))
            {
                return false;
            }
        }
        else
        {
            values.AddRange(input);
        }

        frame.Variables = new DefinedVariable(name, values, frame.Variables);
        output.AddRange(input);
        return call.Env.Spend(values.Count + input.Count);
    }

    private static bool Now(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        var now = call.Env.Now;
        var ticks = now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond);
        var value = new Temporal(ticks, TimePrecision.Second, 3, (int)now.Offset.TotalMinutes);
        output.Add(FhirPathItem.Of(ItemKind.DateTime, value));
        return true;
    }

    private static bool Today(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        output.Add(FhirPathItem.Of(ItemKind.Date, new Temporal(call.Env.Now.Date.Ticks, TimePrecision.Day, 0, null)));
        return true;
    }

    private static bool TimeOfDay(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        var ticks = call.Env.Now.TimeOfDay.Ticks;
        var value = new Temporal(ticks - (ticks % TimeSpan.TicksPerMillisecond), TimePrecision.Second, 3, null);
        output.Add(FhirPathItem.Of(ItemKind.Time, value));
        return true;
    }
}

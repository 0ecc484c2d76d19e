namespace Kangqiao.Fhir.FhirPath;

/// <summary>http://hl7.org/fhirpath/#math, boundaries, and sums over collections.</summary>
internal static class MathFunctions
{
    public static readonly Function[] All =
    [
        new("abs", 0, 0, Abs),
        new("ceiling", 0, 0, static (in call, ref frame, input, output) => Whole(call, input, output, decimal.Ceiling)),
        new("floor", 0, 0, static (in call, ref frame, input, output) => Whole(call, input, output, decimal.Floor)),
        new("truncate", 0, 0, static (in call, ref frame, input, output) => Whole(call, input, output, decimal.Truncate)),
        new("exp", 0, 0, static (in call, ref frame, input, output) => Real(call, input, output, Math.Exp)),
        new("ln", 0, 0, static (in call, ref frame, input, output) => Real(call, input, output, Math.Log)),
        new("sqrt", 0, 0, static (in call, ref frame, input, output) => Real(call, input, output, Math.Sqrt)),
        new("log", 1, 1, static (in call, ref frame, input, output) => Real(call, ref frame, input, output, Math.Log)),
        new("power", 1, 1, Power),
        new("round", 0, 1, Round),
        new("lowBoundary", 0, 1, static (in call, ref frame, input, output) => Boundary(call, ref frame, input, output, isHigh: false)),
        new("highBoundary", 0, 1, static (in call, ref frame, input, output) => Boundary(call, ref frame, input, output, isHigh: true)),
        new("precision", 0, 0, Precision),
        new("comparable", 1, 1, Comparable),
        new("sum", 0, 0, Sum),
        new("avg", 0, 0, Average),
        new("min", 0, 0, static (in call, ref frame, input, output) => Extreme(call, input, output, sign: -1)),
        new("max", 0, 0, static (in call, ref frame, input, output) => Extreme(call, input, output, sign: 1)),
    ];

    private static bool TryNumber(in Invocation call, FhirPathResults input, out decimal number, out bool isThere)
    {
        number = 0;
        if (!call.TryInputValue(input, out var value, out isThere) || !isThere)
        {
            return call.Env.Problem is null;
        }

        if (!Arithmetic.IsNumber(value))
        {
            return call.Unsuitable("a number", value);
        }

        number = value.Decimal;
        return true;
    }

    private static bool Abs(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryInputValue(input, out var value, out var isThere) || !isThere)
        {
            return call.Env.Problem is null;
        }

        switch (value.Kind)
        {
            case ItemKind.Integer when value.Integer > int.MinValue:
                output.Add(FhirPathItem.Of((int)Math.Abs(value.Integer)));
                return true;
            case ItemKind.Long when value.Integer > long.MinValue:
                output.Add(FhirPathItem.OfLong(Math.Abs(value.Integer)));
                return true;
            case ItemKind.Decimal:
                output.Add(FhirPathItem.Of(Math.Abs(value.Decimal)));
                return true;
            case ItemKind.Quantity:
                output.Add(FhirPathItem.OfQuantity(Math.Abs(value.Decimal), value.Unit, value.UnitKind));
                return true;
            default:
                return value.Kind is ItemKind.Integer or ItemKind.Long || call.Unsuitable("a number", value);
        }
    }

    private static bool Whole(in Invocation call, FhirPathResults input, FhirPathResults output, Func<decimal, decimal> round)
    {
        if (!TryNumber(call, input, out var number, out var isThere) || !isThere)
        {
            return call.Env.Problem is null;
        }

        Add(round(number), output);
        return true;
    }

    private static void Add(decimal whole, FhirPathResults output)
    {
        // Beyond an Integer's range there is no result (#math).
        if (whole is >= int.MinValue and <= int.MaxValue)
        {
            output.Add(FhirPathItem.Of((int)whole));
        }
    }

    private static bool Real(in Invocation call, FhirPathResults input, FhirPathResults output, Func<double, double> compute)
    {
        if (!TryNumber(call, input, out var number, out var isThere) || !isThere)
        {
            return call.Env.Problem is null;
        }

        if (Numbers.TryOf(compute((double)number), out var result))
        {
            output.Add(FhirPathItem.Of(result));
        }

        return true;
    }

    private static bool TryPair(
        in Invocation call, ref Frame frame, FhirPathResults input, out FhirPathItem left, out FhirPathItem right, out bool areThere)
    {
        right = default;
        if (!call.TryInputValue(input, out left, out areThere)
            || !call.TryValue(0, ref frame, out right, out var isThere))
        {
            return false;
        }

        areThere &= isThere;
        return !areThere
            || ((Arithmetic.IsNumber(left) || call.Unsuitable("a number", left))
                && (Arithmetic.IsNumber(right) || call.Unsuitable("a number", right)));
    }

    private static bool Real(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output, Func<double, double, double> compute)
    {
        if (!TryPair(call, ref frame, input, out var left, out var right, out var areThere))
        {
            return false;
        }

        if (areThere && Numbers.TryOf(compute((double)left.Decimal, (double)right.Decimal), out var result))
        {
            output.Add(FhirPathItem.Of(result));
        }

        return true;
    }

    private static bool Power(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!TryPair(call, ref frame, input, out var left, out var right, out var areThere))
        {
            return false;
        }

        if (!areThere)
        {
            return true;
        }

        var isWhole = left.Kind != ItemKind.Decimal && right.Kind != ItemKind.Decimal && right.Integer >= 0;
        if (right.Kind != ItemKind.Decimal && right.Integer is >= 0 and <= 200)
        {
            var product = 1m;
            for (var i = 0; i < right.Integer; i++)
            {
                if (!Numbers.TryMultiply(product, left.Decimal, out product))
                {
                    return true;
                }
            }

            if (isWhole)
            {
                Add(product, output);
            }
            else
            {
                output.Add(FhirPathItem.Of(product));
            }

            return true;
        }

        if (Numbers.TryOf(Math.Pow((double)left.Decimal, (double)right.Decimal), out var result))
        {
            if (isWhole)
            {
                Add(result, output);
            }
            else
            {
                output.Add(FhirPathItem.Of(result));
            }
        }

        return true;
    }

    private static bool Round(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryInteger(0, ref frame, out var digits) || !call.TryInputValue(input, out var value, out var isThere) || !isThere)
        {
            return call.Env.Problem is null;
        }

        if (digits < 0)
        {
            return call.Env.Fail(FhirPathProblems.Unsuitable("round()", "0 or more digits", "less"));
        }

        if (!Arithmetic.IsNumber(value) && value.Kind != ItemKind.Quantity)
        {
            return call.Unsuitable("a number", value);
        }

        var rounded = decimal.Round(value.Decimal, Math.Min(28, digits ?? 0), MidpointRounding.AwayFromZero);
        if (value.Kind == ItemKind.Quantity)
        {
            output.Add(FhirPathItem.OfQuantity(rounded, value.Unit, value.UnitKind));
        }
        else
        {
            output.Add(FhirPathItem.Of(rounded));
        }

        return true;
    }

    private static bool Boundary(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output, bool isHigh)
    {
        if (!call.TryInteger(0, ref frame, out var digits) || !call.TryInputValue(input, out var value, out var isThere) || !isThere)
        {
            return call.Env.Problem is null;
        }

        if (value.Kind is ItemKind.Boolean or ItemKind.String or ItemKind.Element)
        {
            return call.Unsuitable("a number, quantity, date or time", value);
        }

        if (Boundaries.Of(value, digits, isHigh) is { } bound)
        {
            output.Add(bound);
        }

        return true;
    }

    private static bool Precision(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryInputValue(input, out var value, out var isThere) || !isThere)
        {
            return call.Env.Problem is null;
        }

        switch (value.Kind)
        {
            case ItemKind.Integer or ItemKind.Long or ItemKind.Decimal or ItemKind.Quantity:
                output.Add(FhirPathItem.Of((int)value.Decimal.Scale));
                return true;
            case ItemKind.Date or ItemKind.DateTime or ItemKind.Time:
                output.Add(FhirPathItem.Of(value.Temporal.Digits(value.Kind)));
                return true;
            default:
                return call.Unsuitable("a number, quantity, date or time", value);
        }
    }

    private static bool Comparable(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryInputValue(input, out var left, out var leftIsThere) || !call.TryValue(0, ref frame, out var right, out var rightIsThere))
        {
            return false;
        }

        if (!leftIsThere || !rightIsThere)
        {
            return true;
        }

        if (left.Kind != ItemKind.Quantity || right.Kind != ItemKind.Quantity)
        {
            return call.Unsuitable("Quantities", left.Kind != ItemKind.Quantity ? left : right);
        }

        return ExistenceFunctions.Yes(Quantities.TryConvert(right, left, loosely: true, out _), output);
    }

    private static bool Sum(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!TrySum(call, input, out var sum) || sum is null)
        {
            return call.Env.Problem is null;
        }

        output.Add(sum.Value);
        return true;
    }

    private static bool TrySum(in Invocation call, FhirPathResults input, out FhirPathItem? sum)
    {
        sum = null;
        var list = call.Env.Rent();
        foreach (ref readonly var item in input.Span)
        {
            list.Clear();
            if (!SystemValues.TryOf(item, out var value))
            {
                sum = null;
                break;
            }

            if (sum is not { } before)
            {
                sum = value;
            }
            else if (!Arithmetic.Compute(call.Env, before, value, "+", list) || list.Count == 0)
            {
                sum = null;
                break;
            }
            else
            {
                sum = list[0];
            }
        }

        call.Env.Return(list);
        return call.Env.Problem is null;
    }

    private static bool Average(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!TrySum(call, input, out var sum) || sum is not { } total)
        {
            return call.Env.Problem is null;
        }

        return Arithmetic.Compute(call.Env, total, FhirPathItem.Of((decimal)input.Count), "/", output);
    }

    private static bool Extreme(in Invocation call, FhirPathResults input, FhirPathResults output, int sign)
    {
        FhirPathItem? best = null;
        foreach (ref readonly var item in input.Span)
        {
            if (!SystemValues.TryOf(item, out var value))
            {
                return true;
            }

            if (best is not { } before)
            {
                best = value;
                continue;
            }

            if (!Ordering.TryCompare(call.Env, value, before, call.Name + "()", out var order))
            {
                return false;
            }

            if (order is null)
            {
                return true;
            }

            best = order * sign > 0 ? value : best;
        }

        if (best is { } found)
        {
            output.Add(found);
        }

        return true;
    }
}

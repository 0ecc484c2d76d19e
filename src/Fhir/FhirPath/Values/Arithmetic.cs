namespace Kangqiao.Fhir.FhirPath;

/// <summary>+ - * / div mod (http://hl7.org/fhirpath/#math). What overflows or divides by zero is empty.</summary>
internal static class Arithmetic
{
    public static bool Compute(FhirPathEnvironment env, in FhirPathItem left, in FhirPathItem right, string sign, FhirPathResults output)
    {
        var isWhole = IsWhole(left) && IsWhole(right);
        if ((isWhole && sign != "/") || (IsNumber(left) && IsNumber(right)))
        {
            return isWhole && sign != "/" ? Whole(left, right, sign, output) : Decimals(left.Decimal, right.Decimal, sign, output);
        }

        if (sign == "+" && left.Kind == ItemKind.String && right.Kind == ItemKind.String)
        {
            return Texts.Add(env, left.String + right.String, output);
        }

        if (sign is "+" or "-" && left.Kind is ItemKind.Date or ItemKind.DateTime or ItemKind.Time && right.Kind == ItemKind.Quantity)
        {
            return TemporalArithmetic.Add(env, left, right, sign == "-" ? -1 : 1, output);
        }

        var hasQuantity = left.Kind == ItemKind.Quantity || right.Kind == ItemKind.Quantity;
        if (hasQuantity && IsQuantity(left) && IsQuantity(right) && sign is not ("div" or "mod"))
        {
            var one = left.Kind == ItemKind.Quantity ? left : Quantities.OfNumber(left.Decimal);
            var two = right.Kind == ItemKind.Quantity ? right : Quantities.OfNumber(right.Decimal);
            var result = sign switch
            {
                "*" => Quantities.Multiply(one, two),
                "/" => Quantities.Divide(one, two),
                _ => Quantities.Add(one, two, sign == "-" ? -1 : 1),
            };
            if (result is { } quantity)
            {
                output.Add(quantity);
            }

            return true;
        }

        return env.Fail(FhirPathProblems.Unsuitable(
            sign, "two values that go together", $"{Singletons.Describe(left)} and {Singletons.Describe(right)}"));
    }

    public static bool IsNumber(in FhirPathItem item) => item.Kind is ItemKind.Integer or ItemKind.Long or ItemKind.Decimal;

    private static bool IsWhole(in FhirPathItem item) => item.Kind is ItemKind.Integer or ItemKind.Long;

    private static bool IsQuantity(in FhirPathItem item) => item.Kind == ItemKind.Quantity || IsNumber(item);

    private static bool Whole(in FhirPathItem left, in FhirPathItem right, string sign, FhirPathResults output)
    {
        Int128 l = left.Integer;
        Int128 r = right.Integer;
        if (r == 0 && sign is ("div" or "mod"))
        {
            return true;
        }

        var result = sign switch
        {
            "+" => l + r,
            "-" => l - r,
            "*" => l * r,
            "div" => l / r,
            _ => l % r,
        };
        var isLong = left.Kind == ItemKind.Long || right.Kind == ItemKind.Long;
        if (isLong && result >= long.MinValue && result <= long.MaxValue)
        {
            output.Add(FhirPathItem.OfLong((long)result));
        }
        else if (!isLong && result >= int.MinValue && result <= int.MaxValue)
        {
            output.Add(FhirPathItem.Of((int)result));
        }

        return true;
    }

    private static bool Decimals(decimal left, decimal right, string sign, FhirPathResults output)
    {
        decimal result;
        bool isThere;
        switch (sign)
        {
            case "+":
                isThere = Numbers.TryAdd(left, right, out result);
                break;
            case "-":
                isThere = Numbers.TryAdd(left, -right, out result);
                break;
            case "*":
                isThere = Numbers.TryMultiply(left, right, out result);
                break;
            case "/":
                isThere = Numbers.TryDivide(left, right, out result);
                break;
            case "div":
                isThere = Numbers.TryDivide(left, right, out result);
                if (isThere && Math.Abs(result) <= int.MaxValue)
                {
                    output.Add(FhirPathItem.Of((int)decimal.Truncate(result)));
                    return true;
                }

                result = decimal.Truncate(result);
                break;
            default:
                isThere = Numbers.TryDivide(left, right, out _);
                result = isThere ? left % right : 0;
                break;
        }

        if (isThere)
        {
            output.Add(FhirPathItem.Of(result));
        }

        return true;
    }
}

namespace Kangqiao.Fhir.FhirPath;

/// <summary>= != ~ !~ over collections.</summary>
internal sealed class EqualityNode(Node left, Node right, bool isEquivalence, bool isNegated) : BooleanNode
{
    public override bool EvaluateBoolean(FhirPathEnvironment env, ref Frame frame, string where, out Tri value)
    {
        var l = env.Rent();
        var r = env.Rent();
        value = Tri.Empty;
        var isGood = left.EvaluateApart(env, ref frame, l) && right.EvaluateApart(env, ref frame, r);
        if (isGood)
        {
            value = isEquivalence ? TriLogic.Of(Equality.Equivalent(env, l.Span, r.Span)) : Equality.Equal(env, l.Span, r.Span);
            value = isNegated ? value.Not() : value;
            isGood = env.Problem is null;
        }

        env.Return(l);
        env.Return(r);
        return isGood;
    }
}

/// <summary>The four orders.</summary>
internal sealed class ComparisonNode(Node left, Node right, string sign) : BooleanNode
{
    private readonly bool isLess = sign[0] == '<';
    private readonly bool orEqual = sign.Length > 1;

    public override bool EvaluateBoolean(FhirPathEnvironment env, ref Frame frame, string where, out Tri value)
    {
        var l = env.Rent();
        var r = env.Rent();
        value = Tri.Empty;
        var rightIsThere = false;
        FhirPathItem two = default;
        var isGood = left.EvaluateApart(env, ref frame, l) && right.EvaluateApart(env, ref frame, r)
            && Singletons.TryValue(env, l, sign, out var one, out var leftIsThere)
            && Singletons.TryValue(env, r, sign, out two, out rightIsThere)
            && (!leftIsThere || !rightIsThere || Compare(env, one, two, out value));
        env.Return(l);
        env.Return(r);
        return isGood;
    }

    private bool Compare(FhirPathEnvironment env, in FhirPathItem one, in FhirPathItem two, out Tri value)
    {
        value = Tri.Empty;
        if (!Ordering.TryCompare(env, one, two, sign, out var order))
        {
            return false;
        }

        if (order is { } o)
        {
            value = TriLogic.Of((o == 0 && orEqual) || (isLess ? o < 0 : o > 0));
        }

        return true;
    }
}

/// <summary>and, or, xor, implies in three-valued logic; the right side is left alone where the left decides.</summary>
internal sealed class LogicNode(Node left, Node right, string word) : BooleanNode
{
    public override bool EvaluateBoolean(FhirPathEnvironment env, ref Frame frame, string where, out Tri value)
    {
        if (!left.EvaluateBooleanApart(env, ref frame, word, out value) || !env.Spend(1))
        {
            return false;
        }

        var l = value;
        if ((word == "and" && l == Tri.False) || (word == "or" && l == Tri.True))
        {
            return true;
        }

        if (word == "implies" && l == Tri.False)
        {
            value = Tri.True;
            return true;
        }

        if (!right.EvaluateBooleanApart(env, ref frame, word, out var r))
        {
            return false;
        }

        value = word switch
        {
            "and" => l == Tri.True ? r : r == Tri.False ? Tri.False : Tri.Empty,
            "or" => l == Tri.False ? r : r == Tri.True ? Tri.True : Tri.Empty,
            "xor" => l == Tri.Empty || r == Tri.Empty ? Tri.Empty : TriLogic.Of(l != r),
            _ => l == Tri.True ? r : r == Tri.True ? Tri.True : Tri.Empty,
        };
        return true;
    }
}

/// <summary>in and contains.</summary>
internal sealed class MembershipNode(Node item, Node collection, string word) : BooleanNode
{
    public override bool EvaluateBoolean(FhirPathEnvironment env, ref Frame frame, string where, out Tri value)
    {
        var one = env.Rent();
        var many = env.Rent();
        value = Tri.Empty;
        var isGood = item.EvaluateApart(env, ref frame, one) && collection.EvaluateApart(env, ref frame, many);
        if (isGood && one.Count > 1)
        {
            isGood = env.Fail(FhirPathProblems.NotSingle(word));
        }

        if (isGood && one.Count == 1)
        {
            value = TriLogic.Of(Collections.IndexOf(env, many, one[0]) >= 0);
            isGood = env.Problem is null;
        }

        env.Return(one);
        env.Return(many);
        return isGood;
    }
}

/// <summary>a | b | …: all different items, in order of first appearance.</summary>
internal sealed class UnionNode(Node[] operands) : Node
{
    public override bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        var list = env.Rent();
        var isGood = true;
        foreach (var operand in operands)
        {
            isGood = isGood && operand.EvaluateApart(env, ref frame, list);
        }

        isGood = isGood && Collections.AddDistinct(env, list, output);
        env.Return(list);
        return isGood;
    }
}

/// <summary>is.</summary>
internal sealed class IsNode(Node operand, TypeTest type) : BooleanNode
{
    public override bool EvaluateBoolean(FhirPathEnvironment env, ref Frame frame, string where, out Tri value)
    {
        var list = env.Rent();
        value = Tri.Empty;
        var isGood = operand.EvaluateApart(env, ref frame, list);
        if (isGood && list.Count > 1)
        {
            isGood = env.Fail(FhirPathProblems.NotSingle("is"));
        }

        if (isGood && list.Count == 1)
        {
            value = TriLogic.Of(type.Matches(list[0]));
        }

        env.Return(list);
        return isGood;
    }
}

/// <summary>as and ofType().</summary>
internal sealed class AsNode(Node operand, TypeTest type, bool takesMany) : Node
{
    public override bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        var list = env.Rent();
        var isGood = operand.Evaluate(env, ref frame, list);
        if (isGood && list.Count > 1 && !takesMany && !env.AsFilters)
        {
            isGood = env.Fail(FhirPathProblems.NotSingle("as"));
        }

        if (isGood)
        {
            foreach (ref readonly var item in list.Span)
            {
                if (type.Selects(item))
                {
                    output.Add(item);
                }
            }

            isGood = env.Spend(list.Count + 1);
        }

        env.Return(list);
        return isGood;
    }
}

/// <summary>+ - * / div mod &amp; between two single values.</summary>
internal sealed class ArithmeticNode(Node left, Node right, string sign) : Node
{
    public override bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        var l = env.Rent();
        var r = env.Rent();
        var isGood = left.EvaluateApart(env, ref frame, l) && right.EvaluateApart(env, ref frame, r) && env.Spend(1)
            && (sign == "&" ? Join(env, l, r, output) : Compute(env, l, r, output));
        env.Return(l);
        env.Return(r);
        return isGood;
    }

    private static bool Join(FhirPathEnvironment env, FhirPathResults l, FhirPathResults r, FhirPathResults output)
    {
        if (!Singletons.TryText(env, l, "&", out var one) || !Singletons.TryText(env, r, "&", out var two))
        {
            return false;
        }

        return Texts.Add(env, string.Concat(one, two), output);
    }

    private bool Compute(FhirPathEnvironment env, FhirPathResults l, FhirPathResults r, FhirPathResults output)
    {
        if (!Singletons.TryValue(env, l, sign, out var one, out var leftIsThere)
            || !Singletons.TryValue(env, r, sign, out var two, out var rightIsThere))
        {
            return false;
        }

        return !leftIsThere || !rightIsThere || Arithmetic.Compute(env, one, two, sign, output);
    }
}

/// <summary>Unary minus and plus.</summary>
internal sealed class PolarityNode(Node operand, bool isMinus) : Node
{
    public override bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        var list = env.Rent();
        var sign = isMinus ? "-" : "+";
        var isGood = operand.EvaluateApart(env, ref frame, list) && Singletons.TryValue(env, list, sign, out var value, out var isThere)
            && (!isThere || Turn(env, value, sign, output));
        env.Return(list);
        return isGood && env.Spend(1);
    }

    private bool Turn(FhirPathEnvironment env, in FhirPathItem value, string sign, FhirPathResults output)
    {
        switch (value.Kind)
        {
            case ItemKind.Integer:
                output.Add(FhirPathItem.Of(isMinus ? (int)-value.Integer : (int)value.Integer));
                return true;
            case ItemKind.Long:
                output.Add(FhirPathItem.OfLong(isMinus ? -value.Integer : value.Integer));
                return true;
            case ItemKind.Decimal:
                output.Add(FhirPathItem.Of(isMinus ? -value.Decimal : value.Decimal));
                return true;
            case ItemKind.Quantity:
                output.Add(FhirPathItem.OfQuantity(isMinus ? -value.Decimal : value.Decimal, value.Unit, value.UnitKind));
                return true;
            default:
                return env.Fail(FhirPathProblems.Unsuitable(sign, "a number", Singletons.Describe(value)));
        }
    }
}

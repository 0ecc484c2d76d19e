namespace Kangqiao.Fhir.FhirPath;

/// <summary>What changes as evaluation goes inward: the item at hand, its place, the running total, and the variables defined so far.</summary>
internal struct Frame
{
    public FhirPathItem This;
    public int Index;
    public FhirPathResults? Total;
    public DefinedVariable? Variables;

    /// <summary>Set where the focus is a whole collection (the second argument of defineVariable()), instead of <see cref="This"/>.</summary>
    public FhirPathResults? Many;

    public Frame(in FhirPathItem item, int index, in Frame outer)
    {
        This = item;
        Index = index;
        Total = outer.Total;
        Variables = outer.Variables;
    }

    /// <summary>Adds the focus: the item at hand, or all of them.</summary>
    public readonly void AddFocus(FhirPathResults list)
    {
        if (Many is not null)
        {
            list.AddRange(Many);
        }
        else
        {
            list.Add(This);
        }
    }
}

/// <summary>A variable of defineVariable(), with those defined before it.</summary>
internal sealed record DefinedVariable(string Name, FhirPathResults Values, DefinedVariable? Before)
{
    public static DefinedVariable? Find(DefinedVariable? last, string name)
    {
        for (var at = last; at is not null; at = at.Before)
        {
            if (at.Name == name)
            {
                return at;
            }
        }

        return null;
    }
}

/// <summary>A compiled part of an expression. Immutable; all state is in the frame and the environment.</summary>
internal abstract class Node
{
    /// <summary>Adds what it yields to <paramref name="output"/>; false if evaluation failed, the problem then stands in the environment.</summary>
    public abstract bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output);

    /// <summary>The yield where a Boolean is due: empty, the one Boolean, or true for any other one item.</summary>
    public virtual bool EvaluateBoolean(FhirPathEnvironment env, ref Frame frame, string where, out Tri value)
    {
        var list = env.Rent();
        value = Tri.Empty;
        var isGood = Evaluate(env, ref frame, list) && Singletons.TryBoolean(env, list, where, out value);
        env.Return(list);
        return isGood;
    }

    /// <summary>As <see cref="Evaluate"/>, with variables defined inside forgotten after.</summary>
    public bool EvaluateApart(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        var before = frame.Variables;
        var isGood = Evaluate(env, ref frame, output);
        frame.Variables = before;
        return isGood;
    }

    public bool EvaluateBooleanApart(FhirPathEnvironment env, ref Frame frame, string where, out Tri value)
    {
        var before = frame.Variables;
        var isGood = EvaluateBoolean(env, ref frame, where, out value);
        frame.Variables = before;
        return isGood;
    }
}

/// <summary>A node that yields one Boolean or nothing, without a list where a Boolean is due.</summary>
internal abstract class BooleanNode : Node
{
    public sealed override bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        if (!EvaluateBoolean(env, ref frame, string.Empty, out var value))
        {
            return false;
        }

        if (value != Tri.Empty)
        {
            output.Add(FhirPathItem.Of(value == Tri.True));
        }

        return true;
    }

    public abstract override bool EvaluateBoolean(FhirPathEnvironment env, ref Frame frame, string where, out Tri value);
}

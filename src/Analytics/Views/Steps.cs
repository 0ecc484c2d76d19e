using Kangqiao.Fhir.FhirPath;

namespace Kangqiao.Analytics.Views;

/// <summary>
/// One part of a compiled view. It does its own for the item at hand and then runs what follows, once for each way its part can turn
/// out; the last step hands the row over. So the cross join of parts is made without a list of partial rows.
/// </summary>
internal abstract class Step
{
    /// <summary>False if it failed; the problem then stands in the state.</summary>
    public abstract bool Run(ViewState state);
}

/// <summary>The row is whole.</summary>
internal sealed class EmitStep : Step
{
    public override bool Run(ViewState state) => state.Emit();
}

/// <param name="isPlainRowIndex">The path is %rowIndex and no more.</param>
internal sealed class ColumnCell(int slot, ViewColumn column, FhirPathExpression expression, bool isPlainRowIndex)
{
    public int Slot => slot;

    public ViewColumn Column => column;

    public FhirPathExpression Expression => expression;

    public bool IsPlainRowIndex => isPlainRowIndex;
}

/// <summary>The columns of one select.</summary>
/// <param name="level">Whose item they are read from.</param>
internal sealed class ColumnsStep(int level, ColumnCell[] cells, bool usesRowIndex, Step next) : Step
{
    public override bool Run(ViewState state)
    {
        if (usesRowIndex)
        {
            state.DefineRowIndex(level);
        }

        foreach (var cell in cells)
        {
            if (!state.Fill(level, cell))
            {
                return false;
            }
        }

        return next.Run(state);
    }
}

/// <summary>forEach and forEachOrNull.</summary>
/// <param name="level">Whose item the list is read from; the items take the level <paramref name="inner"/>.</param>
/// <param name="slots">Every column inside, null where there is no item.</param>
/// <param name="rowIndexSlots">Those of <paramref name="slots"/> that are %rowIndex: 0 there (official suite, row_index.json).</param>
internal sealed class EachStep(
    int level, int inner, FhirPathExpression expression, bool usesRowIndex, bool isOrNull, int[] slots, int[] rowIndexSlots, Step body, Step next) : Step
{
    public override bool Run(ViewState state)
    {
        if (usesRowIndex)
        {
            state.DefineRowIndex(level);
        }

        var list = state.Rent();
        var isGood = state.Evaluate(level, expression, list, isOrNull ? "forEachOrNull" : "forEach");
        for (var i = 0; isGood && i < list.Count; i++)
        {
            state.Enter(inner, list[i], i);
            isGood = body.Run(state);
        }

        if (isGood && list.Count == 0 && isOrNull)
        {
            state.Blank(slots, rowIndexSlots);
            isGood = next.Run(state);
        }

        state.Return(list);
        return isGood;
    }
}

/// <summary>repeat: each item the paths lead to, then what they lead to from there, depth first.</summary>
internal sealed class RepeatStep(int level, int inner, FhirPathExpression[] paths, Step body) : Step
{
    private const int MaxDepth = 100;

    public override bool Run(ViewState state)
    {
        var place = 0;
        return Below(state, state.ItemAt(level), ref place, 1);
    }

    private bool Below(ViewState state, FhirPathItem from, ref int place, int depth)
    {
        if (depth > MaxDepth)
        {
            return state.Fail(ViewProblems.Endless(paths[0].Text, MaxDepth));
        }

        var list = state.Rent();
        var isGood = true;
        for (var p = 0; isGood && p < paths.Length; p++)
        {
            isGood = state.Evaluate(from, paths[p], list, "repeat");
            for (var i = 0; isGood && i < list.Count; i++)
            {
                state.Enter(inner, list[i], place++);
                isGood = body.Run(state) && Below(state, list[i], ref place, depth + 1);
            }
        }

        state.Return(list);
        return isGood;
    }
}

/// <summary>unionAll: what follows runs after each part in turn.</summary>
internal sealed class UnionStep(Step[] parts) : Step
{
    public override bool Run(ViewState state)
    {
        foreach (var part in parts)
        {
            if (!part.Run(state))
            {
                return false;
            }
        }

        return true;
    }
}

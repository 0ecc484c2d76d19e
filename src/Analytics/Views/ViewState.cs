using System.Buffers.Text;
using System.Globalization;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Views;

/// <summary>Takes the rows of a view as they are made.</summary>
public interface IRowReceiver
{
    /// <summary>One row: for each column its items, none for null. What is given is void after the call.</summary>
    void Row(ReadOnlySpan<FhirPathResults> values);
}

/// <summary>What one thread needs to run one view over any number of records.</summary>
internal sealed class ViewState
{
    public const int MaxRows = 1_000_000;

    private const string RowIndex = "rowIndex";

    private readonly FhirPathEnvironment env = new();
    private readonly FhirPathResults[] values;
    private readonly FhirPathItem[] items;
    private readonly int[] places;
    private readonly Stack<FhirPathResults> pool = new();
    private IRowReceiver? receiver;
    private int rows;

    public ViewState(int columns, int levels, IEnumerable<KeyValuePair<string, FhirPathItem>> constants)
    {
        values = new FhirPathResults[columns];
        for (var i = 0; i < columns; i++)
        {
            values[i] = new FhirPathResults();
        }

        items = new FhirPathItem[levels];
        places = new int[levels];
        foreach (var (name, value) in constants)
        {
            env.SetVariable(name, value);
        }
    }

    public Problem? Problem { get; private set; }

    public FhirPathEnvironment Environment => env;

    public void Start(Element resource, IRowReceiver to)
    {
        Problem = null;
        receiver = to;
        rows = 0;
        env.Resource = resource;
        Enter(0, FhirPathItem.Of(resource), 0);
    }

    /// <summary>Always false. The first problem stands.</summary>
    public bool Fail(Problem problem)
    {
        Problem ??= problem;
        return false;
    }

    public void Enter(int level, in FhirPathItem item, int place)
    {
        items[level] = item;
        places[level] = place;
    }

    public FhirPathItem ItemAt(int level) => items[level];

    public void DefineRowIndex(int level) => env.SetVariable(RowIndex, FhirPathItem.Of(places[level]));

    public FhirPathResults Rent() => pool.TryPop(out var list) ? list : new FhirPathResults();

    public void Return(FhirPathResults list)
    {
        list.Clear();
        pool.Push(list);
    }

    public bool Emit()
    {
        if (++rows > MaxRows)
        {
            return Fail(ViewProblems.TooManyRows(MaxRows));
        }

        receiver!.Row(values);
        return true;
    }

    public bool Evaluate(int level, FhirPathExpression expression, FhirPathResults into, string part) => Evaluate(items[level], expression, into, part);

    public bool Evaluate(in FhirPathItem focus, FhirPathExpression expression, FhirPathResults into, string part) =>
        expression.Evaluate(focus, env, into) || Fail(ViewProblems.At($"{part} {expression.Text}", env.Problem!));

    /// <summary>True if the record is wanted: empty and false leave it out.</summary>
    public bool Passes(FhirPathExpression[] where)
    {
        foreach (var path in where)
        {
            var list = Rent();
            var isGood = Evaluate(0, path, list, "where");
            var answer = isGood && list.Count > 0 ? TruthOf(list) : false;
            Return(list);
            if (answer is null)
            {
                return Fail(ViewProblems.NotBoolean(path.Text));
            }

            if (!isGood || answer == false)
            {
                return false;
            }
        }

        return true;
    }

    private static bool? TruthOf(FhirPathResults list) =>
        list.Count > 1 ? null
        : list[0].Kind == ItemKind.Boolean ? list[0].Boolean
        : list[0].Element is { Exists: true, IsBoolean: true } element ? element.Raw is [(byte)'t', ..]
        : null;

    public bool Fill(int level, ColumnCell cell)
    {
        var list = values[cell.Slot];
        if (cell.IsPlainRowIndex)
        {
            list.Clear();
            list.Add(FhirPathItem.Of(places[level]));
            return true;
        }

        if (!cell.Expression.Evaluate(items[level], env, list))
        {
            return Fail(ViewProblems.At($"column {cell.Column.Name}", env.Problem!));
        }

        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Element is { Exists: true, IsPrimitive: true, HasValue: false })
            {
                DropValueless(list);
                break;
            }
        }

        if (list.Count > 1 && !cell.Column.IsCollection)
        {
            return Fail(ViewProblems.Several(cell.Column.Name));
        }

        foreach (ref readonly var item in list.Span)
        {
            if (!Fits(cell.Column.Kind, item))
            {
                return Fail(ViewProblems.Unfit(
                    cell.Column.Name, cell.Column.Type ?? cell.Column.Kind.ToString(), item.Element.Exists ? item.Element.Type.Name : item.Kind.ToString()));
            }
        }

        return true;
    }

    public void Blank(int[] slots, int[] rowIndexSlots)
    {
        foreach (var slot in slots)
        {
            values[slot].Clear();
        }

        foreach (var slot in rowIndexSlots)
        {
            values[slot].Add(FhirPathItem.Of(0));
        }
    }

    /// <summary>A primitive that has extensions only, such as why its value is absent, is null in a row.</summary>
    private void DropValueless(FhirPathResults list)
    {
        var kept = Rent();
        foreach (ref readonly var item in list.Span)
        {
            if (item.Element is not { Exists: true, IsPrimitive: true, HasValue: false })
            {
                kept.Add(item);
            }
        }

        list.Clear();
        foreach (ref readonly var item in kept.Span)
        {
            list.Add(item);
        }

        Return(kept);
    }

    private static bool Fits(ColumnKind kind, in FhirPathItem item)
    {
        switch (kind)
        {
            case ColumnKind.Boolean:
                return item.Kind == ItemKind.Boolean || item.Element is { Exists: true, IsBoolean: true };
            case ColumnKind.Integer or ColumnKind.Long:
                if (item.Kind == ItemKind.Decimal)
                {
                    return decimal.IsInteger(item.Decimal) && IsWithin(kind, item.Decimal);
                }

                return item.Kind is ItemKind.Integer or ItemKind.Long ? IsWithin(kind, item.Integer)
                    : item.Element is { Exists: true, IsNumber: true } whole
                        && Utf8Parser.TryParse(whole.Raw, out long number, out var used) && used == whole.Raw.Length && IsWithin(kind, number);
            case ColumnKind.Decimal:
                return item.Kind is ItemKind.Integer or ItemKind.Long or ItemKind.Decimal || item.Element is { Exists: true, IsNumber: true };
            case ColumnKind.Instant:
                return item.Kind == ItemKind.DateTime
                    || (item.Element is { Exists: true, IsPrimitive: true } moment
                        && DateTimeOffset.TryParse(moment.Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _));
            default:
                return true;
        }
    }

    private static bool IsWithin(ColumnKind kind, decimal number) => kind == ColumnKind.Long || number is >= int.MinValue and <= int.MaxValue;
}

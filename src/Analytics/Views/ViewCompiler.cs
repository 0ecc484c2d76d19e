using Kangqiao.Analytics.Rows;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Analytics.Views;

/// <summary>Turns a view as written into steps; every fault becomes a finding with its line.</summary>
internal sealed class ViewCompiler
{
    private const int MaxParts = 4000;

    private readonly FindingList findings;
    private readonly Dictionary<string, Shape> variables = new(StringComparer.Ordinal) { ["rowIndex"] = Shape.Of(ItemKind.Integer) };
    private readonly Dictionary<string, FhirPathItem> constants = new(StringComparer.Ordinal);
    private readonly List<ViewColumn> columns = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private int levels = 1;
    private int parts;

    private ViewCompiler(FindingList findings) => this.findings = findings;

    /// <summary>Null where a finding is an error.</summary>
    public static View? Compile(ViewDefinition definition, FindingList findings) => new ViewCompiler(findings).View(definition);

    private void Add(FindingKind kind, Place place, params string[] arguments) => findings.Add(JsonSpot.Found(kind, place, arguments));

    private View? View(ViewDefinition definition)
    {
        if (R4.Facts.Type(definition.Resource.Text) is not { IsResource: true, IsAbstract: false } resource)
        {
            Add(ViewFindings.UnknownResource, definition.Resource.Place, definition.Resource.Text);
            return null;
        }

        foreach (var constant in definition.Constants)
        {
            Define(constant);
        }

        var focus = Shape.Of(resource);
        var where = Array.ConvertAll(definition.Where, w => Condition(w, focus));
        var drafts = Array.ConvertAll(definition.Selects, s => Draft(s, focus, names));
        if (columns.Count == 0 && !findings.HasErrors)
        {
            Add(ViewFindings.NoColumns, definition.Resource.Place);
        }

        if (findings.HasErrors)
        {
            return null;
        }

        Step step = new EmitStep();
        for (var i = drafts.Length - 1; i >= 0; i--)
        {
            step = Link(drafts[i]!, 0, step);
        }

        return new View(definition.Name, resource, [.. columns], constants, Array.ConvertAll(where, w => w!), step, levels);
    }

    private void Define(ConstantDefinition constant)
    {
        var type = R4.Facts.Type(constant.Type)!;
        if (ViewPath.ValueOf(type, constant.Value.Text) is not { } value)
        {
            Add(ViewFindings.BadConstant, constant.Value.Place, constant.Name.Text);
        }
        else if (!variables.TryAdd(constant.Name.Text, Shape.Of(value.Kind)))
        {
            Add(ViewFindings.NameTwice, constant.Name.Place, constant.Name.Text);
        }
        else
        {
            constants.Add(constant.Name.Text, value);
        }
    }

    private FhirPathExpression? Condition(Written where, Shape focus)
    {
        if (Path(where, focus) is not { } path)
        {
            return null;
        }

        if (!path.Yields.MayBe(ItemKind.Boolean))
        {
            Add(ViewFindings.NotBoolean, where.Place, path.Yields.ToString());
        }

        return path.Expression;
    }

    private ViewPath? Path(Written written, Shape focus)
    {
        if (!ViewPath.Compile(written.Text, focus, variables).Try(out var path, out var problem))
        {
            Add(ViewFindings.BadPath, written.Place, problem.Message);
            return null;
        }

        if (path.Doubt is { } doubt)
        {
            Add(ViewFindings.UnknownElement, written.Place, doubt.Message);
        }

        return path;
    }

    /// <summary>A select with its expressions compiled and its columns placed.</summary>
    private sealed record SelectDraft(
        FhirPathExpression? Each, bool IsOrNull, FhirPathExpression[] Repeat, ColumnCell[] Cells, SelectDraft[] Selects, SelectDraft[] Unions, int[] Slots, int[] RowIndexSlots);

    private SelectDraft? Draft(SelectDefinition select, Shape focus, HashSet<string> taken)
    {
        if (++parts > MaxParts)
        {
            if (parts == MaxParts + 1)
            {
                Add(ViewFindings.TooLarge, select.Place, $"{MaxParts} parts");
            }

            return null;
        }

        var first = columns.Count;
        var each = select.ForEach is { } forEach ? Path(forEach, focus) : null;
        var repeat = Array.ConvertAll(select.Repeat, r => Path(r, focus));
        var inner = select.ForEach is not null ? each?.Yields ?? Shape.Any : select.Repeat.Length > 0 ? Repeated(select.Repeat, repeat, focus) : focus;
        var cells = Array.ConvertAll(select.Columns, c => Column(c, inner, taken));
        var selects = Array.ConvertAll(select.Selects, s => Draft(s, inner, taken));
        var unions = Unions(select, inner, taken);
        if (findings.HasErrors)
        {
            return null;
        }

        var slots = Enumerable.Range(first, columns.Count - first).ToArray();
        var indexes = cells.Where(c => c!.IsPlainRowIndex).Select(c => c!.Slot)
            .Concat(selects.Where(s => s!.Each is null && s.Repeat.Length == 0).SelectMany(s => s!.RowIndexSlots));
        return new SelectDraft(
            each?.Expression,
            select.IsOrNull,
            Array.ConvertAll(repeat, r => r!.Expression),
            Array.ConvertAll(cells, c => c!),
            Array.ConvertAll(selects, s => s!),
            Array.ConvertAll(unions, u => u!),
            slots,
            [.. indexes]);
    }

    /// <summary>The items of repeat are of the types the paths give from the focus, and from such an item on again.</summary>
    private Shape Repeated(Written[] written, ViewPath?[] paths, Shape focus)
    {
        if (Array.Exists(paths, p => p is null or { Yields.IsAny: true }))
        {
            return Shape.Any;
        }

        var all = paths.Select(p => p!.Yields).Aggregate((a, b) => a.Or(b));
        foreach (var path in written)
        {
            // A path that no item has from here on (answer.item of an item of another kind) ends there; that is no fault.
            if (!ViewPath.Compile(path.Text, all, variables).Try(out var again, out _) || again.Yields.IsAny)
            {
                return Shape.Any;
            }

            all = all.Or(again.Yields);
        }

        return all;
    }

    /// <summary>The parts of a union write the same columns: those of the first are the view's, the others only have to be alike.</summary>
    private SelectDraft?[] Unions(SelectDefinition select, Shape focus, HashSet<string> taken)
    {
        var drafts = new SelectDraft?[select.Unions.Length];
        ViewColumn[]? expected = null;
        for (var i = 0; i < drafts.Length; i++)
        {
            var before = columns.Count;
            var here = new HashSet<string>(taken, StringComparer.Ordinal);
            drafts[i] = Draft(select.Unions[i], focus, here);
            var own = columns.Skip(before).ToArray();
            if (expected is null)
            {
                expected = own;
            }
            else if (!findings.HasErrors && !expected.Select(c => c.Name).SequenceEqual(own.Select(c => c.Name), StringComparer.Ordinal))
            {
                Add(
                    ViewFindings.UnionMismatch,
                    select.Unions[i].Place,
                    string.Join(", ", expected.Select(c => c.Name)),
                    string.Join(", ", own.Select(c => c.Name)));
            }

            // Slots of the later parts are those of the first.
            if (i < drafts.Length - 1)
            {
                columns.RemoveRange(before, columns.Count - before);
            }
            else
            {
                taken.UnionWith(here);
                Reconcile(before, expected, own);
            }
        }

        return drafts;
    }

    /// <summary>Where parts of a union differ in a column's type, the column holds either.</summary>
    private void Reconcile(int first, ViewColumn[] expected, ViewColumn[] own)
    {
        for (var i = 0; i < Math.Min(expected.Length, own.Length); i++)
        {
            columns[first + i] = expected[i].Kind == own[i].Kind ? expected[i] with { IsCollection = expected[i].IsCollection || own[i].IsCollection }
                : expected[i] with { Type = null, Kind = ColumnKind.Open, IsCollection = expected[i].IsCollection || own[i].IsCollection };
        }
    }

    private ColumnCell? Column(ColumnDefinition written, Shape focus, HashSet<string> taken)
    {
        if (!taken.Add(written.Name.Text))
        {
            Add(ViewFindings.NameTwice, written.Name.Place, written.Name.Text);
        }

        var path = Path(written.Path, focus);
        var type = written.Type?.Text ?? (path is null ? null : ViewColumn.TypeOf(path.Yields));
        var kind = type is null ? ColumnKind.Open : ViewColumn.KindOf(type);
        if (kind is null)
        {
            Add(ViewFindings.UnknownType, written.Type!.Place, type!);
        }

        if (written.SqlType is { } sql && kind is not null && !SqlTypes.CanBe(kind.Value, sql.Text))
        {
            Add(ViewFindings.UnknownSqlType, sql.Place, sql.Text, type ?? "unknown type");
        }

        var column = new ViewColumn(written.Name.Text, type, kind ?? ColumnKind.Open, written.SqlType?.Text, written.IsCollection);
        columns.Add(column);
        return path is null ? null : new ColumnCell(columns.Count - 1, column, path.Expression, path.Expression.Text.Trim() == "%rowIndex");
    }

    private Step Link(SelectDraft draft, int level, Step next)
    {
        var iterates = draft.Each is not null || draft.Repeat.Length > 0;
        var inner = iterates ? levels++ : level;
        var body = next;
        if (draft.Unions.Length > 0)
        {
            body = new UnionStep(Array.ConvertAll(draft.Unions, u => Link(u, inner, next)));
        }

        for (var i = draft.Selects.Length - 1; i >= 0; i--)
        {
            body = Link(draft.Selects[i], inner, body);
        }

        if (draft.Cells.Length > 0)
        {
            body = new ColumnsStep(inner, draft.Cells, Array.Exists(draft.Cells, c => !c.IsPlainRowIndex && UsesRowIndex(c.Expression)), body);
        }

        return draft.Each is { } each
                ? new EachStep(level, inner, each, UsesRowIndex(each), draft.IsOrNull, draft.Slots, draft.RowIndexSlots, body, next)
            : draft.Repeat.Length > 0 ? new RepeatStep(level, inner, draft.Repeat, body)
            : body;
    }

    private static bool UsesRowIndex(FhirPathExpression expression) => expression.Text.Contains("rowIndex", StringComparison.Ordinal);
}

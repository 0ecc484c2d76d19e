using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Views;

/// <summary>
/// A SQL on FHIR view (https://sql-on-fhir.org/ig/), compiled: any number of threads run it, each with a <see cref="ViewRunner"/> of its own.
/// </summary>
public sealed class View
{
    private readonly IReadOnlyDictionary<string, FhirPathItem> constants;
    private readonly int levels;

    internal View(
        string? name,
        TypeFact resource,
        ViewColumn[] columns,
        IReadOnlyDictionary<string, FhirPathItem> constants,
        FhirPathExpression[] where,
        Step first,
        int levels)
    {
        Name = name;
        Resource = resource;
        Columns = columns;
        Where = where;
        First = first;
        this.constants = constants;
        this.levels = levels;
    }

    /// <summary>Null where it has none.</summary>
    public string? Name { get; }

    /// <summary>The type of the records it reads.</summary>
    public TypeFact Resource { get; }

    /// <summary>In the order of the rows' values.</summary>
    public IReadOnlyList<ViewColumn> Columns { get; }

    internal FhirPathExpression[] Where { get; }

    internal Step First { get; }

    /// <summary>Reads and compiles the JSON of a ViewDefinition. What is wrong goes to <paramref name="findings"/> with line and path.</summary>
    /// <returns>Null if a finding is an error.</returns>
    public static View? Read(ReadOnlySpan<byte> utf8, FindingList findings)
    {
        var definition = ViewReader.Read(utf8, findings);
        if (definition is null)
        {
            return null;
        }

        var view = ViewCompiler.Compile(definition, findings);
        return findings.HasErrors ? null : view;
    }

    internal ViewState NewState() => new(Columns.Count, levels, constants);
}

/// <summary>Runs a view over records, one after another. For one thread.</summary>
public sealed class ViewRunner(View view)
{
    private readonly ViewState state = view.NewState();

    /// <summary>For memberOf() and what else expressions may lean on.</summary>
    public FhirPathEnvironment Environment => state.Environment;

    /// <summary>Why the last record failed; null if it did not.</summary>
    public Problem? Problem => state.Problem;

    /// <summary>Makes the rows of one record; a record of another type makes none.</summary>
    /// <returns>False if the view cannot be run on the record: VWD020 to VWD024, or a problem of FHIRPath. Rows may have been given before.</returns>
    public bool Run(Element resource, IRowReceiver rows)
    {
        if (resource.Type != view.Resource)
        {
            return true;
        }

        state.Start(resource, rows);
        return state.Passes(view.Where) ? view.First.Run(state) : state.Problem is null;
    }
}

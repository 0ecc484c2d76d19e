using Kangqiao.Ingest.Csv.Content;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Csv.Templates;

/// <summary>What one row says, by column: values in FHIR's form, codes as they are in their tables, null where nothing is said.</summary>
internal sealed class Row(Dataset dataset, SenderNames names)
{
    private readonly string?[] values = new string?[dataset.Columns.Count];
    private readonly TableCode?[] codes = new TableCode?[dataset.Columns.Count];
    private readonly string?[] references = new string?[dataset.Records.Count];
    private readonly bool[] areReferencesKnown = new bool[dataset.Records.Count];

    public SenderNames Names => names;

    public Dataset Dataset => dataset;

    /// <summary>The value at hand where a template goes through the values of a list; else null.</summary>
    public string? Listed { get; set; }

    public string? this[Column column]
    {
        get => values[column.Index];
        set => values[column.Index] = value;
    }

    public TableCode? CodeOf(Column column) => codes[column.Index];

    public void Put(Column column, TableCode code)
    {
        values[column.Index] = code.Code;
        codes[column.Index] = code;
    }

    /// <summary>For Reference.reference of what a record template names; null where the row does not say which it is.</summary>
    public string? ReferenceTo(RecordTemplate record)
    {
        if (!areReferencesKnown[record.Index])
        {
            areReferencesKnown[record.Index] = true;
            references[record.Index] = record.KeyOf(this) is { } key ? names.Reference(record.Type, key) : null;
        }

        return references[record.Index];
    }
}

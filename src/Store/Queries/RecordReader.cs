using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;

namespace Kangqiao.Store.Queries;

/// <summary>
/// Takes the index values of a stored record again. Rented and given back, so that looking at many records costs no memory.
/// </summary>
internal sealed class RecordReader
{
    private const int LargestKept = 1024 * 1024;

    private static readonly ConcurrentBag<RecordReader> Idle = [];

    private readonly FhirDocument document = new();
    private readonly FindingList findings = new(1);
    private readonly IndexValues values = new();
    private ArrayBufferWriter<byte> json = new(4096);

    /// <summary>Runs the question on the values of the record; the default answer when it cannot be read.</summary>
    public static T Ask<T>(StoredRecord record, SearchPlan plan, T otherwise, Func<IndexValues, T> question)
    {
        if (!Idle.TryTake(out var reader))
        {
            reader = new RecordReader();
        }

        try
        {
            return reader.TryRead(record, plan) ? question(reader.values) : otherwise;
        }
        finally
        {
            if (reader.json.Capacity > LargestKept)
            {
                reader.json = new(4096);
            }

            Idle.Add(reader);
        }
    }

    private bool TryRead(StoredRecord record, SearchPlan plan)
    {
        json.ResetWrittenCount();
        findings.Clear();
        record.WriteResource(json);
        if (!document.ReadInto(json.WrittenMemory, findings))
        {
            return false;
        }

        plan.Index(document.Root, values);
        return true;
    }
}

/// <summary>What one value of a reference parameter is.</summary>
internal static class LocalReferences
{
    /// <summary>The record of this server that it names by type and id.</summary>
    public static bool TryKey(IndexValues values, in IndexValue value, string? ownBase, out RecordKey key)
    {
        key = default;
        if (value.Kind != IndexKind.Reference || (value.Flags & IndexFlags.Contained) != 0 || value.Second.IsEmpty)
        {
            return false;
        }

        key = new(values.TextOf(value.First), values.TextOf(value.Second));
        return value.Fourth.IsEmpty
            || (ownBase is not null && values.Text(value.Fourth).SequenceEqual(Encoding.UTF8.GetBytes($"{ownBase.TrimEnd('/')}/{key}")));
    }

    /// <summary>It names a definition by its URL, or something that is nowhere here.</summary>
    public static bool IsCanonical(in IndexValue value) =>
        value.Kind == IndexKind.Reference && (value.Flags & IndexFlags.Contained) == 0 && value.Second.IsEmpty && !value.Fourth.IsEmpty;
}

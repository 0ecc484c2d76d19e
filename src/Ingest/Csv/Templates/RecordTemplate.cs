using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Csv.Templates;

/// <summary>One record that a row tells, or only refers to.</summary>
/// <param name="Index">Place in the data set.</param>
/// <param name="Name">What the data set calls it.</param>
/// <param name="Type">FHIR resource type.</param>
/// <param name="Keys">In the sender's terms (<see cref="SourceKey"/>); the first that the row can fill.</param>
internal sealed record RecordTemplate(int Index, string Name, string Type, Words[] Keys)
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? desk;

    /// <summary>Null for one that is only referred to.</summary>
    public Node? Body { get; set; }

    public Condition? When { get; init; }

    /// <summary>Pieces without which there is no record.</summary>
    public Words[] Needs { get; init; } = [];

    /// <summary>A row that does not say which it is, is refused: whose the record is has to be known.</summary>
    public bool IsRequired { get; init; }

    public bool IsMention { get; init; }

    /// <summary>The row changes what it says of the record, and nothing else.</summary>
    public bool Amends { get; init; }

    public string? KeyOf(Row row)
    {
        foreach (var key in Keys)
        {
            if (key.Fill(row) is { } filled)
            {
                return filled;
            }
        }

        return null;
    }

    /// <summary>The record; null where the row says nothing of it.</summary>
    public MappedRecord? Make(Row row, bool isVoid)
    {
        if (Body is null || When?.Holds(row) == false || !Array.TrueForAll(Needs, n => n.Fill(row) is not null) || KeyOf(row) is not { } key)
        {
            return null;
        }

        if (isVoid)
        {
            return IsMention || Amends ? null : new MappedRecord(Type, key, ReadOnlyMemory<byte>.Empty) { Intent = MappedIntent.Withdraw };
        }

        return new MappedRecord(Type, key, Write(row)) { IsMention = IsMention, Intent = Amends ? MappedIntent.Amend : MappedIntent.Put };
    }

    private byte[] Write(Row row)
    {
        if (desk is not (var buffer, var json))
        {
            buffer = new ArrayBufferWriter<byte>(2048);
            json = new Utf8JsonWriter(buffer, Compact);
            desk = (buffer, json);
        }

        buffer.ResetWrittenCount();
        json.Reset();
        Body!.Write(json, row);
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}

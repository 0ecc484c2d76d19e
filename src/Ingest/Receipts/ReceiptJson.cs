using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Receipts;

/// <summary>A receipt as its sender reads it.</summary>
internal static class ReceiptJson
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="page">Lines shown, and which page they are.</param>
    public static byte[] Write(Receipt receipt, ReceiptPage lines, int page, bool isEnglish)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(output, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("receipt"u8, receipt.Number);
            writer.WriteString("status"u8, receipt.IsDone ? "done"u8 : "processing"u8);
            writer.WriteString("sender"u8, receipt.Sender);
            writer.WriteString("format"u8, receipt.Format);
            if (receipt.Name is { } name)
            {
                writer.WriteString("name"u8, name);
            }

            writer.WriteString("receivedAt"u8, receipt.ReceivedAt);
            if (receipt.FinishedAt is { } finished)
            {
                writer.WriteString("finishedAt"u8, finished);
            }

            if (receipt.Replays is { } replayed)
            {
                writer.WriteString("replays"u8, replayed);
            }

            writer.WriteNumber("bytes"u8, receipt.Bytes);
            if (receipt is { IsDone: false, BytesDone: { } done })
            {
                writer.WriteNumber("bytesDone"u8, done);
            }

            writer.WriteString("sha256"u8, receipt.Hash);
            WriteCounts(writer, receipt.Counts, receipt.Residents, receipt.Seconds);
            writer.WriteStartArray("records"u8);
            foreach (var line in lines.Lines)
            {
                WriteLine(writer, line, lines.Texts, isEnglish);
            }

            writer.WriteEndArray();
            if (page < receipt.Pages)
            {
                writer.WriteString("next"u8, string.Create(CultureInfo.InvariantCulture, $"/door/receipts/{receipt.Number}?page={page + 1}"));
            }

            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>The counts, as <c>load</c> prints them too.</summary>
    public static void WriteCounts(Utf8JsonWriter writer, Counts counts, long residents, double seconds)
    {
        writer.WriteNumber("received"u8, counts.Received);
        writer.WriteNumber("accepted"u8, counts.Accepted);
        writer.WriteNumber("warned"u8, counts.Warned);
        writer.WriteNumber("unchanged"u8, counts.Unchanged);
        writer.WriteNumber("quarantined"u8, counts.Quarantined);
        writer.WriteNumber("residents"u8, residents);
        writer.WriteNumber("seconds"u8, Math.Round(seconds, 3));
        writer.WriteNumber("perSecond"u8, seconds > 0 ? Math.Round(counts.Received / seconds, 1) : 0);
    }

    public static void WriteFindings(Utf8JsonWriter writer, IReadOnlyList<ReceiptFinding> findings, Dictionary<string, FindingTexts> texts, bool isEnglish)
    {
        writer.WriteStartArray("findings"u8);
        foreach (var finding in findings)
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, finding.C);
            writer.WriteString("severity"u8, finding.V switch
            {
                Severity.Information => "information"u8,
                Severity.Warning => "warning"u8,
                Severity.Error => "error"u8,
                _ => "fatal"u8,
            });
            writer.WriteString("path"u8, finding.P);
            var text = texts.GetValueOrDefault(finding.C);
            var (message, hint) = Said(isEnglish ? text?.En : text?.Zh, finding.A, isEnglish);
            writer.WriteString("message"u8, message);
            writer.WriteString("hint"u8, hint);
            if (finding.L > 0)
            {
                writer.WriteNumber("line"u8, finding.L);
                writer.WriteNumber("column"u8, finding.K);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>A finding's text with its particulars: what is wrong, and what to do.</summary>
    internal static (string Message, string Hint) Said(string? text, string[] particulars, bool isEnglish)
    {
        var (message, hint) = Parted(text, isEnglish);
        return (Filled(message, particulars), Filled(hint, particulars));
    }

    private static void WriteLine(Utf8JsonWriter writer, ReceiptLine line, Dictionary<string, FindingTexts> texts, bool isEnglish)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, line.I);
        writer.WriteString("source"u8, line.S);
        writer.WriteString("outcome"u8, line.O switch
        {
            UnitOutcome.Accepted => "accepted"u8,
            UnitOutcome.Warned => "warned"u8,
            UnitOutcome.Unchanged => "unchanged"u8,
            _ => "quarantined"u8,
        });
        if (line.O == UnitOutcome.Quarantined)
        {
            writer.WriteString("quarantine"u8, line.R);
        }

        writer.WriteString("reference"u8, line.O == UnitOutcome.Quarantined ? null : line.R);
        WriteFindings(writer, line.F ?? [], texts, isEnglish);
        writer.WriteEndObject();
    }

    /// <summary>What is wrong stands in the first sentence, what to do in those after it.</summary>
    private static (string Message, string Hint) Parted(string? text, bool isEnglish)
    {
        if (text is null)
        {
            return ("", "");
        }

        var (end, length) = isEnglish ? (text.IndexOf(". ", StringComparison.Ordinal), 2) : (text.IndexOf('。', StringComparison.Ordinal), 1);
        return end < 0 || end + length >= text.Length ? (text, "") : (text[..(end + 1)], text[(end + length)..]);
    }

    private static string Filled(string text, string[] particulars)
    {
        try
        {
            return particulars.Length == 0 ? text : string.Format(CultureInfo.InvariantCulture, text, particulars);
        }
        catch (FormatException)
        {
            return text;
        }
    }
}

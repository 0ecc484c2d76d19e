using Kangqiao.Audit.Entries;

namespace Kangqiao.Audit.Trail;

/// <summary>
/// How things look inside a part of the trail. Texts and actors that come again are entries of their own, numbered in their order from 1,
/// and named by number: an entry about one record is some 60 bytes.
/// </summary>
internal static class EntryForm
{
    public const byte Text = 1;
    public const byte Actor = 2;
    public const byte Event = 3;

    public const int LongestText = 200;
    public const int LongestDetail = 1000;

    /// <summary>Records in one entry; more of one request make more entries.</summary>
    public const int MostRecords = 1000;

    public static string Cut(string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
}

/// <summary>Writes entries of one part; knows what it has named so far.</summary>
internal sealed class EntryWriter
{
    private readonly Dictionary<string, int> texts = new(StringComparer.Ordinal);
    private readonly Dictionary<AuditActor, int> actors = [];

    /// <summary>Names given: the memory they take here and in every reader is bounded by starting a new part.</summary>
    public int Names => texts.Count + actors.Count;

    /// <param name="emit">Takes each payload as it is ready: names first, then the entry that needs them.</param>
    /// <param name="milliseconds">Since the part was opened.</param>
    public void Write(AuditEntry entry, long milliseconds, ByteWriter payload, Action<ByteWriter> emit)
    {
        var actor = ActorOf(entry.Actor, payload, emit);
        var right = TextOf(entry.Right, payload, emit);
        var code = TextOf(entry.Code, payload, emit);
        foreach (var record in entry.Records)
        {
            TextOf(record.Type, payload, emit);
        }

        payload.Clear();
        payload.Byte(EntryForm.Event);
        payload.Byte((byte)entry.Action);
        payload.Byte((byte)entry.Outcome);
        payload.Number((ulong)milliseconds);
        payload.Number((ulong)actor);
        payload.Number((ulong)right);
        payload.Number((ulong)code);
        payload.Text(entry.Detail is { } detail ? EntryForm.Cut(detail, EntryForm.LongestDetail) : "");
        payload.Number((ulong)entry.Patients.Count);
        foreach (var patient in entry.Patients)
        {
            payload.Id(patient);
        }

        payload.Number((ulong)entry.Records.Count);
        foreach (var record in entry.Records)
        {
            payload.Number((ulong)texts[EntryForm.Cut(record.Type, EntryForm.LongestText)]);
            payload.Number((ulong)(record.Patient + 1));
            payload.Number((ulong)record.Version);
            payload.Id(record.Id);
        }

        emit(payload);
    }

    private int ActorOf(AuditActor actor, ByteWriter payload, Action<ByteWriter> emit)
    {
        if (actors.TryGetValue(actor, out var number))
        {
            return number;
        }

        Span<int> parts =
        [
            TextOf(actor.Role, payload, emit), TextOf(actor.User, payload, emit), TextOf(actor.Client, payload, emit),
            TextOf(actor.Institution, payload, emit), TextOf(actor.Practitioner, payload, emit), TextOf(actor.Resident, payload, emit),
            TextOf(actor.Region, payload, emit), TextOf(actor.Purpose, payload, emit), TextOf(actor.Address, payload, emit),
        ];
        payload.Clear();
        payload.Byte(EntryForm.Actor);
        foreach (var part in parts)
        {
            payload.Number((ulong)part);
        }

        emit(payload);
        actors.Add(actor, actors.Count + 1);
        return actors.Count;
    }

    private int TextOf(string? text, ByteWriter payload, Action<ByteWriter> emit)
    {
        if (text is not { Length: > 0 })
        {
            return 0;
        }

        text = EntryForm.Cut(text, EntryForm.LongestText);
        if (texts.TryGetValue(text, out var number))
        {
            return number;
        }

        payload.Clear();
        payload.Byte(EntryForm.Text);
        payload.Text(text);
        emit(payload);
        texts.Add(text, texts.Count + 1);
        return texts.Count;
    }
}

/// <summary>Reads entries of one part; has to be shown every name before it is used.</summary>
internal sealed class EntryReader(DateTimeOffset opened)
{
    private readonly List<string> texts = [""];
    private readonly List<AuditActor> actors = [new("")];

    public static bool IsName(ReadOnlySpan<byte> payload) => !payload.IsEmpty && payload[0] is (EntryForm.Text or EntryForm.Actor);

    /// <summary>Takes in a name; each once, in their order.</summary>
    public void Learn(ReadOnlySpan<byte> payload)
    {
        if (!IsName(payload))
        {
            return;
        }

        var reader = new ByteReader(payload[1..]);
        if (payload[0] == EntryForm.Text)
        {
            texts.Add(reader.Text());
            return;
        }

        actors.Add(new AuditActor(Text(reader.Number()) ?? "")
        {
            User = Text(reader.Number()),
            Client = Text(reader.Number()),
            Institution = Text(reader.Number()),
            Practitioner = Text(reader.Number()),
            Resident = Text(reader.Number()),
            Region = Text(reader.Number()),
            Purpose = Text(reader.Number()),
            Address = Text(reader.Number()),
        });
    }

    /// <summary>Null where it is no event, or broken.</summary>
    public (DateTimeOffset At, AuditEntry Entry)? Read(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty || payload[0] != EntryForm.Event)
        {
            return null;
        }

        var reader = new ByteReader(payload[1..]);
        var action = (AuditAction)reader.Byte();
        var outcome = (AuditOutcome)reader.Byte();
        var at = opened.AddMilliseconds(Math.Min(reader.Number(), 1UL << 48));
        var actor = reader.Number();
        var right = Text(reader.Number());
        var code = Text(reader.Number());
        var detail = reader.Text();
        var patients = new string[reader.Count()];
        for (var i = 0; i < patients.Length; i++)
        {
            patients[i] = reader.Id();
        }

        var records = new AuditedRecord[reader.Count()];
        for (var i = 0; i < records.Length; i++)
        {
            var type = Text(reader.Number()) ?? "";
            var patient = (int)Math.Min(reader.Number(), int.MaxValue) - 1;
            var version = (long)reader.Number();
            records[i] = new(type, reader.Id(), version, patient < patients.Length ? patient : -1);
        }

        return reader.IsBroken || actor >= (ulong)actors.Count ? null : (at, new AuditEntry(action, actors[(int)actor])
        {
            Outcome = outcome,
            Right = right,
            Code = code,
            Detail = detail.Length > 0 ? detail : null,
            Patients = patients,
            Records = records,
        });
    }

    private string? Text(ulong number) => number > 0 && number < (ulong)texts.Count ? texts[(int)number] : null;
}

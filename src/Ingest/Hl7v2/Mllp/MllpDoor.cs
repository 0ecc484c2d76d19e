using System.Collections.Concurrent;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;
using Kangqiao.Kernel;
using Kangqiao.Registry.Senders;

namespace Kangqiao.Ingest.Hl7v2.Mllp;

/// <summary>
/// Takes what comes over MLLP to the door. Who sends is what the message says (MSH-3, MSH-4: the institution's code or a registered
/// alias) and what the connection proves (the sender's networks, its certificate). Whoever is not known is answered AR and nothing is
/// kept: the message stays with its sender, who is told why, and nobody without a name can fill the platform's disks with persons' data.
/// </summary>
public sealed class MllpDoor(Door door, TimeProvider time)
{
    private const string Format = "hl7v2";
    private const int MostKnown = 10_000;
    private const int MostUnknown = 200;

    /// <summary>For so long a sender is believed to be as it was read: a suspension takes hold within this.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string Application, string Facility, string Id), (Sender? Sender, DateTimeOffset Until)> known = [];
    private readonly ConcurrentDictionary<(string Application, string Facility), UnknownSender> strangers = [];

    /// <summary>Names that knocked and are registered for nobody, latest first: what a steward registers an alias from.</summary>
    public IReadOnlyList<UnknownSender> Unknown => [.. strangers.Values.OrderByDescending(s => s.Last)];

    /// <summary>For <see cref="MllpServer.Start"/>.</summary>
    public async ValueTask<TakenMessage> TakeAsync(ReadOnlyMemory<byte> message, MllpPeer peer, CancellationToken cancel)
    {
        if (door.FormatOf(Format) is not { } format)
        {
            return Refused(Hl7Findings.NotTaken);
        }

        var (application, facility, id) = MessageReader.SenderOf(message);
        if (!(await FindAsync((application, facility, id), cancel)).Try(out var sender, out _))
        {
            return Refused(Hl7Findings.NotTaken);
        }

        if (sender is null)
        {
            Knocked(application, facility, peer);
            return Refused(Hl7Findings.UnknownSender, Short(application), Short(facility));
        }

        if (SenderRegistry.RefusalWithoutToken(sender, peer.Address.Address, peer.CertificateHash, time.GetUtcNow()) is { } problem)
        {
            return Refused(Hl7Findings.SenderRefused, sender.Code, problem.Code);
        }

        if (!(await door.KeepAsync(sender, format, message, cancel)).Try(out var ticket, out _))
        {
            return Refused(Hl7Findings.NotTaken);
        }

        return format is IAcknowledges acknowledges && IsSeveral(message.Span)
            ? new TakenMessage([]) { Answer = AnswerAsync(ticket, acknowledges) }
            : new TakenMessage([], OutcomeAsync(ticket));
    }

    private static async Task<IReadOnlyList<Finding>> OutcomeAsync(Ticket ticket)
    {
        await ticket.Done;
        return ticket.First.Findings;
    }

    private static async Task<byte[]> AnswerAsync(Ticket ticket, IAcknowledges acknowledges)
    {
        await ticket.Done;
        return acknowledges.Acknowledge(ticket.Answers);
    }

    /// <summary>A batch, or several messages in one block.</summary>
    private static bool IsSeveral(ReadOnlySpan<byte> block)
    {
        block = block.TrimStart(" \t\r\n"u8);
        return block.StartsWith("FHS"u8) || block.StartsWith("BHS"u8) || block.IndexOf("\rMSH"u8) >= 0 || block.IndexOf("\nMSH"u8) >= 0;
    }

    private static TakenMessage Refused(FindingKind kind, params string[] arguments) => new([Hl7Findings.Of(kind, "MSH[1]-4", arguments)]);

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";

    private async ValueTask<Outcome<Sender?>> FindAsync((string Application, string Facility, string Id) asked, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (known.TryGetValue(asked, out var found) && found.Until > now)
        {
            return found.Sender;
        }

        Sender? sender = null;
        foreach (var name in Names(asked))
        {
            if (!(await door.Senders.FindNamedAsync(name, cancel)).Try(out sender, out var problem))
            {
                return problem;
            }

            if (sender is not null)
            {
                break;
            }
        }

        if (known.Count >= MostKnown)
        {
            known.Clear();
        }

        known[asked] = (sender, now + Fresh);
        return sender;
    }

    /// <summary>The most exact first. An application's name counts alone only where no facility is named.</summary>
    private static IEnumerable<string> Names((string Application, string Facility, string Id) asked)
    {
        if (asked is { Application.Length: > 0, Facility.Length: > 0 })
        {
            yield return $"{asked.Application}|{asked.Facility}";
        }

        if (asked.Facility.Length > 0)
        {
            yield return asked.Facility;
        }

        if (asked.Id.Length > 0)
        {
            yield return asked.Id;
        }

        if (asked.Facility.Length == 0 && asked.Application.Length > 0)
        {
            yield return asked.Application;
        }
    }

    private void Knocked(string application, string facility, MllpPeer peer)
    {
        var (key, now) = ((Short(application), Short(facility)), time.GetUtcNow());
        if (strangers.Count < MostUnknown || strangers.ContainsKey(key))
        {
            strangers.AddOrUpdate(
                key, k => new UnknownSender(k.Item1, k.Item2, peer.Address.Address.ToString(), 1, now, now),
                (_, before) => before with { Address = peer.Address.Address.ToString(), Count = before.Count + 1, Last = now });
        }
    }
}

/// <summary>A name in MSH-3 and MSH-4 under which nobody is registered.</summary>
/// <param name="Count">Messages since the start of the server.</param>
public sealed record UnknownSender(string Application, string Facility, string Address, long Count, DateTimeOffset First, DateTimeOffset Last);

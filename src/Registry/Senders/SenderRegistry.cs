using System.Net;
using Kangqiao.Kernel;
using Kangqiao.Ledger;

namespace Kangqiao.Registry.Senders;

/// <summary>Who may send. Read from the ledger each time, so that all servers of a city agree at once.</summary>
public sealed class SenderRegistry(LedgerStore ledger, TimeProvider time)
{
    private const string Kind = "Sender";

    /// <summary>Null when there is none of that code.</summary>
    public async ValueTask<Outcome<Sender?>> FindAsync(string code, CancellationToken cancel = default) =>
        code == Sender.LocalCode ? Sender.Local
        : !Sender.IsCode(code) ? Problems.BadCode(code)
        : (await ledger.ReadAsync(KeyOf(code), cancel)).Then<Sender?>(d => d?.As<Sender>());

    /// <summary>All of them, newest first.</summary>
    public async ValueTask<Outcome<IReadOnlyList<Sender>>> ListAsync(CancellationToken cancel = default)
    {
        var all = new List<Sender>();
        long? after = null;
        do
        {
            if (!(await ledger.FindAsync(Kind, [], 1_000, after, cancel)).Try(out var page, out var problem))
            {
                return problem;
            }

            all.AddRange(page.Documents.Select(d => d.As<Sender>()));
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    /// <summary>Enters a sender, or changes what is known of one; its state and steps stay those that are there.</summary>
    /// <param name="first">State of one that is new.</param>
    public ValueTask<Outcome<Sender>> PutAsync(Sender sender, SenderState first, string who, string why, CancellationToken cancel = default)
    {
        if (!Sender.IsCode(sender.Code))
        {
            return new(Problems.BadCode(sender.Code));
        }

        if (sender.IsLocal)
        {
            return new(Problems.LocalIsFixed());
        }

        foreach (var network in sender.Addresses)
        {
            if (!IPNetwork.TryParse(network, out _))
            {
                return new(Problems.BadNetwork(network));
            }
        }

        return ChangeAsync(
            sender.Code,
            known => known is null
                ? sender with { State = first, Steps = [new SenderStep(first, time.GetUtcNow(), who, why)] }
                : sender with { State = known.State, Steps = known.Steps },
            cancel);
    }

    /// <summary>Takes a step in a sender's life.</summary>
    public ValueTask<Outcome<Sender>> StepAsync(string code, SenderState to, string who, string why, CancellationToken cancel = default) => ChangeAsync(
        code, known => known is null ? Problems.NoSuchSender(code) : SenderLife.Step(known, to, who, why, time.GetUtcNow()), cancel);

    /// <summary>Adds a credential, or replaces the one of its name.</summary>
    public ValueTask<Outcome<Sender>> SetCredentialAsync(string code, Credential credential, CancellationToken cancel = default) => ChangeAsync(
        code,
        known => known is null
            ? Problems.NoSuchSender(code)
            : known with { Credentials = [.. known.Credentials.Where(c => c.Name != credential.Name), credential] },
        cancel);

    /// <summary>May it send now, from there?</summary>
    /// <param name="from">Null where it is not known, as for a file.</param>
    public static Problem? Refusal(Sender sender, IPAddress? from)
    {
        if (!sender.MaySend)
        {
            return Problems.MayNotSend(sender.Code, sender.State);
        }

        if (sender.Addresses.Count == 0 || from is null)
        {
            return null;
        }

        var address = from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from;
        return sender.Addresses.Any(a => IPNetwork.TryParse(a, out var network) && network.Contains(address)) ? null : Problems.WrongAddress(sender.Code);
    }

    private async ValueTask<Outcome<Sender>> ChangeAsync(string code, Func<Sender?, Outcome<Sender>> change, CancellationToken cancel)
    {
        if (!Sender.IsCode(code))
        {
            return Problems.BadCode(code);
        }

        if (!(await ledger.ReadAsync(KeyOf(code), cancel)).Try(out var document, out var problem)
            || !change(document?.As<Sender>()).Try(out var changed, out problem))
        {
            return problem;
        }

        var page = LedgerPage.Of(KeyOf(code), changed, new LedgerLabel('w', changed.State.ToString().ToLowerInvariant())) with { ExpectedVersion = document?.Version ?? 0 };
        return (await ledger.PutAsync(page, cancel)).Try(out _, out problem) ? changed
            : problem.Kind is ProblemKind.PreconditionFailed or ProblemKind.Conflict ? Problems.ChangedMeanwhile(code)
            : problem;
    }

    // An underscore is no character of a record's id.
    private static LedgerKey KeyOf(string code) => new(Kind, code.Replace("_", "-.-", StringComparison.Ordinal));
}

using System.Net;
using Kangqiao.Kernel;
using Kangqiao.Ledger;

namespace Kangqiao.Registry.Senders;

/// <summary>Who may send. Read from the ledger each time, so that all servers of a city agree at once.</summary>
public sealed class SenderRegistry(LedgerStore ledger, TimeProvider time)
{
    private const string Kind = "Sender";
    private const char AliasLabel = 'a';
    private const int MostAlias = 400;

    /// <summary>Null when there is none of that code.</summary>
    public async ValueTask<Outcome<Sender?>> FindAsync(string code, CancellationToken cancel = default) =>
        code == Sender.LocalCode ? Sender.Local
        : !Sender.IsCode(code) ? Problems.BadCode(code)
        : (await ledger.ReadAsync(KeyOf(code), cancel)).Then<Sender?>(d => d?.As<Sender>());

    /// <summary>The sender whose code or alias it is; null when there is none.</summary>
    public async ValueTask<Outcome<Sender?>> FindNamedAsync(string name, CancellationToken cancel = default)
    {
        if (Sender.IsCode(name) && name != Sender.LocalCode)
        {
            var byCode = await FindAsync(name, cancel);
            if (byCode.Problem is not null || byCode.Value is not null)
            {
                return byCode;
            }
        }

        return name.Length is 0 or > MostAlias ? (Sender?)null
            : (await ledger.FindAsync(Kind, [new LedgerLabel(AliasLabel, name)], 1, null, cancel))
                .Then<Sender?>(page => page.Documents.Count == 0 ? null : page.Documents[0].As<Sender>());
    }

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
    public async ValueTask<Outcome<Sender>> PutAsync(Sender sender, SenderState first, string who, string why, CancellationToken cancel = default)
    {
        if (!Sender.IsCode(sender.Code))
        {
            return Problems.BadCode(sender.Code);
        }

        if (sender.IsLocal)
        {
            return Problems.LocalIsFixed();
        }

        foreach (var network in sender.Addresses)
        {
            if (!IPNetwork.TryParse(network, out _))
            {
                return Problems.BadNetwork(network);
            }
        }

        foreach (var alias in sender.Aliases)
        {
            if (alias.Trim().Length is 0 or > MostAlias)
            {
                return Problems.BadAlias(sender.Code);
            }

            if (!(await FindNamedAsync(alias, cancel)).Try(out var other, out var problem))
            {
                return problem;
            }

            if (other is not null && other.Code != sender.Code)
            {
                return Problems.AliasTaken(alias, other.Code);
            }
        }

        return await ChangeAsync(
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

    /// <summary>
    /// May it send over a connection that carries no token (MLLP)? Only its network or its certificate can prove there who speaks, so
    /// a sender without either is heard from this machine alone.
    /// </summary>
    /// <param name="certificateHash">SHA-256 of the client's certificate in hexadecimal, or null.</param>
    /// <param name="now">For credentials that end.</param>
    public static Problem? RefusalWithoutToken(Sender sender, IPAddress from, string? certificateHash, DateTimeOffset now)
    {
        if (Refusal(sender, from) is { } refused)
        {
            return refused;
        }

        var certificates = sender.Credentials.Where(c => c.CertificateHash is not null && !(c.ValidUntil < now)).ToArray();
        if (certificates.Length > 0)
        {
            return certificates.Any(c => string.Equals(c.CertificateHash, certificateHash, StringComparison.OrdinalIgnoreCase)) ? null : Problems.WrongCertificate(sender.Code);
        }

        return sender.Addresses.Count > 0 || IPAddress.IsLoopback(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from) ? null : Problems.NothingProves(sender.Code);
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

        var page = LedgerPage.Of(KeyOf(code), changed, [new LedgerLabel('w', changed.State.ToString().ToLowerInvariant()), .. changed.Aliases.Select(a => new LedgerLabel(AliasLabel, a))]) with { ExpectedVersion = document?.Version ?? 0 };
        return (await ledger.PutAsync(page, cancel)).Try(out _, out problem) ? changed
            : problem.Kind is ProblemKind.PreconditionFailed or ProblemKind.Conflict ? Problems.ChangedMeanwhile(code)
            : problem;
    }

    // An underscore is no character of a record's id.
    private static LedgerKey KeyOf(string code) => new(Kind, code.Replace("_", "-.-", StringComparison.Ordinal));
}

using System.Globalization;
using System.Security.Cryptography;
using Kangqiao.Crypto.Keys;
using Kangqiao.Crypto.Sealing;
using Kangqiao.Identity.Accounts;
using Kangqiao.Kernel;
using Kangqiao.Ledger;

namespace Kangqiao.Identity.Residents;

/// <summary>Brings a code to a phone: the city's message service.</summary>
public interface IPhoneMessages
{
    /// <returns>Null when it is on its way.</returns>
    ValueTask<Problem?> SendCodeAsync(string phone, string code, CancellationToken cancel);
}

/// <summary>The city's identity service: who is behind a name and an ID number.</summary>
public interface IRealNames
{
    /// <returns>Id of the Person; null where name and number do not belong together, or nobody is known by them.</returns>
    ValueTask<Outcome<string?>> PersonOfAsync(string name, string idNumber, CancellationToken cancel);
}

/// <summary>
/// Residents sign in with a code sent to their phone. A phone is bound once to a name and an ID number that were verified together; phones are kept as keyed hashes
/// only. A code is good once, for five minutes and five tries.
/// </summary>
internal sealed class PhoneSignIn(LedgerStore ledger, AccountBook accounts, KeyRing ring, IPhoneMessages messages, IRealNames names, TimeProvider time)
{
    private const string CodeKind = "PhoneCode";
    private const string BindingKind = "PhoneBinding";
    private const int MostTries = 5;
    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly IdentifierHash hash = new(ring);

    private sealed record Sent(string Hash, DateTimeOffset At, int Tries);

    private sealed record Binding(string Resident, DateTimeOffset At);

    public static bool IsPhone(string phone) => phone.Length == 11 && phone[0] == '1' && phone.All(char.IsAsciiDigit);

    public async ValueTask<Problem?> SendAsync(string phone, CancellationToken cancel)
    {
        if (!IsPhone(phone))
        {
            return Problems.BadRequest("a phone is 11 digits");
        }

        var key = new LedgerKey(CodeKind, hash.Of("phone", phone));
        var now = time.GetUtcNow();
        if (!(await ledger.ReadAsync(key, cancel)).Try(out var before, out var problem))
        {
            return problem;
        }

        if (before?.As<Sent>() is { } sent && now - sent.At < Pause)
        {
            return Problems.TooManyAttempts();
        }

        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("000000", CultureInfo.InvariantCulture);
        var page = Expiring.Page(key, new Sent(Secrets.HashOf(phone + code), now, 0), now + CodeLife) with { ExpectedVersion = before?.Version ?? 0 };
        return (await ledger.PutAsync(page, cancel)).Problem ?? await messages.SendCodeAsync(phone, code, cancel);
    }

    /// <param name="name">For the first time only, with the ID number.</param>
    public async ValueTask<Outcome<Account>> SignInAsync(string phone, string code, string? name, string? idNumber, CancellationToken cancel)
    {
        if (!IsPhone(phone) || !(await TakeAsync(phone, code, cancel)))
        {
            return Problems.NotSignedIn();
        }

        Outcome<LedgerDocument?> found = (LedgerDocument?)null;
        foreach (var one in hash.All("phone", phone))
        {
            found = await ledger.ReadAsync(new LedgerKey(BindingKind, one), cancel);
            if (found.Problem is not null || found.Value is not null)
            {
                break;
            }
        }

        if (!found.Try(out var bound, out var problem))
        {
            return problem;
        }

        var resident = bound?.As<Binding>().Resident;
        if (resident is null)
        {
            if (name is not { Length: > 0 } || idNumber is not { Length: > 0 })
            {
                return Problems.NotVerified();
            }

            if (!(await names.PersonOfAsync(name, idNumber, cancel)).Try(out resident, out problem))
            {
                return problem;
            }

            if (resident is null)
            {
                return Problems.NotVerified();
            }

            var binding = LedgerPage.Of(new(BindingKind, hash.Of("phone", phone)), new Binding(resident, time.GetUtcNow())) with { ExpectedVersion = 0 };
            if ((await ledger.PutAsync(binding, cancel)).Problem is { } refused)
            {
                return refused;
            }
        }

        var login = "resident-" + resident.ToLowerInvariant();
        if (!(await accounts.FindAsync(login, cancel)).Try(out var account, out problem))
        {
            return problem;
        }

        return account is { IsDisabled: true } ? Problems.NotSignedIn()
            : account is not null ? account
            : await accounts.AddAsync(new Account(login) { Role = "resident", Resident = resident }, null, cancel);
    }

    // Used up or counted in one write: five tries are five tries on all servers together.
    private async ValueTask<bool> TakeAsync(string phone, string code, CancellationToken cancel)
    {
        var key = new LedgerKey(CodeKind, hash.Of("phone", phone));
        if (!(await ledger.ReadAsync(key, cancel)).Try(out var document, out _) || document?.As<Sent>() is not { } sent
            || sent.Tries >= MostTries || time.GetUtcNow() - sent.At > CodeLife)
        {
            return false;
        }

        var isRight = Secrets.AreSame(Secrets.HashOf(phone + code), sent.Hash);
        var next = Expiring.Page(key, sent with { Tries = isRight ? MostTries : sent.Tries + 1 }, sent.At + CodeLife) with { ExpectedVersion = document.Version };
        return (await ledger.PutAsync(next, cancel)).IsSuccess && isRight;
    }
}

using System.Text;
using Kangqiao.Crypto.Hashing;
using Kangqiao.Crypto.Keys;
using Kangqiao.Crypto.Sealing;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.Registry.Senders;

namespace Kangqiao.Identity.Accounts;

/// <summary>The accounts: kept in the ledger, so that all servers agree at once. Passwords cost two at a time, so that attempts cannot take the machine.</summary>
internal sealed class AccountBook(LedgerStore ledger, KeyRing ring, IdentityOptions options, TimeProvider time) : IDisposable
{
    private const int Attempts = 8;

    private readonly Sealer sealer = new(ring);
    private readonly SemaphoreSlim hashing = new(2);

    // So that an unknown name costs as much as a wrong password.
    private readonly string nobody = SecretHash.Of("nobody's", options.PasswordRounds);

    public async ValueTask<Outcome<Account?>> FindAsync(string login, CancellationToken cancel) =>
        !Account.IsLogin(login) ? (Account?)null : (await ledger.ReadAsync(KeyOf(login), cancel)).Then<Account?>(d => d?.As<Account>());

    public async ValueTask<Outcome<Account>> AddAsync(Account account, string? password, CancellationToken cancel)
    {
        if (!Account.IsLogin(account.Login))
        {
            return Problems.BadRequest("a name is 3 to 80 of a-z 0-9 . - _");
        }

        if (password is not null)
        {
            if (PasswordRules.Refusal(account.Login, password) is { } weak)
            {
                return weak;
            }

            account = account with { PasswordHash = await HashAsync(password, cancel), PasswordSetAt = time.GetUtcNow() };
        }

        var page = LedgerPage.Of(KeyOf(account.Login), account) with { ExpectedVersion = 0 };
        return (await ledger.PutAsync(page, cancel)).Try(out _, out var problem) ? account : problem.Kind == ProblemKind.Conflict ? Problems.AccountExists() : problem;
    }

    public async ValueTask<Outcome<Account>> ChangeAsync(string login, Func<Account, Outcome<Account>> change, CancellationToken cancel)
    {
        for (var i = 0; ; i++)
        {
            if (!Account.IsLogin(login) || !(await ledger.ReadAsync(KeyOf(login), cancel)).Try(out var document, out var problem))
            {
                return Problems.NoSuchAccount();
            }

            if (document is null)
            {
                return Problems.NoSuchAccount();
            }

            if (!change(document.As<Account>()).Try(out var changed, out problem))
            {
                return problem;
            }

            if ((await ledger.PutAsync(LedgerPage.Of(KeyOf(login), changed) with { ExpectedVersion = document.Version }, cancel)).Try(out _, out problem))
            {
                return changed;
            }

            if (problem.Kind is not (ProblemKind.Conflict or ProblemKind.PreconditionFailed) || i == Attempts)
            {
                return problem;
            }
        }
    }

    /// <summary>Whoever has name, password and code of the second factor, where the account has one. Each failure counts, and a code counts once.</summary>
    public async ValueTask<Outcome<Account>> SignInAsync(string login, string password, string? code, CancellationToken cancel)
    {
        if (!(await FindAsync(login, cancel)).Try(out var account, out var problem))
        {
            return problem;
        }

        var isRight = await MatchesAsync(password, account?.PasswordHash ?? nobody, cancel);
        var now = time.GetUtcNow();
        if (account is null || account.PasswordHash is null)
        {
            return Problems.NotSignedIn();
        }

        // Decided on the account as it is when it is written: attempts side by side do not get around the lock.
        var isIn = false;
        var changed = await ChangeAsync(
            login,
            current =>
            {
                isIn = false;
                if (current.IsDisabled || current.Role.Length == 0 || current.LockedUntil > now)
                {
                    return current;
                }

                var step = current.Totp is null ? current.TotpStep : Totp.Check(SecretOf(current), code ?? "", now, current.TotpStep);
                if (!isRight || step is null || current.PasswordHash != account.PasswordHash)
                {
                    var failures = current.Failures + 1;
                    return failures >= options.MostFailures
                        ? current with { Failures = 0, LockedUntil = now + options.LockedFor }
                        : current with { Failures = failures };
                }

                isIn = true;
                return current with { Failures = 0, LockedUntil = null, TotpStep = step.Value };
            },
            cancel);
        return !changed.Try(out var after, out problem) ? problem
            : !isIn ? Problems.NotSignedIn()
            : after.MustChange || now - after.PasswordSetAt > options.PasswordLife ? Problems.PasswordExpired()
            : after;
    }

    /// <summary>A new password by who knows the old one.</summary>
    public async ValueTask<Outcome<Account>> SetPasswordAsync(string login, string old, string? code, string password, CancellationToken cancel)
    {
        var signedIn = await SignInAsync(login, old, code, cancel);
        if (signedIn.Problem is { } problem && problem.Code != Problems.PasswordExpired().Code)
        {
            return problem;
        }

        if (PasswordRules.Refusal(login, password) is { } weak)
        {
            return weak;
        }

        if (!(await FindAsync(login, cancel)).Try(out var account, out problem) || account?.PasswordHash is null)
        {
            return problem ?? Problems.NoSuchAccount();
        }

        foreach (var before in account.OldHashes.Prepend(account.PasswordHash))
        {
            if (await MatchesAsync(password, before, cancel))
            {
                return Problems.WeakPassword($"it is one of the last {PasswordRules.Remembered}");
            }
        }

        var hash = await HashAsync(password, cancel);
        return await ChangeAsync(
            login,
            current => current with
            {
                PasswordHash = hash,
                PasswordSetAt = time.GetUtcNow(),
                MustChange = false,
                OldHashes = [.. current.OldHashes.Prepend(current.PasswordHash!).Take(PasswordRules.Remembered - 1)],
            },
            cancel);
    }

    /// <summary>A new secret for the second factor; it counts once its first code was given.</summary>
    public string Seal(string login, byte[] secret) => Convert.ToBase64String(sealer.Seal(secret, Encoding.UTF8.GetBytes("totp " + login)));

    public byte[] SecretOf(Account account) => sealer.Open(Convert.FromBase64String(account.Totp!), Encoding.UTF8.GetBytes("totp " + account.Login)).Value;

    public void Dispose() => hashing.Dispose();

    private static LedgerKey KeyOf(string login) => new(Account.Kind, Convert.ToHexStringLower(Sm3.Hash(Encoding.UTF8.GetBytes(login)).AsSpan(0, 16)));

    private async ValueTask<string> HashAsync(string password, CancellationToken cancel)
    {
        await hashing.WaitAsync(cancel);
        try
        {
            return await Task.Run(() => SecretHash.Of(password, options.PasswordRounds), cancel);
        }
        finally
        {
            hashing.Release();
        }
    }

    private async ValueTask<bool> MatchesAsync(string password, string hash, CancellationToken cancel)
    {
        if (password.Length > PasswordRules.Longest)
        {
            return false;
        }

        await hashing.WaitAsync(cancel);
        try
        {
            return await Task.Run(() => SecretHash.Matches(password, hash), cancel);
        }
        finally
        {
            hashing.Release();
        }
    }
}

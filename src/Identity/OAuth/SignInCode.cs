using Kangqiao.Identity.Sessions;
using Kangqiao.Kernel;
using Kangqiao.Ledger;

namespace Kangqiao.Identity.OAuth;

/// <summary>What a code stands for until it is exchanged; a document of the ledger under the hash of the code.</summary>
internal sealed record SignInCode(Grant Grant, AuthorizeAsk Ask, DateTimeOffset Ends)
{
    private const string Kind = "SignInCode";

    public bool IsUsed { get; init; }

    /// <returns>The code, for the application.</returns>
    public static async ValueTask<Outcome<string>> MakeAsync(IdentityRoom room, Grant grant, AuthorizeAsk ask, CancellationToken cancel)
    {
        var code = Secrets.New();
        var ends = room.Time.GetUtcNow() + room.Options.CodeLife;

        // Kept as long as a sign-in may last: a code that comes again after its time still ends what came of it.
        var page = Expiring.Page(new(Kind, IdOf(code)), new SignInCode(grant, ask, ends), ends + room.Options.OfflineLife) with { ExpectedVersion = 0 };
        return (await room.Ledger.PutAsync(page, cancel)).Then<string>(_ => code);
    }

    /// <summary>Uses a code up. Null where it was not good; if it had been used before, the sign-in that came of it is ended (RFC 6749, 4.1.2).</summary>
    public static async ValueTask<Outcome<SignInCode?>> TakeAsync(IdentityRoom room, string code, CancellationToken cancel)
    {
        var id = IdOf(code);
        if (!(await room.Ledger.ReadAsync(new LedgerKey(Kind, id), cancel)).Try(out var document, out var problem))
        {
            return problem;
        }

        if (document?.As<SignInCode>() is not { } kept)
        {
            return (SignInCode?)null;
        }

        var page = Expiring.Page(new(Kind, id), kept with { IsUsed = true }, kept.Ends + room.Options.OfflineLife) with { ExpectedVersion = document.Version };
        if (!kept.IsUsed && (await room.Ledger.PutAsync(page, cancel)).Try(out _, out problem))
        {
            return kept.Ends > room.Time.GetUtcNow() ? kept : null;
        }

        if (!kept.IsUsed && problem!.Kind is not (ProblemKind.Conflict or ProblemKind.PreconditionFailed))
        {
            return problem;
        }

        await room.Sessions.RevokeAsync(id, cancel);
        return (SignInCode?)null;
    }

    /// <summary>Name of the sign-in that comes of a code.</summary>
    public static string IdOf(string code) => Secrets.HashOf(code)[..32];
}

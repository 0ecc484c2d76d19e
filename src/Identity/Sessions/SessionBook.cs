using System.Text.Json.Serialization;
using Kangqiao.Kernel;
using Kangqiao.Ledger;

namespace Kangqiao.Identity.Sessions;

/// <summary>A sign-in; a document of the ledger.</summary>
internal sealed record Session([property: JsonPropertyName("sessionId")] string Id, Grant Grant, DateTimeOffset Began, DateTimeOffset Ends)
{
    /// <summary>Hash of the refresh token that is good now; null where there is none.</summary>
    public string? Refresh { get; init; }

    public DateTimeOffset LastUsed { get; init; }

    public DateTimeOffset? Revoked { get; init; }
}

/// <param name="RefreshToken">Null where none was asked for.</param>
internal sealed record Opened(Session Session, string? RefreshToken);

/// <summary>
/// Sign-ins and how they end. Every use of a token asks here, so that an end counts at once on every server. A refresh token is good once; one that
/// comes again was stolen, from us or from them, and ends the sign-in.
/// </summary>
internal sealed class SessionBook(LedgerStore ledger, IdentityOptions options, TimeProvider time)
{
    private const string Kind = "Session";
    private const char UserLabel = 'u';

    /// <summary>The sign-in of a code has the code's name, so that a code that comes again finds what to end.</summary>
    public async ValueTask<Outcome<Opened>> OpenAsync(string id, Grant grant, TimeSpan life, bool hasRefresh, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (grant.User is { } user && hasRefresh && await MakeRoomAsync(user, cancel) is { } problem)
        {
            return problem;
        }

        var secret = hasRefresh ? Secrets.New() : null;
        var session = new Session(id, grant with { Session = id }, now, now + life) { Refresh = secret is null ? null : Secrets.HashOf(secret), LastUsed = now };
        return (await ledger.PutAsync(Page(session) with { ExpectedVersion = 0 }, cancel)).Then<Opened>(_ => new Opened(session, secret is null ? null : $"{id}.{secret}"));
    }

    /// <summary>The sign-in goes on with a new refresh token; null where it does not.</summary>
    public async ValueTask<Outcome<Opened?>> RefreshAsync(string token, string client, CancellationToken cancel)
    {
        if (token.Split('.') is not [var id, var secret] || !IsId(id))
        {
            return (Opened?)null;
        }

        if (!(await ledger.ReadAsync(new LedgerKey(Kind, id), cancel)).Try(out var document, out var problem))
        {
            return problem;
        }

        var now = time.GetUtcNow();
        if (document?.As<Session>() is not { } session || session.Grant.Client != client || !IsLive(session, now) || session.Refresh is null)
        {
            return (Opened?)null;
        }

        if (!Secrets.AreSame(Secrets.HashOf(secret), session.Refresh))
        {
            await RevokeAsync(id, cancel);
            return (Opened?)null;
        }

        var next = Secrets.New();
        var changed = session with { Refresh = Secrets.HashOf(next), LastUsed = now };
        if ((await ledger.PutAsync(Page(changed) with { ExpectedVersion = document.Version }, cancel)).Try(out _, out problem))
        {
            return new Opened(changed, $"{id}.{next}");
        }

        // The same token twice at once.
        if (problem.Kind is ProblemKind.Conflict or ProblemKind.PreconditionFailed)
        {
            await RevokeAsync(id, cancel);
            return (Opened?)null;
        }

        return problem;
    }

    public async ValueTask<bool> IsLiveAsync(string id, CancellationToken cancel) =>
        IsId(id) && (await ledger.ReadAsync(new LedgerKey(Kind, id), cancel)).Try(out var document, out _) && document?.As<Session>() is { } session && IsLive(session, time.GetUtcNow());

    public async ValueTask<Session?> FindAsync(string id) => IsId(id) && (await ledger.ReadAsync(new LedgerKey(Kind, id))).Try(out var document, out _) ? document?.As<Session>() : null;

    /// <summary>Ends a sign-in; one that is not there has ended.</summary>
    public async ValueTask<Problem?> RevokeAsync(string id, CancellationToken cancel)
    {
        const int Attempts = 8;
        for (var i = 0; IsId(id); i++)
        {
            if (!(await ledger.ReadAsync(new LedgerKey(Kind, id), cancel)).Try(out var document, out var problem))
            {
                return problem;
            }

            if (document?.As<Session>() is not { Revoked: null } session
                || (await ledger.PutAsync(Page(session with { Revoked = time.GetUtcNow(), Refresh = null }) with { ExpectedVersion = document.Version }, cancel)).Try(out _, out problem))
            {
                return null;
            }

            if (problem.Kind is not (ProblemKind.Conflict or ProblemKind.PreconditionFailed) || i == Attempts)
            {
                return problem;
            }
        }

        return null;
    }

    /// <summary>Ends all sign-ins of an account: it was disabled, or its role changed.</summary>
    public async ValueTask<Problem?> RevokeAllAsync(string user, CancellationToken cancel)
    {
        foreach (var session in await LiveOfAsync(user, cancel))
        {
            if (await RevokeAsync(session.Id, cancel) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    public static bool IsId(string id) => id.Length is 32 && id.All(char.IsAsciiHexDigitLower);

    public static string NewId() => Secrets.HashOf(Secrets.New())[..32];

    private bool IsLive(Session session, DateTimeOffset now) =>
        session.Revoked is null && session.Ends > now && (session.Refresh is null || IsOffline(session) || now - session.LastUsed <= options.Idle + options.AccessLife);

    private static bool IsOffline(Session session) => session.Grant.Scopes?.Split(' ').Contains("offline_access") == true;

    private async ValueTask<Problem?> MakeRoomAsync(string user, CancellationToken cancel)
    {
        foreach (var oldest in (await LiveOfAsync(user, cancel)).OrderByDescending(s => s.Began).Skip(options.MostSessions - 1))
        {
            if (await RevokeAsync(oldest.Id, cancel) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private async ValueTask<IReadOnlyList<Session>> LiveOfAsync(string user, CancellationToken cancel)
    {
        const int Most = 1000;
        var now = time.GetUtcNow();
        return (await ledger.FindAsync(Kind, [new(UserLabel, user)], Most, null, cancel)).Try(out var found, out _)
            ? [.. found.Documents.Select(d => d.As<Session>()).Where(s => IsLive(s, now))]
            : [];
    }

    private static LedgerPage Page(Session session) => Expiring.Page(
        new(Kind, session.Id), session, session.Ends, session.Grant.User is { } user ? [new LedgerLabel(UserLabel, user)] : []);
}

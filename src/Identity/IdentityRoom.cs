using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Trail;
using Kangqiao.Crypto.Keys;
using Kangqiao.Crypto.Sealing;
using Kangqiao.Identity.Accounts;
using Kangqiao.Identity.Clients;
using Kangqiao.Identity.OAuth;
using Kangqiao.Identity.Residents;
using Kangqiao.Identity.Sessions;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.Registry.Senders;

namespace Kangqiao.Identity;

/// <summary>What signing in works with. One for the life of the server.</summary>
public sealed class IdentityRoom : IAsyncDisposable
{
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource stop = new();
    private readonly Task forgetting;

    private IdentityRoom(
        IdentityOptions options, LedgerStore ledger, SenderRegistry senders, KeyRing ring, AuditTrail trail, IdTokens ids, IPhoneMessages messages, IRealNames names, TimeProvider time)
    {
        Options = options;
        Ledger = ledger;
        Trail = trail;
        Time = time;
        Ids = ids;
        Sealer = new Sealer(ring);
        Sessions = new SessionBook(ledger, options, time);
        Accounts = new AccountBook(ledger, ring, options, time);
        Clients = new ClientBook(ledger, senders, time);
        Assertions = new ClientAssertion(Clients, ledger, time);
        Phones = new PhoneSignIn(ledger, Accounts, ring, messages, names, time);
        Attempts = new AttemptCounter(options.MostAttempts, time);
        forgetting = ForgetAsync();
    }

    internal IdentityOptions Options { get; }

    internal LedgerStore Ledger { get; }

    internal AuditTrail Trail { get; }

    internal TimeProvider Time { get; }

    internal IdTokens Ids { get; }

    internal Sealer Sealer { get; }

    internal SessionBook Sessions { get; }

    internal AccountBook Accounts { get; }

    internal ClientBook Clients { get; }

    internal ClientAssertion Assertions { get; }

    internal PhoneSignIn Phones { get; }

    internal AttemptCounter Attempts { get; }

    public static Outcome<IdentityRoom> Open(
        IdentityOptions options, LedgerStore ledger, SenderRegistry senders, KeyRing ring, AuditTrail trail, IPhoneMessages messages, IRealNames names, TimeProvider time) =>
        IdTokens.In(options.DataFolder, time).Then<IdentityRoom>(ids => new IdentityRoom(options, ledger, senders, ring, trail, ids, messages, names, time));

    /// <summary>A sign-in that was not revoked and has not ended; asked at every use of a token that came from one.</summary>
    public ValueTask<bool> IsLiveAsync(string session, CancellationToken cancel = default) => Sessions.IsLiveAsync(session, cancel);

    /// <summary>Registers an application, or changes what is known of one.</summary>
    public ValueTask<Outcome<Client>> PutClientAsync(Client client, CancellationToken cancel = default) => Clients.PutAsync(client, cancel);

    /// <summary>Makes an account with a role at once: for the operator, who makes the first three administrators.</summary>
    public async ValueTask<Problem?> AddAccountAsync(string login, Grant grant, string password, bool mustChange = true, CancellationToken cancel = default)
    {
        var account = new Account(login)
        {
            Role = grant.Role, Institution = grant.Institution, Practitioner = grant.Practitioner, Region = grant.Region, Resident = grant.Resident, MustChange = mustChange,
        };
        return await Trail.AppendAsync(new AuditEntry(AuditAction.Administer, new AuditActor("operator")) { Detail = $"account {login} {grant.Role}" })
            ?? (await Accounts.AddAsync(account, password, cancel)).Problem;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await forgetting;
        Accounts.Dispose();
        stop.Dispose();
    }

    internal static AuditActor ActorOf(Grant grant) => new(grant.Role)
    {
        User = grant.User, Client = grant.Client, Institution = grant.Institution, Practitioner = grant.Practitioner, Resident = grant.Resident, Region = grant.Region, Purpose = grant.Purpose,
    };

    private async Task ForgetAsync()
    {
        try
        {
            while (true)
            {
                await Expiring.ForgetAsync(Ledger, Time.GetUtcNow(), stop.Token);
                await Task.Delay(ForgetEvery, Time, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}

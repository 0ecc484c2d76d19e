using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.Registry.Senders;

namespace Kangqiao.Identity.Clients;

/// <summary>Applications of the ledger; and every sender of the registry that has a public key is a service of its institution.</summary>
internal sealed class ClientBook(LedgerStore ledger, SenderRegistry senders, TimeProvider time)
{
    public async ValueTask<Outcome<Client?>> FindAsync(string id, CancellationToken cancel)
    {
        if (!Client.IsId(id))
        {
            return (Client?)null;
        }

        if (!(await ledger.ReadAsync(new LedgerKey(Client.Kind, id), cancel)).Try(out var document, out var problem))
        {
            return problem;
        }

        if (document is not null)
        {
            var client = document.As<Client>();
            return client.IsDisabled ? null : client;
        }

        if (!Sender.IsCode(id) || !(await senders.FindAsync(id, cancel)).Try(out var sender, out problem))
        {
            return (Client?)null;
        }

        var now = time.GetUtcNow();
        string[] keys = sender is null || sender.IsLocal || SenderRegistry.Refusal(sender, null) is not null
            ? []
            : [.. sender.Credentials.Where(c => c.PublicKey is not null && !(c.ValidUntil <= now)).Select(c => c.PublicKey!)];
        return keys.Length == 0 ? null : new Client(id, sender!.Name) { Keys = keys, Scopes = "system/*.cruds", ServiceRole = "institution", Institution = id };
    }

    public async ValueTask<Outcome<Client>> PutAsync(Client client, CancellationToken cancel)
    {
        if (!Client.IsId(client.Id))
        {
            return Problems.BadClient("its id is 3 to 40 of a-z A-Z 0-9 . - _");
        }

        // RFC 8252: an application on a device listens on its own loopback; all others are reached over TLS.
        if (client.RedirectUris.Any(u => !Uri.TryCreate(u, UriKind.Absolute, out var uri) || uri.Fragment.Length > 0 || (uri.Scheme == "http" && !uri.IsLoopback) || uri.Scheme is "javascript" or "data"))
        {
            return Problems.BadClient("a redirect address is absolute, without fragment, and https");
        }

        if (client.Keys.Any(k => ClientAssertion.KeyOf(k) is null))
        {
            return Problems.BadClient("a key is a public RSA key of 2048 bits or an EC key P-384 as JWK");
        }

        return (await ledger.PutAsync(LedgerPage.Of(new(Client.Kind, client.Id), client), cancel)).Then<Client>(_ => client);
    }
}

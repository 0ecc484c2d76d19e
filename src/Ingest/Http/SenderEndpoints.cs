using System.Text.Json;
using Kangqiao.Ingest.Hl7v2.Mllp;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.Registry.Senders;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Ingest.Http;

/// <summary>Senders, for the steward; and each for itself, to read.</summary>
internal sealed class SenderEndpoints(Door door, MllpDoor mllp)
{
    public async Task ListAsync(HttpContext http, DoorCaller caller)
    {
        if (!caller.SeesAll)
        {
            await DoorAnswer.RefuseAsync(http, Problems.NotForRole(caller.Role));
            return;
        }

        await AnswerAsync(http, (await door.Senders.ListAsync(http.RequestAborted)).Then<IReadOnlyList<Sender>>(all => all.Select(Shown).ToArray()));
    }

    /// <summary>Names under which messages came over MLLP and nobody is registered.</summary>
    public Task UnknownAsync(HttpContext http, DoorCaller caller) => caller.SeesAll
        ? DoorAnswer.WriteAsync(http, 200, JsonSerializer.SerializeToUtf8Bytes(mllp.Unknown, LedgerJson.Options))
        : DoorAnswer.RefuseAsync(http, Problems.NotForRole(caller.Role));

    public async Task ReadAsync(HttpContext http, DoorCaller caller, string code) => await AnswerAsync(
        http,
        !caller.MaySee(code) ? Registry.Problems.NoSuchSender(code)
        : (await door.Senders.FindAsync(code, http.RequestAborted)).Then<Sender>(s => s is null ? Registry.Problems.NoSuchSender(code) : Shown(s)));

    /// <summary>Enters a sender (state applied), or changes its name, feeds, keys or networks.</summary>
    public Task PutAsync(HttpContext http, DoorCaller caller) => ChangeAsync<Sender>(
        http, caller,
        async (sender, cancel) =>
        {
            var known = (await door.Senders.FindAsync(sender.Code ?? "", cancel)).Then<Sender?>(s => s);
            return known.Problem is { } problem ? problem
                : await door.Senders.PutAsync(sender with { Credentials = known.Value?.Credentials ?? [] }, SenderState.Applied, caller.Role, "applied", cancel);
        });

    public Task StepAsync(HttpContext http, DoorCaller caller, string code) => ChangeAsync<Step>(
        http, caller, (step, cancel) => door.Senders.StepAsync(code, step.State, caller.Role, step.Why ?? "", cancel));

    public Task CredentialAsync(HttpContext http, DoorCaller caller, string code) => ChangeAsync<NewCredential>(
        http, caller,
        (given, cancel) => string.IsNullOrWhiteSpace(given.Name) || given is { Secret: null, PublicKey: null, CertificateHash: null }
            ? new(Problems.BadRequest("A credential has a name, and a secret, a publicKey (JWK) or a certificateHash."))
            : given.Secret is { Length: < 16 }
                ? new(Problems.BadRequest("A secret has at least 16 characters."))
                : door.Senders.SetCredentialAsync(
                    code,
                    new Credential(given.Name)
                    {
                        SecretHash = given.Secret is { } secret ? SecretHash.Of(secret) : null,
                        PublicKey = given.PublicKey is { ValueKind: JsonValueKind.Object } key ? key.GetRawText() : null,
                        CertificateHash = given.CertificateHash,
                        ValidUntil = given.ValidUntil,
                    },
                    cancel));

    /// <summary>Takes one file of a registry.</summary>
    public async Task RegistryAsync(HttpContext http, DoorCaller caller, string name)
    {
        if (!caller.IsSystem)
        {
            await DoorAnswer.RefuseAsync(http, Problems.NotForRole(caller.Role));
            return;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        await AnswerAsync(http, await door.LoadRegistryAsync(name, body.ToArray(), caller.Role, http.RequestAborted));
    }

    private static async Task ChangeAsync<T>(HttpContext http, DoorCaller caller, Func<T, CancellationToken, ValueTask<Outcome<Sender>>> change)
        where T : class
    {
        if (!caller.SeesAll)
        {
            await DoorAnswer.RefuseAsync(http, Problems.NotForRole(caller.Role));
            return;
        }

        T? asked;
        try
        {
            asked = await JsonSerializer.DeserializeAsync<T>(http.Request.Body, LedgerJson.Options, http.RequestAborted);
        }
        catch (JsonException wrong)
        {
            await DoorAnswer.RefuseAsync(http, Problems.BadRequest($"The body cannot be read: {wrong.Message}"));
            return;
        }

        await AnswerAsync(http, asked is null ? Problems.Empty() : (await change(asked, http.RequestAborted)).Then<Sender>(s => Shown(s)));
    }

    private static Task AnswerAsync<T>(HttpContext http, Outcome<T> outcome) => outcome.Try(out var value, out var problem)
        ? DoorAnswer.WriteAsync(http, 200, JsonSerializer.SerializeToUtf8Bytes(value, LedgerJson.Options))
        : DoorAnswer.RefuseAsync(http, problem);

    /// <summary>Without what proves who it is.</summary>
    private static Sender Shown(Sender sender) => sender with
    {
        Credentials = [.. sender.Credentials.Select(c => c with { SecretHash = c.SecretHash is null ? null : "set" })],
    };

    private sealed record Step(SenderState State, string? Why);

    private sealed record NewCredential(string Name)
    {
        public string? Secret { get; init; }

        public JsonElement? PublicKey { get; init; }

        public string? CertificateHash { get; init; }

        public DateTimeOffset? ValidUntil { get; init; }
    }
}

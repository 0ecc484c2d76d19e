using System.Buffers;
using Kangqiao.Audit.Entries;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Auditing;
using Kangqiao.Rest.Bundles;
using Kangqiao.Rest.Callers;
using Kangqiao.Rest.Interactions;

namespace Kangqiao.Rest.Inside;

/// <summary>
/// FHIR's interactions for callers in this process, such as pages: the same gate, the same sight, the same masks and the same trail as over HTTP,
/// without HTTP.
/// </summary>
public sealed class InsideRecords
{
    private readonly RestRoom room;

    internal InsideRecords(RestRoom room) => this.room = room;

    /// <summary>What POST of a resource to its type, or PUT to its address, answers to the caller.</summary>
    /// <param name="resource">FHIR JSON.</param>
    public ValueTask<Outcome<ReadOnlyMemory<byte>>> WriteAsync(Caller caller, string method, string address, ReadOnlyMemory<byte> resource, CancellationToken cancel = default) =>
        AskAsync(caller, method, address, resource, cancel);

    /// <summary>What GET answers to the caller.</summary>
    /// <param name="address">Below the base, with its query: <c>Observation?patient=1&amp;_sort=-date</c>. Values are escaped as in any address.</param>
    /// <returns>FHIR JSON.</returns>
    public ValueTask<Outcome<ReadOnlyMemory<byte>>> GetAsync(Caller caller, string address, CancellationToken cancel = default) =>
        AskAsync(caller, "GET", address, default, cancel);

    /// <summary>Somebody was refused something that is no record, such as a page: it goes on record all the same.</summary>
    /// <param name="what">What it was; nothing of anybody.</param>
    public ValueTask<Problem?> RefusedAsync(Caller caller, string what) =>
        room.Trail.AppendAsync([new AuditEntry(AuditAction.Operation, Actors.Of(caller)) { Outcome = AuditOutcome.Refused, Detail = what }]);

    private async ValueTask<Outcome<ReadOnlyMemory<byte>>> AskAsync(Caller caller, string method, string address, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(address);
        var query = address.IndexOf('?', StringComparison.Ordinal);
        var parameters = new AskParameters();
        if (query >= 0 && parameters.Add(address.AsSpan(query + 1)) is { } tooMany)
        {
            return tooMany;
        }

        if (!Target.Parse(query < 0 ? address : address[..query]).Try(out var target, out var problem))
        {
            return problem;
        }

        var ask = new Ask
        {
            Method = method,
            Target = target,
            Address = address,
            Base = room.Options.OwnAddress,
            Caller = caller,
            Parameters = parameters,
            BodyKind = body.IsEmpty ? BodyKind.None : BodyKind.Resource,
            Body = body,
        };
        if (InteractionTable.Find(method, target, out var refused) is not { IsStreamed: false } interaction)
        {
            return refused?.Problem ?? Problems.NotInside(target.Operation ?? address);
        }

        var answer = Gate.Refusal(room, interaction, ask) is { } closed ? Answer.Refused(closed) : Batch.Cut(ask, await interaction.Handle(room, ask, cancel));

        // Nothing leaves before it is on record.
        var disclosure = new Disclosure { Target = target, Actor = Actors.Of(caller) };
        if (await room.Trail.AppendAsync(disclosure.Entries(method, address, null, answer)) is { } unwritten)
        {
            return unwritten;
        }

        if (answer.Problem is { } stood)
        {
            return stood;
        }

        if (answer.Status >= 400)
        {
            return Problems.NotTaken();
        }

        var json = new ArrayBufferWriter<byte>(4096);
        answer.Body?.Write(json);
        return json.WrittenMemory;
    }
}

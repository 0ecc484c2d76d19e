using System.Buffers;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Bundles;
using Kangqiao.Rest.Callers;
using Kangqiao.Rest.Interactions;

namespace Kangqiao.Rest.Inside;

/// <summary>
/// FHIR's readings for callers in this process, such as pages: the same gate, the same sight, the same masks as over HTTP, without HTTP.
/// </summary>
public sealed class InsideRecords
{
    private readonly RestRoom room;

    internal InsideRecords(RestRoom room) => this.room = room;

    /// <summary>What GET answers to the caller.</summary>
    /// <param name="address">Below the base, with its query: <c>Observation?patient=1&amp;_sort=-date</c>. Values are escaped as in any address.</param>
    /// <returns>FHIR JSON.</returns>
    public async ValueTask<Outcome<ReadOnlyMemory<byte>>> GetAsync(Caller caller, string address, CancellationToken cancel = default)
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

        var ask = new Ask { Method = "GET", Target = target, Address = address, Base = room.Options.OwnAddress, Caller = caller, Parameters = parameters };
        if (InteractionTable.Find("GET", target, out var refused) is not { IsStreamed: false } interaction)
        {
            return refused?.Problem ?? Problems.NotInside(target.Operation ?? address);
        }

        if (Gate.Refusal(room, interaction, ask) is { } closed)
        {
            return closed;
        }

        var answer = Batch.Cut(ask, await interaction.Handle(room, ask, cancel));
        if (answer.Problem is { } stood)
        {
            return stood;
        }

        var json = new ArrayBufferWriter<byte>(4096);
        answer.Body?.Write(json);
        return json.WrittenMemory;
    }
}

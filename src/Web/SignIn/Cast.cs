using Kangqiao.Registry.Senders;
using Kangqiao.Rest.Inside;

namespace Kangqiao.Web.SignIn;

/// <summary>Who can be played in a demonstration, each with the name of its institution. Found once, when first asked for.</summary>
internal sealed class Cast(WebOptions options, InsideRecords records, SenderRegistry senders) : IDisposable
{
    private readonly SemaphoreSlim finding = new(1);
    private IReadOnlyList<(Part Part, string? Place)>? found;

    /// <summary>Nobody, outside a demonstration.</summary>
    public async ValueTask<IReadOnlyList<(Part Part, string? Place)>> AllAsync(CancellationToken cancel)
    {
        if (!options.IsDemo || options.Parts is not { } find)
        {
            return [];
        }

        if (found is not null)
        {
            return found;
        }

        await finding.WaitAsync(cancel);
        try
        {
            if (found is null)
            {
                var all = new List<(Part, string?)>();
                foreach (var part in await find(records, cancel))
                {
                    all.Add((part, part.Caller.Institution is { } code && (await senders.FindAsync(code, cancel)).Try(out var sender, out _) ? sender?.Name : null));
                }

                found = all;
            }

            return found;
        }
        finally
        {
            finding.Release();
        }
    }

    public void Dispose() => finding.Dispose();
}

using Kangqiao.Audit.Entries;
using Kangqiao.Crypto.Keys;
using Kangqiao.Crypto.Sealing;
using Kangqiao.Crypto.Signatures;
using Kangqiao.Kernel;

namespace Kangqiao.Audit.Trail;

/// <summary>
/// Deletes parts whose time is over, whole months only: first an entry in the trail and a signed anchor say so, then the files go. The anchors
/// stay, so that the check of the whole trail knows which parts went by right.
/// </summary>
public sealed class Retention(AuditTrail trail, KeyRing ring, TimeProvider time)
{
    private static readonly AuditActor Platform = new("platform");

    /// <returns>How many parts were deleted.</returns>
    public async ValueTask<Outcome<int>> RunAsync()
    {
        var options = trail.Options;
        var months = Math.Max(options.KeepMonths, AuditOptions.LeastKeepMonths);
        var first = SegmentName.MonthOf(time.GetUtcNow().AddMonths(-months));
        var signer = new DocumentSigner(ring, time);
        var marker = new Marker(ring);
        var gone = 0;
        try
        {
            foreach (var name in SegmentName.All(options.Root).Where(n => string.CompareOrdinal(SegmentName.MonthOf(SegmentName.OpenedAt(n)!.Value), first) < 0))
            {
                if (Reached.Read(SegmentName.FileOf(options.Root, name, SegmentName.HeadExtension), marker) is not { } reached)
                {
                    // Something is wrong with it: that is for the check to tell, not for us to clear away.
                    continue;
                }

                if (!Anchor.Sign(name, reached, isEnd: true, isRetired: true, signer).Try(out var anchor, out var problem)
                    || (problem = await trail.AppendAsync(new AuditEntry(AuditAction.Retire, Platform) { Detail = $"{name} {reached.Entries}" })) is not null)
                {
                    return problem;
                }

                anchor.Append(options.Anchors);
                trail.Index.Forget(name);
                foreach (var file in Directory.EnumerateFiles(SegmentName.FolderOf(options.Root, name), name + ".*").ToList())
                {
                    File.Delete(file);
                }

                gone++;
            }

            return gone;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Problems.CannotWrite(fault.Message);
        }
    }
}

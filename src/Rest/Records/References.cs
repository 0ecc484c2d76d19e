using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Standard.Making;
using Kangqiao.Standard.Naming;

namespace Kangqiao.Rest.Records;

/// <summary>
/// References of a single resource as the store is to have them: "Patient?identifier=…" becomes the record it finds (as
/// http.html#trules has it for transactions), and this server's own address before Type/id is left out (references.html: a relative
/// reference means just that), so that compartments, chains and includes follow it.
/// </summary>
internal static class References
{
    /// <summary>Rewrites what was read last, where there is something to rewrite.</summary>
    /// <returns>Null, or why a reference finds nothing or too much.</returns>
    public static async ValueTask<Answer?> ResolveAsync(RestRoom room, Ask ask, Workbench bench, CancellationToken cancel)
    {
        var document = bench.Document;
        if (!document.Utf8.Contains((byte)'?') && document.Utf8.IndexOf(Encoding.UTF8.GetBytes(ask.Base + "/")) < 0)
        {
            return null;
        }

        var spots = new List<ReferenceSpot>();
        new ReferenceSpots(hasHttpNames: false).Collect(document.Root, spots);
        var names = new NewNames();
        var isAny = false;
        foreach (var text in spots.Where(s => s.IsReference).Select(s => NewNames.TextOf(document.Utf8.Slice(s.Start, s.Length))).Distinct(StringComparer.Ordinal))
        {
            if (Relative(text, ask.Base) is { } relative)
            {
                isAny |= names.TryAdd(text, relative);
            }
            else if (IsConditional(text))
            {
                if (!(await FindAsync(room, ask, text, cancel)).Try(out var found, out var problem))
                {
                    return Answer.Refused(problem);
                }

                isAny |= names.TryAdd(text, found);
            }
        }

        return isAny && names.Rewrite(document.Utf8, document.Root, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(spots), null) is { } rewritten
            ? bench.Read(rewritten)
            : null;
    }

    /// <summary>Type/id of a reference that names this server; null for others.</summary>
    public static string? Relative(string reference, string ownBase)
    {
        if (!reference.StartsWith(ownBase, StringComparison.Ordinal) || reference.Length <= ownBase.Length || reference[ownBase.Length] != '/')
        {
            return null;
        }

        var rest = reference[(ownBase.Length + 1)..];
        var parts = rest.Split('/');
        return parts is [_, _] or [_, _, "_history", _] && R4.Facts.Type(parts[0]) is { IsResource: true, IsAbstract: false } ? rest : null;
    }

    public static bool IsConditional(string reference) =>
        reference.IndexOf('?', StringComparison.Ordinal) is > 0 and var mark
        && R4.Facts.Type(reference.AsSpan(0, mark)) is { IsResource: true, IsAbstract: false };

    private static async ValueTask<Outcome<string>> FindAsync(RestRoom room, Ask ask, string reference, CancellationToken cancel)
    {
        var mark = reference.IndexOf('?', StringComparison.Ordinal);
        var type = reference[..mark];
        if (!(await Condition.FindAsync(room, ask, type, reference[(mark + 1)..], cancel)).Try(out var condition, out var problem))
        {
            return problem;
        }

        return condition.Matches switch
        {
            [] => Problems.ReferenceNotFound(reference),
            [var one] => one.Key.ToString(),
            _ => Problems.ManyMatches(type, reference),
        };
    }
}

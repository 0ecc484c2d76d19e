using Kangqiao.Kernel;
using Kangqiao.Ledger;

namespace Kangqiao.PatientIndex.Reviews;

/// <summary>Which reviews are asked for; all of it must hold.</summary>
public sealed record ReviewAsk
{
    public bool IsOpen { get; init; } = true;

    /// <summary>A <see cref="Linking.DoubtKind"/> in small letters; null for all.</summary>
    public string? Kind { get; init; }

    public string? Institution { get; init; }

    /// <summary>A division with 2, 4, 6, 9 or 12 digits.</summary>
    public string? Region { get; init; }

    /// <summary>Id of a resident.</summary>
    public string? Resident { get; init; }

    public int Limit { get; init; } = 50;

    public long? After { get; init; }
}

/// <summary>Keeps reviews in the ledger.</summary>
internal sealed class ReviewShelf(LedgerStore ledger)
{
    /// <summary>Keeps what is new; what was decided already stays so.</summary>
    public async ValueTask<Problem?> NoteAsync(IReadOnlyList<Review> reviews, CancellationToken cancel)
    {
        var distinct = reviews.DistinctBy(r => r.Id).ToList();
        if (distinct.Count == 0)
        {
            return null;
        }

        if (!(await ledger.ReadAsync([.. distinct.Select(r => Review.KeyOf(r.Id))], cancel)).Try(out var there, out var problem))
        {
            return problem;
        }

        var fresh = distinct.Where((_, i) => there[i] is null).Select(r => r.ToPage()).ToList();
        return fresh.Count == 0 ? null : (await ledger.PutAsync(fresh, cancel)).Problem;
    }

    public async ValueTask<Outcome<(Review Review, long Version)?>> FindAsync(string id, CancellationToken cancel) =>
        id.Length != 32 || !id.All(char.IsAsciiHexDigitLower)
            ? ((Review, long)?)null
            : (await ledger.ReadAsync(Review.KeyOf(id), cancel)).Then<(Review, long)?>(d => d is null ? ((Review, long)?)null : (Of(d), d.Version));

    // The ledger keeps a document's id beside it and not in it.
    private static Review Of(LedgerDocument document) => document.As<Review>() with { Id = document.Key.Id };

    public async ValueTask<Problem?> PutAsync(Review review, long? expected, CancellationToken cancel) => (await ledger.PutAsync(review.ToPage(expected), cancel)).Problem;

    public async ValueTask<Outcome<(IReadOnlyList<Review> Reviews, long Total, long? Next)>> ListAsync(ReviewAsk ask, CancellationToken cancel)
    {
        var labels = new List<LedgerLabel> { new('s', ask.IsOpen ? "open" : "decided") };
        Add('k', ask.Kind);
        Add('i', ask.Institution);
        Add('r', ask.Region);
        Add('p', ask.Resident);
        return (await ledger.FindAsync(Review.DocumentKind, labels, ask.Limit, ask.After, cancel)).Try(out var list, out var problem)
            && (await ledger.CountAsync(Review.DocumentKind, labels, cancel)).Try(out var total, out problem)
                ? (list.Documents.Select(Of).ToArray(), total, list.Next)
                : problem;

        void Add(char kind, string? value)
        {
            if (value is { Length: > 0 })
            {
                labels.Add(new(kind, value));
            }
        }
    }
}

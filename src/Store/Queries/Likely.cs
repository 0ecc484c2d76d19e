using Kangqiao.Store.Search;

namespace Kangqiao.Store.Queries;

/// <summary>
/// What terms can say of a condition: no record outside <paramref name="Maybe"/> meets it, and each inside does, unless it is
/// in <paramref name="Doubt"/>. All that Doubt finds is found by Maybe, so that it can be asked alone.
/// </summary>
internal readonly record struct Likely(TermQuery Maybe, TermQuery Doubt)
{
    public static Likely Sure(TermQuery query) => new(query, TermQuery.Nothing);

    /// <summary>Each has to be looked at.</summary>
    public static Likely Unsure(TermQuery query) => new(query, query);

    /// <param name="doubt">Doubtful, where <paramref name="maybe"/> finds it at all.</param>
    public static Likely Among(TermQuery maybe, TermQuery doubt) => new(maybe, doubt is TermQuery.NoRecord ? doubt : TermQuery.AllOf(maybe, doubt));

    public static Likely AllOf(params IReadOnlyList<Likely> parts)
    {
        var maybe = TermQuery.AllOf([.. parts.Select(p => p.Maybe)]);
        var doubtful = parts.Where(p => p.Doubt is not TermQuery.NoRecord).ToList();
        return doubtful.Count switch
        {
            0 => Sure(maybe),

            // What is doubtful of the one among what the others find: its own, often wide, range is not asked again.
            1 => new(maybe, TermQuery.AllOf([.. parts.Select(p => p.Doubt is TermQuery.NoRecord ? p.Maybe : p.Doubt)])),
            _ => Among(maybe, TermQuery.AnyOf([.. doubtful.Select(p => p.Doubt)])),
        };
    }

    public static Likely AnyOf(params IReadOnlyList<Likely> parts) =>
        new(TermQuery.AnyOf([.. parts.Select(p => p.Maybe)]), TermQuery.AnyOf([.. parts.Select(p => p.Doubt)]));

    /// <summary>The records that do not meet it.</summary>
    public Likely Not() => Doubt is TermQuery.NoRecord
        ? Sure(TermQuery.Without(Maybe))
        : Doubt == Maybe
            ? new(TermQuery.Everything, Doubt)
            : new(TermQuery.Without(TermQuery.AllOf(Maybe, TermQuery.Without(Doubt))), Doubt);

    /// <summary>The same records, but each has to be looked at.</summary>
    public Likely Doubted() => Unsure(Maybe);
}

using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;

namespace Kangqiao.Store.Queries;

/// <summary>R4 search.html#total.</summary>
public enum TotalMode
{
    None,

    /// <summary>A count if it is to be had quickly.</summary>
    Estimate,
    Accurate,
}

/// <summary>"Patient/1/Observation": only what is in one of these compartments.</summary>
/// <param name="Type">Patient, Encounter, Practitioner, RelatedPerson or Device.</param>
/// <param name="Ids">Several for a resident whose records have several source patients.</param>
public sealed record CompartmentAsk(string Type, IReadOnlyList<string> Ids);

/// <summary>What the server decides of searches.</summary>
public sealed record SearchOptions
{
    public static readonly SearchOptions Default = new();

    /// <summary>_count where it is not said.</summary>
    public int PageSize { get; init; } = 20;

    /// <summary>A larger _count is cut to this, as R4 allows (search.html#count).</summary>
    public int LargestPage { get; init; } = 1000;

    /// <summary>Only what was done in this time, as far as a record says when; R4's start and end of $everything.</summary>
    public (string? From, string? To) Care { get; init; }

    /// <summary>Unknown parameters are left out and named in <see cref="SearchRequest.Ignored"/>; else they are refused.</summary>
    public bool IsLenient { get; init; }
}

/// <summary>A search, read and checked, for any number of runs. Made by <see cref="SearchRequestParser"/>.</summary>
public sealed class SearchRequest
{
    internal SearchRequest(IReadOnlyList<TypeAsk> types, SearchContext context)
    {
        Asks = types;
        Context = context;
    }

    /// <summary>The types searched; one, but for a search over all.</summary>
    public IEnumerable<string> Types => Asks.Select(a => a.Plan.Type.Name);

    /// <summary>Matches on a page. 0: only the total is asked.</summary>
    public int Count { get; internal set; }

    public TotalMode Total { get; internal set; }

    /// <summary>_summary=count or _count=0: a total and no entries.</summary>
    public bool IsCountOnly { get; internal set; }

    /// <summary>Names left out, when lenient.</summary>
    public IReadOnlyList<string> Ignored => IgnoredNames;

    internal List<string> IgnoredNames { get; } = [];

    internal IReadOnlyList<TypeAsk> Asks { get; }

    internal SearchContext Context { get; }

    internal CompartmentAsk? Compartment { get; set; }

    internal List<SortKey> Sort { get; } = [];

    internal List<IncludeAsk> Includes { get; } = [];

    /// <summary>The page asked for, as the answer before gave it.</summary>
    internal string? Page { get; set; }

    /// <summary>Tells this search from others in page links.</summary>
    internal long Fingerprint { get; set; }
}

/// <summary>What is asked of the records of one type; all of it must hold.</summary>
internal sealed class TypeAsk(SearchPlan plan)
{
    public SearchPlan Plan { get; } = plan;

    public List<SearchClause> Clauses { get; } = [];

    public List<IdAsk> Ids { get; } = [];

    public List<ChainAsk> Chains { get; } = [];

    public List<HasAsk> Has { get; } = [];

    public List<FilterNode> Filters { get; } = [];

    public List<TextQuestion> Texts { get; } = [];

    public List<ListAsk> Lists { get; } = [];

    public List<HierarchyAsk> Hierarchies { get; } = [];

    public void Take(TypeAsk other)
    {
        Clauses.AddRange(other.Clauses);
        Ids.AddRange(other.Ids);
        Chains.AddRange(other.Chains);
        Has.AddRange(other.Has);
        Filters.AddRange(other.Filters);
        Texts.AddRange(other.Texts);
        Lists.AddRange(other.Lists);
        Hierarchies.AddRange(other.Hierarchies);
    }
}

/// <summary>_id=a,b or _id:not=a.</summary>
internal sealed record IdAsk(string[] Ids, bool IsNot);

/// <summary>_list=a,b: what one of these Lists names.</summary>
internal sealed record ListAsk(string[] Ids);

/// <summary>"location:below=Location/1": at the place or in a part of it (R4 search.html#recursive).</summary>
/// <param name="Clause">The same without the modifier.</param>
internal sealed record HierarchyAsk(string Name, SearchClause Clause, bool IsBelow);

/// <summary>"subject:Patient.name=…": the record refers to one that meets the target's ask.</summary>
internal sealed record ChainAsk(string Name, int Position, IReadOnlyList<TypeAsk> Targets);

/// <summary>"_has:Observation:patient:code=…": one that meets the inner ask refers to the record.</summary>
/// <param name="Name">As in the query.</param>
/// <param name="Position">Of the reference parameter in the inner plan.</param>
internal sealed record HasAsk(string Name, int Position, TypeAsk Inner);

/// <param name="Code">A search parameter, or null for all of the type.</param>
/// <param name="Source">The type with the reference; null for any.</param>
/// <param name="Target">Null for any.</param>
internal sealed record IncludeAsk(bool IsReverse, bool IsIterate, string? Source, string? Code, TypeFact? Target);

internal enum SortBy
{
    Parameter,
    Id,
    LastUpdated,
}

internal sealed record SortKey(SortBy By, string Code, SearchType Type, bool IsDescending);

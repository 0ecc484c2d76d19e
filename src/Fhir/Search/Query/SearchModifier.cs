using Kangqiao.Fhir.Codes;

namespace Kangqiao.Fhir.Search.Query;

/// <summary>R4 search.html#modifiers.</summary>
public enum SearchModifier : byte
{
    None,
    Missing,
    Exact,
    Contains,
    Text,
    Not,
    Above,
    Below,
    In,
    NotIn,
    OfType,
    Identifier,

    /// <summary>:Patient and the like on a reference: <see cref="SearchClause.TargetType"/>.</summary>
    Type,
}

/// <summary>R4 search.html#prefix.</summary>
public enum SearchPrefix : byte
{
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    Sa,
    Eb,
    Ap,
}

/// <summary>What asking depends on besides the words.</summary>
/// <param name="Now">For "ap" of dates: a tenth of the way from the date to now.</param>
/// <param name="OwnBase">"https://host/fhir": references under it are the same as relative ones. Null if none are.</param>
/// <param name="Terminology">For :in, :not-in, :above and :below of codes; without it they find nothing.</param>
public sealed record SearchContext(DateTimeOffset Now, string? OwnBase = null, ITerminology? Terminology = null)
{
    internal byte[] OwnBaseUtf8 { get; } = OwnBase is null ? [] : SearchForms.Utf8(OwnBase.TrimEnd('/') + "/");
}

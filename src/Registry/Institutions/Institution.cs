using Kangqiao.Registry.Senders;

namespace Kangqiao.Registry.Institutions;

/// <summary>A health institution as the registry's files describe it; kept as an <c>Organization</c> and, as far as it sends, a <see cref="Sender"/>.</summary>
/// <param name="Code">The sender's code, and the record's id.</param>
public sealed record Institution(string Code, string Name)
{
    /// <summary>Class by WS 218, such as A100.</summary>
    public string? Class { get; init; }

    /// <summary>一级, 二级, 三级.</summary>
    public string? Level { get; init; }

    /// <summary>甲等, 乙等, 丙等.</summary>
    public string? Grade { get; init; }

    /// <summary>Economic type by GB/T 12402.</summary>
    public string? Ownership { get; init; }

    /// <summary>Code of the institution that leads the consortium (医联体) it belongs to.</summary>
    public string? Consortium { get; init; }

    /// <summary>Licence number (医疗机构执业许可证登记号).</summary>
    public string? Licence { get; init; }

    /// <summary>Unified social credit code, checked by GB 32100.</summary>
    public string? CreditCode { get; init; }

    /// <summary>22 characters of WS 218.</summary>
    public string? Ws218 { get; init; }

    /// <summary>GB/T 2260 or one of the city's own, down to street and township.</summary>
    public string? Region { get; init; }

    public string? Phone { get; init; }

    public string? Address { get; init; }

    public SenderKind Kind { get; init; }

    /// <summary>State in which it enters; admitted unless said otherwise.</summary>
    public SenderState? State { get; init; }

    public IReadOnlyList<Feed> Feeds { get; init; } = [];

    public IReadOnlyList<KeySystem> Keys { get; init; } = [];

    public IReadOnlyList<string> Addresses { get; init; } = [];
}

/// <param name="Parent">Code of the region around it; the first six digits, else four, else two, where none is named.</param>
/// <param name="Kind">province, city, district, street, township, community, village.</param>
public sealed record Region(string Code, string Name, string? Parent, string? Kind);

/// <param name="Subject">诊疗科目, such as 03.01.</param>
public sealed record Department(string Institution, string Code, string Name, string? Subject);

/// <param name="Id">Staff number, unique in the institution.</param>
/// <param name="Certificate">医师执业证书编号.</param>
public sealed record Practitioner(string Institution, string Id, string Name)
{
    public string? Gender { get; init; }

    /// <summary>Code of the department.</summary>
    public string? Department { get; init; }

    public string? Title { get; init; }

    public string? Certificate { get; init; }
}

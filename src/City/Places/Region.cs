namespace Kangqiao.City.Places;

/// <summary>A district, county or county-level city. Code: six digits as GB/T 2260 has them, beginning with the unassigned 10.</summary>
internal sealed record District(string Code, string Name, string Kind)
{
    public List<Township> Townships { get; } = [];
}

/// <summary>A street, town or township, nine digits as in GB/T 10114.</summary>
internal sealed record Township(string Code, string Name, District District)
{
    public List<Community> Communities { get; } = [];

    /// <summary>A street (街道) rather than a town or township.</summary>
    public bool IsStreet => Name.EndsWith("街道", StringComparison.Ordinal);
}

/// <summary>A community or village committee, twelve digits.</summary>
internal sealed record Community(string Code, string Name, Township Township);

/// <summary>Where somebody lives.</summary>
internal sealed record Address(Community Community, string Line)
{
    public Township Township => Community.Township;

    public District District => Community.Township.District;

    public string Text(string city) => city + District.Name + Township.Name + Community.Name + Line;
}

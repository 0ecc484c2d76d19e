using Kangqiao.City.Content;

namespace Kangqiao.City.Places;

/// <summary>One institution of the city. Its code is what it is called in the registry and what its folder of files is named.</summary>
internal sealed record Institution(int Number, string Code, string Name, InstitutionKind Kind, District District)
{
    /// <summary>The street or town it serves, for primary care.</summary>
    public Township? Township { get; init; }

    public required string System { get; init; }

    public required string OrganisationCode { get; init; }

    public required string SocialCreditCode { get; init; }

    /// <summary>WS 218: organisation, division, ownership, class, management.</summary>
    public required string Ws218Code { get; init; }

    public required string Licence { get; init; }

    public required string Line { get; init; }

    /// <summary>The hospital that leads the consortium (医联体) it belongs to.</summary>
    public Institution? Leader { get; set; }

    public Dictionary<string, Practitioner[]> Doctors { get; } = new(StringComparer.Ordinal);

    public bool IsPrimary => Township is not null;

    public bool IsHospital => Kind.Class[0] is 'A' or 'G';

    public bool SeesPatients => Doctors.Count > 0 && Kind.Class[0] is 'A' or 'B' or 'C' or 'D' or 'G';
}

/// <param name="StaffNumber">Within the institution.</param>
internal sealed record Practitioner(string Institution, string StaffNumber, string Name, Sex Sex, Department Department, string Title, string TitleCode, string Certificate)
{
    /// <summary>As the registry names them to the whole city.</summary>
    public string RegistryNumber => $"{Institution}|{StaffNumber}";
}

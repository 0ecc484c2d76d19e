using Kangqiao.City.Content;
using Kangqiao.City.People;
using Kangqiao.City.Places;

namespace Kangqiao.City.Lives;

/// <summary>A person as one institution knows them: with its own number, and with what its registration desk got wrong.</summary>
internal sealed class SourcePatient(Person person, Institution institution, string localId)
{
    private int visits;
    private int documents;

    public Person Person { get; } = person;

    public Institution Institution { get; } = institution;

    public string LocalId { get; } = localId;

    public required string Name { get; set; }

    public required Sex Sex { get; init; }

    public required DateOnly Birth { get; init; }

    /// <summary>As written down: 18 or 15 digits, missing, or a newborn's mother's.</summary>
    public string? IdCard { get; set; }

    public string? Phone { get; init; }

    public required Address Home { get; set; }

    public Marital Marital { get; set; }

    /// <summary>Known by a parent's papers.</summary>
    public Person? Guardian { get; init; }

    public bool IsDead { get; set; }

    /// <summary>Whether the institution has sent the patient already.</summary>
    public bool IsIntroduced { get; set; }

    public string NextVisit(char kind) => $"{kind}{LocalId}{++visits:D3}";

    public string NextDocument(char kind) => $"{kind}{LocalId}{++documents:D4}";
}

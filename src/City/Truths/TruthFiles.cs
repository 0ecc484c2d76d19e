using System.Text;
using Kangqiao.City.Lives;
using Kangqiao.City.People;
using Kangqiao.City.Planting;

namespace Kangqiao.City.Truths;

/// <summary>truth/: who is who, and what is to be found. The columns are a contract with checks outside this project.</summary>
internal static class TruthFiles
{
    public const string Persons = "truth/persons.csv";
    public const string Records = "truth/records.csv";
    public const string Mistakes = "truth/mistakes.csv";
    public const string Plants = "truth/plants.csv";

    public static readonly (string Path, string Header)[] Headers =
    [
        (Persons, "person_id,name,sex,birth_date,death_date,id_card"),
        (Records, "institution,source_type,source_id,person_id"),
        (Mistakes, "institution,source_id,finding_code"),
        (Plants, "kind,institution,region,from,to,key,expected"),
    ];

    public static void Person(StringBuilder to, Person person) => to
        .Append(person.Id).Append(',').Append(person.Name).Append(',').Append(person.Sex == Content.Sex.Male ? "male" : "female").Append(',')
        .Append($"{person.Birth:yyyy-MM-dd}").Append(',').Append(person.Death is { } death ? $"{death:yyyy-MM-dd}" : "").Append(',')
        .Append(person.IdCard ?? "").Append('\n');

    public static void Record(StringBuilder to, string institution, string type, string id, Person person) => to
        .Append(institution).Append(',').Append(type).Append(',').Append(id).Append(',').Append(person.Id).Append('\n');

    public static void Mistake(StringBuilder to, string institution, string source, string code) => to
        .Append(institution).Append(',').Append(source).Append(',').Append(code).Append('\n');

    /// <summary>Expected: how many records show it.</summary>
    public static void Plant(StringBuilder to, Plant plant, int expected) => to
        .Append(plant.Kind).Append(',').Append(plant.Institution?.Code).Append(',').Append(plant.Region).Append(',')
        .Append($"{plant.From:yyyy-MM-dd},{plant.To:yyyy-MM-dd},").Append(plant.Key).Append(',').Append(expected).Append('\n');

    public static void Plant(StringBuilder to, DuplicateTest twice) => to
        .Append("duplicate-test,").Append(twice.Institution).Append(',').Append(twice.Region).Append(',')
        .Append($"{twice.From:yyyy-MM-dd},{twice.To:yyyy-MM-dd},").Append(twice.Key).Append(",1\n");
}

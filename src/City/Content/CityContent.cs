using Kangqiao.City.Chances;
using Kangqiao.Kernel;

namespace Kangqiao.City.Content;

/// <summary>Everything in content/city, read and checked once; immutable and shared by all threads afterwards.</summary>
internal sealed class CityContent
{
    public required PeopleContent People { get; init; }

    public required Rates Rates { get; init; }

    public required RegionRow[] Regions { get; init; }

    public required InstitutionKind[] Institutions { get; init; }

    public required Dictionary<string, Department> Departments { get; init; }

    public required Dictionary<string, Panel> Panels { get; init; }

    public required Dictionary<string, Examination> Examinations { get; init; }

    public required Dictionary<string, Drug> Drugs { get; init; }

    public required Dictionary<string, Operation> Operations { get; init; }

    public required Disease[] Diseases { get; init; }

    public required Decoction[] Decoctions { get; init; }

    public required Dose[] Doses { get; init; }

    public required DeathCause[] DeathCauses { get; init; }

    public required PlantKind[] Plants { get; init; }

    public required MistakeShare[] Mistakes { get; init; }

    /// <summary>By the code of the disease.</summary>
    public required Dictionary<string, Disease> DiseasesByCode { get; init; }

    /// <param name="folder">content/city.</param>
    public static Outcome<CityContent> Load(string folder)
    {
        try
        {
            return Read(folder);
        }
        catch (TableException wrong)
        {
            return wrong.Problem;
        }
    }

    private static CityContent Read(string folder)
    {
        var departments = Rows("departments").ToDictionary(r => r.Text("code"), r => new Department(r.Text("code"), r.Text("name"), (decimal)r.Number("fee")), StringComparer.Ordinal);
        var panels = CareTables.Panels(folder);
        var examinations = CareTables.Examinations(folder);
        var drugs = CareTables.Drugs(folder);
        var operations = Rows("operations").ToDictionary(r => r.Text("icd9"), r => new Operation(r.Text("icd9"), r.Text("name"), (decimal)r.Number("price")), StringComparer.Ordinal);
        var diseases = CareTables.Diseases(folder, departments, panels, examinations, drugs, operations);
        return new()
        {
            People = PeopleTables.Read(folder),
            Rates = new(folder),
            Regions = [.. Rows("regions").Select(r => new RegionRow(r.Text("code"), r.Text("name"), r.Text("kind"), r.List("parts")))],
            Institutions = [.. Rows("institutions").Select(r => Institution(r, departments))],
            Departments = departments,
            Panels = panels,
            Examinations = examinations,
            Drugs = drugs,
            Operations = operations,
            Diseases = diseases,
            DiseasesByCode = diseases.ToDictionary(d => d.Code, StringComparer.Ordinal),
            Decoctions = [.. Rows("herbs").Select(CareTables.Decoction)],
            Doses = [.. Rows("vaccines").Select(r => new Dose(
                r.Text("vaccine"), r.Text("name"), r.Whole("dose"), r.Whole("months"), r.Has("before") ? r.Whole("before") : null, r.TextOrNull("sex"), r.Text("disease"), r.Text("maker")))],
            DeathCauses = [.. Rows("deaths").Select(r => new DeathCause(r.Text("icd10"), r.Text("name"), CareTables.Bands(r)))],
            Plants = [.. Rows("plants").Select(r => new PlantKind(
                r.Text("kind"), r.Whole("residents-per"), r.Whole("least"), r.Whole("most"), r.Whole("days"), r.Number("strength"), r.TextOrNull("what")))],
            Mistakes = [.. Rows("mistakes").Select(r => new MistakeShare(r.Text("kind"), r.Number("percent"), r.Text("fhir"), r.Text("hl7v2")))],
        };

        IEnumerable<Table.Row> Rows(string name) => Table.Read(folder, name).Rows;
    }

    private static InstitutionKind Institution(Table.Row row, Dictionary<string, Department> departments) =>
        new(row.Text("kind"), row.Text("prefix"), row.Text("class"), row.Text("level"), row.TextOrNull("grade"), row.Text("ownership"), row.Text("owner"), row.Text("seat"))
        {
            Full = row.Whole("full"),
            ResidentsPer = row.Whole("residents-per"),
            Least = row.Whole("least"),
            Systems = row.List("systems"),
            Departments = [.. row.List("departments").Select(d => row.Look("departments", d, departments))],
            Names = row.List("names"),
        };
}

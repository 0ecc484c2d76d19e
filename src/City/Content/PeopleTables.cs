using Kangqiao.City.Chances;

namespace Kangqiao.City.Content;

/// <summary>How the tables of people are read.</summary>
internal static class PeopleTables
{
    public static PeopleContent Read(string folder)
    {
        return new()
        {
            Surnames = new(Rows("surnames").Select(r => (r.Text("surname"), r.Number("permillion")))),
            GivenNames = GivenNames(folder),
            EthnicGroups = new(Rows("ethnic-groups").Select(r => (new EthnicGroup(r.Text("code"), r.Text("name"), r.Text("style")), r.Number("per10000")))),
            MinorityNames = Rows("minority-names").ToDictionary(r => (r.Text("style"), r.Text("part")), r => r.List("names")),
            Foreigners = [.. Rows("foreign-names").Select(r => new ForeignFamily(r.Text("country"), r.Text("family"), r.List("given")))],
            Slips = Slips(folder),
            Registration = Rows("registration").ToDictionary(r => r.Text("slip"), r => r.Number("percent"), StringComparer.Ordinal),
            Insurance = [.. new[] { "children", "adults", "old" }.Select(column => new Weighted<Insurance>(Rows("insurance").Select(r =>
                (new Insurance(r.Text("code"), r.Text("name"), (r.Number("outpatient"), r.Number("inpatient"))), r.Number(column)))))],
            Occupations = new(Rows("occupations").Select(r => (new Occupation(r.Text("code"), r.Text("name")), r.Number("percent")))),
            Words = Rows("community-words").ToDictionary(r => r.Text("use"), r => r.List("words"), StringComparer.Ordinal),
        };

        IEnumerable<Table.Row> Rows(string name) => Table.Read(folder, name).Rows;
    }

    private static GivenNames[] GivenNames(string folder)
    {
        var names = new Dictionary<(int, int, Sex), GivenNames>();
        foreach (var row in Table.Read(folder, "given-names").Rows)
        {
            var characters = row.Text("characters").EnumerateRunes().Select(r => r.ToString()).ToArray();
            switch (row.Text("place"))
            {
                case "single": Of(row).Single = characters; break;
                case "first": Of(row).First = characters; break;
                case "second": Of(row).Second = characters; break;
                default: throw row.Wrong("place", row.Text("place"));
            }
        }

        foreach (var row in Table.Read(folder, "whole-names").Rows)
        {
            Of(row).Whole.Add((row.Text("name"), row.Number("percent")));
        }

        return [.. names.Values];

        GivenNames Of(Table.Row row)
        {
            var key = (row.Whole("from"), row.Whole("to"), row.Text("sex") == "M" ? Sex.Male : Sex.Female);
            return names.TryGetValue(key, out var known) ? known : names[key] = new(key.Item1, key.Item2, key.Item3);
        }
    }

    private static Dictionary<char, char> Slips(string folder)
    {
        var slips = new Dictionary<char, char>();
        foreach (var row in Table.Read(folder, "slips-of-the-pen").Rows)
        {
            slips.TryAdd(row.Text("one")[0], row.Text("other")[0]);
            slips.TryAdd(row.Text("other")[0], row.Text("one")[0]);
        }

        return slips;
    }
}

using Kangqiao.Ingest.Csv.Content;

namespace Kangqiao.Ingest.Tests.Csv;

/// <summary>What holds for every data set of content/datasets.</summary>
public sealed class DatasetTests
{
    public static TheoryData<string> Names => [.. TheDatasets.Content.Names];

    public static TheoryData<string, string> Cases =>
    [
        .. Directory.EnumerateFiles(TheDatasets.Folder, "*.csv", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(TheDatasets.Folder, f).Split(Path.DirectorySeparatorChar))
            .Order(Comparer<string[]>.Create((left, right) => string.CompareOrdinal(string.Join('/', left), string.Join('/', right))))
            .Select(p => (p[0], p[^1])),
    ];

    [Fact]
    public void The_ten_domains_of_the_ordinance_all_have_data_sets() =>
        TheDatasets.Content.All.Select(d => d.Domain).Distinct().Order(StringComparer.Ordinal).ShouldBe(DatasetReader.Domains.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_data_set_explains_itself_and_has_cases(string name)
    {
        var folder = Path.Combine(TheDatasets.Folder, name);
        File.ReadAllText(Path.Combine(folder, "README.md")).Length.ShouldBeGreaterThan(20);
        Directory.EnumerateFiles(Path.Combine(folder, "cases"), "*.csv").ShouldNotBeEmpty();
        var dataset = TheDatasets.Of(name);
        dataset.Sources.ShouldNotBeEmpty();
        dataset.Sources.ShouldAllBe(s => "LFSKP".Contains(s.Mark, StringComparison.Ordinal) && s.Mark.Length == 1);
        dataset.Columns.Where(c => c.IsRequired).ShouldAllBe(c => c.Example != null);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_header_of_Chinese_titles_names_its_data_set_unless_another_has_the_same(string name)
    {
        // An invoice of a visit and one of a stay have the same columns: only the address or the file's name tells them apart.
        string[] twins = ["outpatient-settlement", "inpatient-settlement"];
        var found = TheDatasets.Content.Recognise([.. TheDatasets.Of(name).Columns.Select(c => c.Title)]);

        found?.Name.ShouldBe(name);
        (found is null).ShouldBe(twins.Contains(name, StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_row_with_every_column_filled_becomes_sound_records(string name)
    {
        var dataset = TheDatasets.Of(name);
        var unit = (await TheDatasets.MapAsync(name, TheDatasets.File(dataset.Columns.Select(c => (c, c.Example))))).ShouldHaveSingleItem();

        unit.Findings.ShouldBeEmpty();
        unit.ShouldBeSound();
        unit.Records.ShouldContain(r => !r.IsMention);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_column_that_is_filled_shows_in_what_is_said(string name)
    {
        var dataset = TheDatasets.Of(name);
        var silent = dataset.Columns.Where(c => c.Example is not null && !c.IsRequired && c != dataset.Void).ToList();
        // A column that decides what is said need not be said itself.
        var all = await File.ReadAllTextAsync(Path.Combine(TheDatasets.Folder, name, "dataset.json"), TestContext.Current.CancellationToken)
            + await File.ReadAllTextAsync(Path.Combine(TheDatasets.Folder, "parts.json"), TestContext.Current.CancellationToken);
        silent.RemoveAll(c => all.Contains($"\"column\": \"{c.Name}\"", StringComparison.Ordinal));

        // Some are said for some kinds of row only, so each kind is tried.
        var kinds = dataset.Columns.Where(c => c.IsClosed).SelectMany(c => c.Tables[0].Codes.Select(code => (Column: (Column?)c, code.Code))).Prepend((null, ""));
        foreach (var (kind, code) in kinds)
        {
            string? Value(Column column) => column == kind ? code : column.Example;
            var full = await ToldAsync(dataset, Value);
            foreach (var column in silent.ToList())
            {
                var others = column.Tables.Count == 0 ? [] : column.Tables[0].Codes.Take(6).Select(c => c.Code);
                foreach (var other in others.Prepend(null))
                {
                    if (silent.Contains(column) && await ToldAsync(dataset, c => c == column ? other : Value(c)) != full)
                    {
                        silent.Remove(column);
                    }
                }
            }
        }

        silent.Select(c => c.Name).ShouldBeEmpty();
    }

    private static async Task<string> ToldAsync(Dataset dataset, Func<Column, string?> value) =>
        TheDatasets.Told(await TheDatasets.MapAsync(dataset.Name, TheDatasets.File(dataset.Columns.Select(c => (c, value(c))))));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_row_with_only_what_is_required_becomes_sound_records(string name)
    {
        var dataset = TheDatasets.Of(name);
        var key = dataset.Key.Append("patient_id").ToHashSet(StringComparer.Ordinal);
        var unit = (await TheDatasets.MapAsync(name, TheDatasets.File(dataset.Columns.Where(c => c.IsRequired || key.Contains(c.Name)).Select(c => (c, c.Example))))).ShouldHaveSingleItem();

        unit.ShouldBeSound();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_row_without_a_required_value_is_refused_and_told_which(string name)
    {
        var dataset = TheDatasets.Of(name);
        foreach (var required in dataset.Columns.Where(c => c.IsRequired))
        {
            var unit = (await TheDatasets.MapAsync(name, TheDatasets.File(dataset.Columns.Select(c => (c, c == required ? "" : c.Example))))).ShouldHaveSingleItem();

            unit.Records.ShouldBeEmpty();
            unit.Findings.ShouldContain(f => f.Kind.Code == "CSV020" && f.Path == required.Place);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_value_outside_its_domain_is_found_and_the_row_stays_sound_unless_it_hangs_on_it(string name)
    {
        var dataset = TheDatasets.Of(name);
        foreach (var coded in dataset.Columns.Where(c => c.Tables.Count > 0))
        {
            var unit = (await TheDatasets.MapAsync(name, TheDatasets.File(dataset.Columns.Select(c => (c, c == coded ? "X-77" : c.Example))))).ShouldHaveSingleItem();

            var found = unit.Findings.ShouldHaveSingleItem();
            found.Path.ShouldBe(coded.Place);
            found.Kind.Code.ShouldBe(coded.IsClosed ? "CSV023" : "CSV022");
            found.Chinese.ShouldContain(coded.Tables[0].Codes[0].Code);
            if (!coded.IsClosed)
            {
                unit.ShouldBeSound(isOwnCode: true);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_row_that_was_never_so_withdraws_its_records_and_nobody_elses(string name)
    {
        var dataset = TheDatasets.Of(name);
        if (dataset.Void is not { } mark)
        {
            return;
        }

        var told = (await TheDatasets.MapAsync(name, TheDatasets.File(dataset.Columns.Select(c => (c, c.Example))))).Single();
        var taken = (await TheDatasets.MapAsync(name, TheDatasets.File(dataset.Columns.Select(c => (c, c == mark ? "1" : c.Example))))).Single();

        taken.Records.ShouldAllBe(r => r.Intent == Kangqiao.Ingest.Mapping.MappedIntent.Withdraw);
        taken.Records.Select(r => (r.Type, r.Key)).ShouldBe(
            told.Records.Where(r => !r.IsMention && r.Intent == Kangqiao.Ingest.Mapping.MappedIntent.Put).Select(r => (r.Type, r.Key)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_case_comes_to_what_is_due(string dataset, string file)
    {
        var path = Path.Combine(TheDatasets.Folder, dataset, "cases", file);
        var units = await TheDatasets.Format("csv/" + dataset).MapAsync(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        foreach (var unit in units.Where(u => u.Records.Count > 0))
        {
            unit.ShouldBeSound(isOwnCode: true);
        }

        var told = TheDatasets.Told(units);
        var due = Path.ChangeExtension(path, ".json");
        if (Environment.GetEnvironmentVariable("KANGQIAO_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(due, told, TestContext.Current.CancellationToken);
        }

        (await File.ReadAllTextAsync(due, TestContext.Current.CancellationToken)).ShouldBe(told);
    }
}

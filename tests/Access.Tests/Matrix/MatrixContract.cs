using Kangqiao.Access.Roles;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Access.Tests.Matrix;

/// <summary>Each cell of the matrix, tried over HTTP: what is due follows from the data, what comes from the server.</summary>
public abstract class MatrixContract(House house)
{
    // A sample of each kind: what it is called, and whose it is by the patient it names.
    private static readonly Dictionary<string, Func<string, string, string>> Samples = new(StringComparer.Ordinal)
    {
        ["master"] = (id, _) => $$"""{"resourceType":"Location","id":"{{id}}","name":"x"}""",
        ["knowledge"] = (id, _) => $$$"""{"resourceType":"Library","id":"{{{id}}}","status":"draft","type":{"text":"x"}}""",
        ["identity"] = (id, patient) => $$$"""{"resourceType":"RelatedPerson","id":"{{{id}}}","patient":{"reference":"Patient/{{{patient}}}"}}""",
        ["consent"] = (id, patient) => SmallCity.Consent(id, patient, "deny").Replace("\"status\":\"active\"", "\"status\":\"inactive\"", StringComparison.Ordinal),
        ["notice"] = (id, patient) => $$$"""{"resourceType":"Communication","id":"{{{id}}}","status":"completed","subject":{"reference":"Patient/{{{patient}}}"}}""",
        ["trail"] = (id, patient) => $$$"""{"resourceType":"Provenance","id":"{{{id}}}","target":[{"reference":"Patient/{{{patient}}}"}],"recorded":"2026-01-01T00:00:00Z","agent":[{"who":{"display":"x"}}]}""",
        ["report"] = (id, patient) => $$$"""{"resourceType":"MeasureReport","id":"{{{id}}}","status":"complete","type":"individual","measure":"http://x.example/m","subject":{"reference":"Patient/{{{patient}}}"},"period":{"start":"2026-01-01","end":"2026-01-02"}}""",
        ["finance"] = (id, patient) => $$$"""{"resourceType":"Coverage","id":"{{{id}}}","status":"active","beneficiary":{"reference":"Patient/{{{patient}}}"},"payor":[{"display":"x"}]}""",
        ["clinical"] = (id, patient) => $$$"""{"resourceType":"Flag","id":"{{{id}}}","status":"active","code":{"text":"x"},"subject":{"reference":"Patient/{{{patient}}}"}}""",
    };

    // Own and treated: Ann's at H1 and at H2. Refused: Dan's at H2. Far: Eve's at H3, beyond the region.
    private static readonly (string Name, string Institution, string Patient)[] Placed =
    [
        ("own", "H1", "ann-h1"), ("treated", "H2", "ann-h2"), ("refused", "H2", "hidden-dan-h2"), ("far", "H3", "hidden-eve-h3"),
    ];

    public static TheoryData<string, string> Cells()
    {
        var cells = new TheoryData<string, string>();
        foreach (var role in RoleBookTests.Book.Roles)
        {
            foreach (var kind in Samples.Keys)
            {
                cells.Add(role.Code, kind);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task A_role_reads_and_writes_what_its_cell_says(string role, string kind)
    {
        house.SkipUnlessThere();
        var sample = Samples[kind];
        var type = (string)System.Text.Json.Nodes.JsonNode.Parse(sample("x", "y"))!["resourceType"]!;
        foreach (var (name, institution, patient) in Placed)
        {
            await house.PutAsync(House.For(institution), sample($"cell-{kind}-{name}", patient));
        }

        var caller = new Caller(role)
        {
            Institution = role is "institution" or "clinician" or "nurse" or "pharmacist" ? "H1" : null,
            Practitioner = "doc1",
            Resident = role is "resident" or "guardian" ? await house.ResidentOfAsync("ann-h1") : null,
            Region = role == "supervisor" ? "100102" : null,
        };
        var rules = RoleBookTests.Book.RulesFor(role, type, AccessAction.Read).ToList();
        foreach (var (name, _, _) in Placed)
        {
            var reply = await house.GetAsync(caller, $"{type}/cell-{kind}-{name}");
            reply.Status.ShouldBe(rules.Count == 0 ? 403 : rules.Any(r => Reaches(r, name)) ? 200 : 404, $"{role} reads {name} {kind}");
        }

        var found = await house.GetAsync(caller, $"{type}?_count=1000");
        found.Status.ShouldBe(rules.Count == 0 ? 403 : 200);
        if (rules.Count > 0)
        {
            found.Ids.Where(i => i.StartsWith("cell-", StringComparison.Ordinal)).ToArray()
                .ShouldBe([.. Placed.Where(p => rules.Any(r => Reaches(r, p.Name))).Select(p => $"cell-{kind}-{p.Name}").Order(StringComparer.Ordinal)], $"{role} searches {kind}");
        }

        var writes = RoleBookTests.Book.RulesFor(role, type, AccessAction.Write).ToList();
        var written = await house.AskAsync(caller, "POST", type, sample("x", "ann-h1"));
        var isGuardianOfGrownUp = writes.TrueForAll(r => r.Scope == AccessScope.Ward);
        written.Status.ShouldBe(writes.Count > 0 && !isGuardianOfGrownUp ? 201 : 403, $"{role} writes {kind}: {written.Text}");
        if (written.Status == 201)
        {
            (await house.AskAsync(House.System, "DELETE", $"{type}/{written.Id}")).Status.ShouldBe(204);
        }

        var overwritten = await house.AskAsync(caller, "PUT", $"{type}/cell-{kind}-far", sample($"cell-{kind}-far", "hidden-eve-h3"));
        overwritten.Status.ShouldBe(writes.Count == 0 ? 403 : writes.Any(r => r.Scope == AccessScope.All) ? 200 : 404, $"{role} writes over {kind}: {overwritten.Text}");
    }

    private static bool Reaches(RoleRule rule, string placed) => rule.Only is null && rule.Scope switch
    {
        AccessScope.All => true,
        AccessScope.Own => placed == "own",
        AccessScope.Treated or AccessScope.Self => placed is "own" or "treated",
        AccessScope.Region => placed != "far",

        // Ann is grown up.
        _ => false,
    };
}

public sealed class SqliteMatrixTests(SqliteHouse house) : MatrixContract(house), IClassFixture<SqliteHouse>;

public sealed class PostgresMatrixTests(PostgresHouse house) : MatrixContract(house), IClassFixture<PostgresHouse>;

namespace Kangqiao.City.Content;

/// <summary>How the tables of care are read.</summary>
internal static class CareTables
{
    public static double[] Bands(Table.Row row) => [.. AgeBand.Columns.Select(row.Number)];

    public static Dictionary<string, Panel> Panels(string folder)
    {
        var panels = Table.Read(folder, "lab-panels").Rows.ToDictionary(
            r => r.Text("id"),
            r => new Panel(r.Text("id"), r.Text("name"), r.TextOrNull("loinc"), r.Text("specimen"), (decimal)r.Number("price")),
            StringComparer.Ordinal);
        foreach (var row in Table.Read(folder, "lab-items").Rows)
        {
            row.Look("panel", row.Text("panel"), panels).Items.Add(Analyte(row));
        }

        return panels;
    }

    public static Dictionary<string, Examination> Examinations(string folder) => Table.Read(folder, "imaging").Rows.ToDictionary(
        r => r.Text("id"),
        r => new Examination(r.Text("id"), r.Text("name"), r.TextOrNull("code"), r.Text("modality"), (decimal)r.Number("price"))
        {
            Normal = (r.Text("normal-finding"), r.Text("normal-conclusion")),
            Abnormal = (r.Text("abnormal-finding"), r.Text("abnormal-conclusion")),
        },
        StringComparer.Ordinal);

    public static Dictionary<string, Drug> Drugs(string folder) => Table.Read(folder, "drugs").Rows.ToDictionary(
        r => r.Text("id"),
        r => new Drug(
            r.Text("id"), r.Text("name"), r.Text("spec"), r.Text("form"), r.Text("kind"), (decimal)r.Number("dose"), r.Text("unit"),
            r.Whole("perday"), r.Whole("days"), r.Number("doses"), r.Text("pack"), (decimal)r.Number("price"))
        {
            IsAntibiotic = r.TextOrNull("mark") == "antibiotic",
        },
        StringComparer.Ordinal);

    public static Disease[] Diseases(
        string folder,
        Dictionary<string, Department> departments,
        Dictionary<string, Panel> panels,
        Dictionary<string, Examination> examinations,
        Dictionary<string, Drug> drugs,
        Dictionary<string, Operation> operations)
    {
        var diseases = Table.Read(folder, "diseases").Rows.ToDictionary(
            r => r.Text("icd10"),
            r => Disease(r) with
            {
                Department = r.Look("department", r.Text("department"), departments),
                Labs = [.. r.Pairs("labs").Select(p => (r.Look("labs", p.Name, panels), p.Number))],
                Imaging = [.. r.Pairs("imaging").Select(p => (r.Look("imaging", p.Name, examinations), p.Number))],
                Drugs = [.. r.List("drugs").Select(d => r.Look("drugs", d, drugs))],
                Operation = r.Pairs("operation") is [var (code, percent), ..] ? (r.Look("operation", code, operations), percent) : null,
            },
            StringComparer.Ordinal);
        foreach (var row in Table.Read(folder, "lab-shifts").Rows)
        {
            row.Look("icd10", row.Text("icd10"), diseases).Shifts[row.Text("item")] = row.Number("shift");
        }

        return [.. diseases.Values];
    }

    public static Decoction Decoction(Table.Row row)
    {
        var herbs = row.List("herbs").Select(h => h.Split(':')).Select(h =>
            h is [var name, var grams, var price] && int.TryParse(grams, out var g) && decimal.TryParse(price, out var p)
                ? (name, g, p)
                : throw row.Wrong("herbs", string.Join(':', h)));
        return new(row.Text("name"), row.List("for"), [.. herbs]);
    }

    private static Disease Disease(Table.Row row)
    {
        var kind = row.Text("kind") switch
        {
            "acute" => DiseaseKind.Acute,
            "chronic" => DiseaseKind.Chronic,
            "injury" => DiseaseKind.Injury,
            var other => throw row.Wrong("kind", other),
        };
        var complaint = row.Text("complaint").Split('@');
        return new(row.Text("icd10"), row.Text("name"), new("", "", 0), kind, row.TextOrNull("sex"), Bands(row))
        {
            Peak = (int)row.NumberOr("peak", 0),
            Strength = row.Number("strength"),
            Emergency = row.Number("emergency"),
            Admitted = row.Number("admitted"),
            Days = row.Whole("days"),
            Complaint = complaint[0],
            ComplaintUnit = complaint is [_, var unit] ? unit : throw row.Wrong("complaint", row.Text("complaint")),
            Notify = row.TextOrNull("notify"),
            Syndrome = row.TextOrNull("syndrome"),
            Fever = row.Has("fever") ? row.Number("fever") : null,
        };
    }

    private static Analyte Analyte(Table.Row row)
    {
        var unit = row.Text("unit");
        var scale = unit switch { "NEG" => Scale.Negative, "ABO" => Scale.Abo, "RHD" => Scale.RhD, _ => Scale.Quantity };
        return new(row.Text("id"), row.Text("name"), row.TextOrNull("loinc"), unit, scale, row.NumberOr("mean", 0), row.NumberOr("spread", 0), (int)row.NumberOr("decimals", 0))
        {
            Men = (row.NumberOr("low-m", 0), row.NumberOr("high-m", 0)),
            Women = (row.NumberOr("low-f", 0), row.NumberOr("high-f", 0)),
        };
    }
}

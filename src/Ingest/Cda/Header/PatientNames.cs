using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Ingest.Cda.Records;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Cda.Header;

/// <summary>The identifiers of a document's header by their roots (standards 1.1), and which of them the patient goes by.</summary>
internal sealed class PatientNames
{
    public const string Roots = "2.16.156.10011.1.";
    private const string LocalPatient = "2.16.156.10011.2.5.1.4";
    private const string VisitRoot = "2.16.156.10011.2.5.1.9";

    private readonly Dictionary<string, string> byRoot = new(StringComparer.Ordinal);

    public List<(string? System, string Value)> OfPatient { get; } = [];

    public string? ResidentNumber => byRoot.GetValueOrDefault(Roots + "3");

    public string? Outpatient => byRoot.GetValueOrDefault(Roots + "11");

    public string? Inpatient => byRoot.GetValueOrDefault(Roots + "12");

    public string? Visit => byRoot.GetValueOrDefault(VisitRoot);

    public string? Prescription => byRoot.GetValueOrDefault(Roots + "20");

    public string? Order => byRoot.GetValueOrDefault(Roots + "24");

    public string? Specimen => byRoot.GetValueOrDefault(Roots + "14");

    public string? Report => byRoot.GetValueOrDefault(Roots + "32") ?? byRoot.GetValueOrDefault(Roots + "33");

    public static PatientNames Read(XmlElement role)
    {
        var names = new PatientNames();
        foreach (var id in role.Children("id"))
        {
            names.Add(id, isPerson: false);
        }

        foreach (var id in role.Child("patient").Children("id"))
        {
            names.Add(id, isPerson: true);
        }

        return names;
    }

    /// <summary>
    /// The sender's own patient number where it is said; else a sound resident number that is the patient's and not the
    /// guardian's; else health record, health card, stay, outpatient number, medical record.
    /// </summary>
    /// <param name="others">Resident numbers of guardians and informants: a newborn's document often bears the mother's.</param>
    public string? Key(IReadOnlySet<string> others)
    {
        if (byRoot.TryGetValue(LocalPatient, out var local))
        {
            return SourceKey.Patient(local);
        }

        if (ResidentNumber is { } number && Header.ResidentNumber.IsSound(number) && !others.Contains(number))
        {
            return SourceKey.PatientBy("id", number.ToUpperInvariant());
        }

        foreach (var (root, kind) in new[] { ("2", "hr"), ("19", "hc"), ("12", "ip"), ("11", "op"), ("13", "mr") })
        {
            if (byRoot.TryGetValue(Roots + root, out var value))
            {
                return SourceKey.PatientBy(kind, value);
            }
        }

        return OfPatient.Count > 0 ? SourceKey.PatientBy("other", OfPatient[0].System + "|" + OfPatient[0].Value)
            : ResidentNumber is { } other ? SourceKey.PatientBy("id", other)
            : null;
    }

    private void Add(XmlElement id, bool isPerson)
    {
        var root = id["root"];
        if (Mentions.Said(id["extension"] ?? (root is null ? id.Text : null)) is not { } value)
        {
            return;
        }

        root ??= isPerson ? Roots + "3" : null;
        if (root is not null && !byRoot.TryAdd(root, value) && byRoot[root] == value)
        {
            return;
        }

        // Numbers of a prescription, an order, a report, a specimen or a consent tell the document's matter, not the person.
        var isMatter = root is not null && root.StartsWith(Roots, StringComparison.Ordinal)
            && root[Roots.Length..] is "14" or "20" or "24" or "32" or "33" or "34" || root == VisitRoot;
        if (!isMatter)
        {
            OfPatient.Add((root is null ? null : "urn:oid:" + root, value));
        }
    }
}

using System.Text.RegularExpressions;
using Kangqiao.Kernel;
using Kangqiao.Rest.Asking;
using Kangqiao.Store;

namespace Kangqiao.Rest.Callers;

/// <summary>
/// Whom a question names: by address, compartment, patient, subject or any other reference, or by a patient's identifier. What is named
/// through another record is that record's patient. Nothing of it is shown; it only says whose consents have to be asked.
/// </summary>
internal static partial class Concern
{
    private const int Most = 64;

    public static async ValueTask<Outcome<string[]>> OfAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var patients = new HashSet<string>(StringComparer.Ordinal);
        var records = new HashSet<RecordKey>();
        var identifiers = new HashSet<Identity>();
        var target = ask.Target;
        if (target.Id is { } id)
        {
            Add(target.Compartment ?? target.Type!, id, patients, records);
        }

        foreach (var (name, value) in ask.Parameters.Pairs)
        {
            Read(name, value, target.Type, patients, records, identifiers);
        }

        foreach (var identity in identifiers.Take(Most))
        {
            if (!(await room.Platform.FindAsync(identity, cancel)).Try(out var numbers, out var problem)
                || !(await room.Platform.ReadAsync([.. numbers.Take(Most)], cancel)).Try(out var found, out problem))
            {
                return problem;
            }

            patients.UnionWith(found.OfType<StoredRecord>().Select(r => r.Key.Id));
        }

        if (records.Count > 0)
        {
            if (!(await room.Platform.ReadAsync([.. records.Where(k => k.IsWellFormed).Take(Most)], cancel)).Try(out var found, out var problem))
            {
                return problem;
            }

            foreach (var record in found.OfType<StoredRecord>().Where(r => r.State == RecordState.Live))
            {
                if (!(await room.Access.PatientOfAsync(record, cancel)).Try(out var of, out problem))
                {
                    return problem;
                }

                if (of.Patient is { } patient)
                {
                    patients.Add(patient);
                }
            }
        }

        return patients.Take(Most).ToArray();
    }

    private static void Read(string name, string value, string? type, HashSet<string> patients, HashSet<RecordKey> records, HashSet<Identity> identifiers)
    {
        foreach (Match match in Reference().Matches(value))
        {
            Add(match.Groups["type"].Value, match.Groups["id"].Value, patients, records);
        }

        var parts = name.Split('.', ':');
        var last = parts[^1];
        foreach (var one in value.Split(','))
        {
            if (last == "_id" && one.Length <= 64)
            {
                // Of a chain the type is said, or it is the patient's.
                Add(parts.Length == 1 ? type ?? "Patient" : parts is [.., var before, _] && char.IsAsciiLetterUpper(before[0]) ? before : "Patient", one, patients, records);
            }
            else if (parts[0] is "patient" or "subject" or "beneficiary" or "individual" or "candidate" or "actor" && parts.Length <= 2 && last != "identifier" && !one.Contains('/', StringComparison.Ordinal))
            {
                patients.Add(one);
            }
            else if (last == "identifier" && one.IndexOf('|', StringComparison.Ordinal) is > 0 and var bar && bar < one.Length - 1 && (parts.Length > 1 || type == "Patient"))
            {
                identifiers.Add(Identity.Of("Patient", one[..bar], one[(bar + 1)..]));
            }
        }
    }

    private static void Add(string type, string id, HashSet<string> patients, HashSet<RecordKey> records)
    {
        if (type is "Patient" or "Person")
        {
            patients.Add(id);
        }
        else
        {
            records.Add(new RecordKey(type, id));
        }
    }

    [GeneratedRegex(@"\b(?<type>[A-Z][A-Za-z]{2,40})/(?<id>[A-Za-z0-9\-\.]{1,64})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();
}

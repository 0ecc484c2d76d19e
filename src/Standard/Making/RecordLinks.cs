using System.Collections.Concurrent;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Store;
using Kangqiao.Store.Terms;

namespace Kangqiao.Standard.Making;

/// <summary>What a record's index values say of whose it is and by what business identifiers it is known.</summary>
public sealed class RecordLinks
{
    private static readonly ConcurrentDictionary<TypeTerms, RecordLinks> Known = [];

    private readonly bool[] isPatientLink;
    private readonly int identifier;

    private RecordLinks(SearchPlan plan)
    {
        isPatientLink = new bool[plan.Parameters.Length];
        identifier = plan.Find("identifier");
        var patients = Array.Find(R4.Facts.Compartments, c => c.Type.Name == "Patient");
        foreach (var code in patients?.Parameters.GetValueOrDefault(plan.Type.Name, []) ?? [])
        {
            if (plan.Find(code) is >= 0 and var at)
            {
                isPatientLink[at] = true;
            }
        }
    }

    public static RecordLinks Of(TypeTerms type) => Known.GetOrAdd(type, t => new RecordLinks(t.Plan));

    /// <summary>The first Patient that links the record into a patient's compartment (R4 compartmentdefinition-patient.html), or null.</summary>
    public string? SourcePatient(IndexValues values, RecordKey key)
    {
        if (key.Type == "Patient")
        {
            return key.Id;
        }

        foreach (ref readonly var value in values.Items)
        {
            // A reference with a base of its own is to somebody else's record.
            if (isPatientLink[value.Parameter] && value.Kind == IndexKind.Reference && value.Fourth.IsEmpty
                && values.Text(value.First).SequenceEqual("Patient"u8) && !value.Second.IsEmpty)
            {
                return values.TextOf(value.Second);
            }
        }

        return null;
    }

    /// <summary>True when the record is in the compartment of a patient.</summary>
    /// <param name="among">Ids of the patients that count; null for any.</param>
    public bool IsOfPatient(IndexValues values, RecordKey key, IReadOnlySet<string>? among)
    {
        if (key.Type == "Patient" && (among is null || among.Contains(key.Id)))
        {
            return true;
        }

        foreach (ref readonly var value in values.Items)
        {
            if (isPatientLink[value.Parameter] && value.Kind == IndexKind.Reference && value.Fourth.IsEmpty
                && values.Text(value.First).SequenceEqual("Patient"u8) && !value.Second.IsEmpty
                && (among is null || among.Contains(values.TextOf(value.Second))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Every identifier with system and value, as <c>identifier=system|value</c> finds it.</summary>
    public IReadOnlyList<Identity> Identities(IndexValues values, string type)
    {
        if (identifier < 0)
        {
            return [];
        }

        List<Identity>? found = null;
        foreach (ref readonly var value in values.Items)
        {
            if (value.Parameter == identifier && value.Kind == IndexKind.Token && !value.First.IsEmpty && !value.Second.IsEmpty)
            {
                var identity = Identity.Of(type, values.TextOf(value.First), values.TextOf(value.Second));
                found ??= [];
                if (!found.Contains(identity))
                {
                    found.Add(identity);
                }
            }
        }

        return found ?? (IReadOnlyList<Identity>)[];
    }
}

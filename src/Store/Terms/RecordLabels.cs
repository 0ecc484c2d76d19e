using System.Text;
using Kangqiao.Store.Search;

namespace Kangqiao.Store.Terms;

/// <summary>
/// What is known of a record besides its body and has to be found by: whose it is, who sent it, from where, how sensitive.
/// The reader's predicate is made of the same terms.
/// </summary>
/// <param name="SourcePatient">Logical id of the Patient it belongs to, or null.</param>
/// <param name="Labels">Terms made by <see cref="Label"/>.</param>
public readonly record struct RecordLabels(string? SourcePatient, IReadOnlyList<string>? Labels = null)
{
    /// <summary>Bytes of a label that count.</summary>
    private const int Longest = 64;

    /// <summary>The term of a label.</summary>
    /// <param name="kind">What kind of label; a letter that Access gives, such as i for institution.</param>
    /// <param name="value">Codes keep their beginnings, so a day's prefix finds what lies in it: <see cref="LabelStartsWith"/>.</param>
    /// <exception cref="ArgumentException">The kind is no small letter, or the value is empty or too long to be told from others.</exception>
    public static string Label(char kind, string value)
    {
        if (!char.IsAsciiLetterLower(kind) || value.Length == 0)
        {
            throw new ArgumentException("A label has a kind from a to z and a value.", nameof(kind));
        }

        var text = TermText.Of(value, Longest, out var isWhole);
        return isWhole ? $"x{kind}{text}" : throw new ArgumentException($"A label has at most {Longest} bytes.", nameof(value));
    }

    public static TermQuery Is(char kind, string value) => TermQuery.Is(Label(kind, value));

    public static TermQuery LabelStartsWith(char kind, string start) => TermQuery.StartsWith(Label(kind, start));

    /// <summary>Records in the patient's compartment (R4 compartmentdefinition-patient.html), whoever else they are about.</summary>
    public static TermQuery InCompartmentOf(string patient) =>
        TermQuery.Is(TypeTerms.CompartmentTerm(Array.FindIndex(Fhir.Facts.R4.Facts.Compartments, c => c.Type.Name == "Patient"), patient));

    /// <summary>Records of a type.</summary>
    public static TermQuery OfType(string type) => TermQuery.Is(TypeTerms.TermOf(type));

    /// <summary>Records that belong to the source patient, the Patient itself included.</summary>
    public static TermQuery OfPatient(string id) => TermQuery.Is(PatientTerm(id));

    internal static string PatientTerm(string id) => "p" + TermHash.Of((byte)'p', Encoding.UTF8.GetBytes(id)).Text();
}

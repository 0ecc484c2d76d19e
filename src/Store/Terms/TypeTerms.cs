using System.Collections.Frozen;
using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Store.Search;

namespace Kangqiao.Store.Terms;

/// <summary>What is needed to write or ask the terms of one resource type: its plan and the letters of its parameters.</summary>
public sealed class TypeTerms
{
    // Which marks are written depends on it: to change the list is to index anew.
    private static readonly FrozenSet<string> MostlyThere = FrozenSet.Create(
        StringComparer.Ordinal,
        "authoredon", "birthdate", "category", "claim", "class", "clinical-status", "code", "created", "date", "encounter", "gender",
        "identifier", "intent", "issued", "name", "patient", "performer", "provider", "requester", "service-provider", "status", "subject",
        "type", "use", "vaccine-code", "verification-status");

    // Kinds of terms that do not begin with a parameter's letters: type, patient, label, compartment, bigram, last update.
    private const string WithoutParameter = "tpxcgl";

    private readonly FrozenSet<string> ownCodes;

    internal TypeTerms(SearchPlan plan, IReadOnlyList<string> codes)
    {
        Plan = plan;
        Codes = codes;
        CodeBytes = new byte[codes.Count * 3];
        IsByKey = new bool[codes.Count];
        CompartmentsOf = new byte[codes.Count];
        for (var i = 0; i < codes.Count; i++)
        {
            Encoding.ASCII.GetBytes(codes[i], CodeBytes.AsSpan(i * 3, 3));

            // The store finds these by the key and by its own term.
            IsByKey[i] = plan.Parameters[i].Code is "_id" or "_lastUpdated";
        }

        var compartments = R4.Facts.Compartments;
        for (var c = 0; c < compartments.Length; c++)
        {
            foreach (var code in compartments[c].Parameters.GetValueOrDefault(plan.Type.Name, []))
            {
                if (plan.Find(code) is >= 0 and var at)
                {
                    CompartmentsOf[at] |= (byte)(1 << c);
                }
            }
        }

        var composites = new List<CompositeTerms>();
        for (var i = 0; i < codes.Count; i++)
        {
            if (plan.Parameters[i] is { Type: SearchType.Composite } composite && plan.Find(composite.Code) == i)
            {
                composites.Add(new(i, Array.ConvertAll(composite.Components, c => ComponentPosition(plan, c))));
            }
        }

        Parts = SameValues.Of(plan);
        IsSingle = Array.ConvertAll(plan.Parameters, p => SameValues.IsSingle(plan.Type, p));
        Composites = [.. composites.Select(c => c with { IsPaired = IsPair(c) })];
        IsOwn = Array.ConvertAll(plan.Parameters, p => !Array.Exists(p.Bases, b => b.IsAbstract));
        ownCodes = codes.Where((_, i) => IsOwn[i]).ToFrozenSet(StringComparer.Ordinal);
        TypeTerm = TermOf(plan.Type.Name);
        TypeTermBytes = Encoding.ASCII.GetBytes(TypeTerm);
    }

    public SearchPlan Plan { get; }

    /// <summary>By position in the plan: three letters.</summary>
    internal IReadOnlyList<string> Codes { get; }

    internal byte[] CodeBytes { get; }

    internal bool[] IsByKey { get; }

    /// <summary>By position in the plan: a bit for each of R4's compartments that the parameter links the record into.</summary>
    internal byte[] CompartmentsOf { get; }

    internal CompositeTerms[] Composites { get; }

    /// <summary>
    /// By position in the plan: null, or the parameters whose values together are this one's (combo-code is code and
    /// component-code). It then has no terms of its own and is asked by theirs.
    /// </summary>
    internal int[]?[] Parts { get; }

    /// <summary>By position: never more than one value, so that two conditions on it are about the same.</summary>
    internal bool[] IsSingle { get; }

    /// <summary>By position: its letters are of this type alone.</summary>
    internal bool[] IsOwn { get; }

    internal string TypeTerm { get; }

    internal byte[] TypeTermBytes { get; }

    /// <summary>Records that have a value for the parameter.</summary>
    internal TermQuery Has(int position) =>
        Parts[position] is { } parts ? TermQuery.AnyOf([.. parts.Select(Has)])
        : IsMostlyThere(position) ? TermQuery.Without(TermQuery.Is("v" + Codes[position]))
        : TermQuery.Is("h" + Codes[position]);

    /// <summary>Whatever the question finds is of this type, because it asks for terms that no other type has.</summary>
    internal bool Implies(TermQuery query) => query switch
    {
        TermQuery.Term term => IsOwnTerm(term.Text),
        TermQuery.Prefix prefix => IsOwnTerm(prefix.Text),
        TermQuery.And and => and.Parts.Any(Implies),
        TermQuery.Or or => or.Parts.All(Implies),
        TermQuery.NoRecord => true,
        _ => false,
    };

    private bool IsOwnTerm(string text) =>
        text == TypeTerm || (text.Length >= 4 && !WithoutParameter.Contains(text[0]) && ownCodes.Contains(text[1..4]));

    /// <summary>Nearly every record has a value: the mark is then for those that have none.</summary>
    internal bool IsMostlyThere(int position) => MostlyThere.Contains(Plan.Parameters[position].Code);

    internal ReadOnlySpan<byte> Code(int position) => CodeBytes.AsSpan(position * 3, 3);

    /// <summary>All live records of a type.</summary>
    public static TermQuery AllOf(string type) => TermQuery.Is(TermOf(type));

    internal static string TermOf(string type) => "t" + type.ToLowerInvariant();

    /// <summary>The term that says "in the compartment of this".</summary>
    /// <param name="compartment">Position in <see cref="R4.Compartments"/>.</param>
    internal static string CompartmentTerm(int compartment, string id) =>
        $"c{CompartmentLetter(compartment)}{TermHash.Of((byte)'c', Encoding.UTF8.GetBytes(id)).Text()}";

    // Written to disk: from the type's name, not from its place in the facts.
    internal static char CompartmentLetter(int compartment) => R4.Facts.Compartments[compartment].Type.Name switch
    {
        "Patient" => 'p',
        "Encounter" => 'e',
        "Practitioner" => 'w',
        "RelatedPerson" => 'k',
        _ => 'd',
    };

    // Where code and number are elements that cannot repeat, meeting both is meeting them in one tuple: no pairs needed.
    private bool IsPair(CompositeTerms composite) =>
        composite is { IsDecidable: true, Components: [var code, var number] }
        && Parts[code] is null && Parts[number] is null
        && Plan.Parameters[code].Type == SearchType.Token && Plan.Parameters[number].Type == SearchType.Quantity
        && !(IsSingle[code] && IsSingle[number]);

    private static int ComponentPosition(SearchPlan plan, SearchComponent component)
    {
        var at = plan.Find(component.Code);
        return at >= 0 && plan.Parameters[at].Type == component.Type ? at : -1;
    }
}

/// <summary>A composite parameter and where the parameters of its components stand in the plan (-1: nowhere).</summary>
internal sealed record CompositeTerms(int Position, int[] Components)
{
    /// <summary>Code and quantity, kept together in terms of their own.</summary>
    public bool IsPaired { get; init; }

    public bool IsDecidable => Array.TrueForAll(Components, c => c >= 0);
}

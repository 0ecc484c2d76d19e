using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;

namespace Kangqiao.Store.Terms;

/// <summary>What is needed to write or ask the terms of one resource type: its plan and the letters of its parameters.</summary>
public sealed class TypeTerms
{
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

        Composites = [.. composites];
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

    internal string TypeTerm { get; }

    internal byte[] TypeTermBytes { get; }

    internal ReadOnlySpan<byte> Code(int position) => CodeBytes.AsSpan(position * 3, 3);

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

    private static int ComponentPosition(SearchPlan plan, SearchComponent component)
    {
        var at = plan.Find(component.Code);
        return at >= 0 && plan.Parameters[at].Type == component.Type ? at : -1;
    }
}

/// <summary>A composite parameter and where the parameters of its components stand in the plan (-1: nowhere).</summary>
internal sealed record CompositeTerms(int Position, int[] Components)
{
    public bool IsDecidable => Array.TrueForAll(Components, c => c >= 0);
}

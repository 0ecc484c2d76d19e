using Kangqiao.Kernel;
using Kangqiao.Store.Queries;
using Kangqiao.Terminology;

namespace Kangqiao.Rest.Asking;

/// <summary>What the terminology in force lists, for :in, :not-in, :above and :below.</summary>
internal sealed class ConceptLists(TerminologyService terminology) : ITermExpansion
{
    public Problem? Refusal(string valueSet) => terminology.WhyNotTold(valueSet);

    public IReadOnlyList<(string System, string Code)>? Members(string valueSet, int most) => terminology.Members(valueSet, most);

    public IReadOnlyList<string>? Below(string system, string code, int most) => terminology.Below(system, code, most);

    public IReadOnlyList<string>? Above(string system, string code, int most) => terminology.Above(system, code, most);
}

using Kangqiao.Kernel;

namespace Kangqiao.Store.Queries;

/// <summary>
/// Codes listed, for :in, :not-in, :above and :below: with a list a search is one question to the index. Null where there are
/// more than <c>most</c> or nobody knows; candidates are then asked one by one.
/// </summary>
public interface ITermExpansion
{
    /// <summary>Null, or why nothing can be said about the value set. What is merely not listed is no reason.</summary>
    Problem? Refusal(string valueSet);

    IReadOnlyList<(string System, string Code)>? Members(string valueSet, int most);

    /// <summary>The code itself and all below it.</summary>
    IReadOnlyList<string>? Below(string system, string code, int most);

    /// <summary>The code itself and all above it.</summary>
    IReadOnlyList<string>? Above(string system, string code, int most);
}

using System.Security.Cryptography;
using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;

namespace Kangqiao.Store.Terms;

/// <summary>
/// What the terms in a store depend on, in a few letters: how they are written, and of which search parameters. A store whose
/// index was written in another form is indexed anew (<see cref="Reindexing.Reindex"/>).
/// </summary>
public static class TermForm
{
    /// <summary>How <see cref="TermWriter"/> writes. Add one when a record's terms change though its search parameters do not.</summary>
    private const int Written = 4;

    /// <param name="plans">Which parameters a type has.</param>
    /// <param name="labels">By what rules labels are given to records.</param>
    /// <returns>16 letters and digits.</returns>
    public static string Of(Func<TypeFact, SearchPlan> plans, string labels)
    {
        ArgumentNullException.ThrowIfNull(plans);
        var text = new StringBuilder().Append(Written).Append('\n').Append(labels).Append('\n');
        foreach (var type in R4.Facts.Types.Where(t => t is { IsResource: true, IsAbstract: false }).OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            foreach (var parameter in plans(type).Parameters.OrderBy(p => p.Code, StringComparer.Ordinal).ThenBy(p => p.Url, StringComparer.Ordinal))
            {
                text.Append(type.Name).Append('|').Append(parameter.Code).Append('|').Append(parameter.Type).Append('|').Append(parameter.Expression).Append('\n');
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}

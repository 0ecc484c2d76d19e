using Kangqiao.Kernel;
using Kangqiao.Store.Sqlite.Writing;

namespace Kangqiao.Store.Sqlite;

/// <summary>Three letters for each search parameter of each type, counted up as they come.</summary>
internal static class ParameterCodes
{
    private const int Letters = 26;
    private const int Most = Letters * Letters * Letters;

    /// <summary>All codes there are, after giving new ones to these parameters.</summary>
    public static Outcome<Dictionary<(string Type, string Parameter), string>> Claim(
        WriteSession session, IReadOnlyList<(string Type, string Parameter)> parameters)
    {
        var known = session.Tables.ParameterCodes();
        var missing = parameters.Where(parameter => !known.ContainsKey(parameter)).Distinct().ToList();
        if (missing.Exists(parameter => parameter.Type.Length is 0 or > 200 || parameter.Parameter.Length is 0 or > 200))
        {
            return Problems.BadName("A search parameter's type and name");
        }

        if (known.Count + missing.Count > Most)
        {
            return Problems.NoMoreCodes();
        }

        foreach (var parameter in missing)
        {
            session.AddParameterCode(parameter, known.Count);
            known.Add(parameter, known.Count);
        }

        return known.ToDictionary(entry => entry.Key, entry => Text(entry.Value));
    }

    private static string Text(long code) => string.Create(3, code, static (letters, code) =>
    {
        letters[0] = (char)('a' + (code / (Letters * Letters)));
        letters[1] = (char)('a' + (code / Letters % Letters));
        letters[2] = (char)('a' + (code % Letters));
    });
}

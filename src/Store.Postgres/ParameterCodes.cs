using Kangqiao.Kernel;
using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres;

/// <summary>Three letters for each search parameter of each type, counted up as they come.</summary>
internal static class ParameterCodes
{
    private const int Letters = 26;
    private const int Most = Letters * Letters * Letters;

    /// <summary>All codes there are, after giving new ones to these parameters.</summary>
    public static async Task<Outcome<Dictionary<(string Type, string Parameter), string>>> ClaimAsync(
        NpgsqlConnection connection, IReadOnlyList<(string Type, string Parameter)> parameters, CancellationToken cancel)
    {
        await connection.RunAsync(Locks.OneAfterTheOther, cancel);
        var known = (await connection.Command("SELECT type, name, code FROM store.parameter")
            .RowsAsync(row => ((row.GetString(0), row.GetString(1)), row.GetInt32(2)), cancel)).ToDictionary();
        var missing = parameters.Where(parameter => !known.ContainsKey(parameter)).Distinct().ToList();
        if (missing.Exists(parameter => !StoreLimits.IsName(parameter.Type) || !StoreLimits.IsName(parameter.Parameter)))
        {
            return Problems.BadName("A search parameter's type and name");
        }

        if (known.Count + missing.Count > Most)
        {
            return Problems.NoMoreCodes();
        }

        foreach (var parameter in missing)
        {
            await connection.Command("INSERT INTO store.parameter (code, type, name) VALUES ($1, $2, $3)")
                .With(known.Count).WithText(parameter.Type).WithText(parameter.Parameter).RunAsync(cancel);
            known.Add(parameter, known.Count);
        }

        return known.ToDictionary(entry => entry.Key, entry => Text(entry.Value));
    }

    private static string Text(int code) => string.Create(3, code, static (letters, code) =>
    {
        letters[0] = (char)('a' + (code / (Letters * Letters)));
        letters[1] = (char)('a' + (code / Letters % Letters));
        letters[2] = (char)('a' + (code % Letters));
    });
}

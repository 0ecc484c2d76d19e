using Kangqiao.Fhir.Codes;

namespace Kangqiao.Terminology.Tables;

/// <summary>Where a code stands among tables that an element may carry.</summary>
/// <param name="IsTheirs">The coding's system is that of one of the tables.</param>
/// <param name="Membership">Whether the code is in one of them; unknown where a table is not whole or not loaded.</param>
/// <param name="Edition">Of the newest table that has it; null where it says none.</param>
public readonly record struct TableAnswer(bool IsTheirs, Membership Membership, string? Edition);

/// <summary>Questions to tables by the names that standards give them, or by URL.</summary>
internal static class TableQuestions
{
    public static TableAnswer Find(TerminologySnapshot snapshot, IReadOnlyList<string> tables, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code)
    {
        var asked = snapshot.System(system);
        var isTheirs = false;
        var isWhole = true;
        foreach (var name in tables)
        {
            if (snapshot.System(name) is not { } versions)
            {
                isWhole = false;
                continue;
            }

            isTheirs |= asked is not null && asked.Url == versions.Url;
            isWhole &= Array.TrueForAll(versions.Tables, t => t.IsComplete);
        }

        if (!isTheirs)
        {
            return new TableAnswer(false, Membership.Unknown, null);
        }

        foreach (var name in tables)
        {
            foreach (var table in snapshot.System(name)?.Tables ?? [])
            {
                if (table.Find(code) >= 0)
                {
                    return new TableAnswer(true, Membership.Member, table.Version);
                }
            }
        }

        return new TableAnswer(true, isWhole ? Membership.NotMember : Membership.Unknown, null);
    }

    public static IReadOnlyList<(string Code, string? Display)> First(TerminologySnapshot snapshot, IReadOnlyList<string> tables, int most)
    {
        var found = new List<(string, string?)>();
        foreach (var name in tables)
        {
            if (snapshot.System(name)?.Newest is not { } table)
            {
                continue;
            }

            for (var i = 0; i < table.Count && found.Count < most; i++)
            {
                if (!table.IsAbstract(i))
                {
                    found.Add((table.Codes.Text(i), table.Display(i)));
                }
            }
        }

        return found;
    }
}

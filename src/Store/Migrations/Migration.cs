using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Kangqiao.Kernel;

namespace Kangqiao.Store.Migrations;

/// <summary>One step of a database's form. Goes forward only, and once released is never edited.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Name">The file's name without number and dialect.</param>
public sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text, line ends as LF.</summary>
    public string Checksum { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The embedded files <c>NNNN-name.DIALECT.sql</c> of a maker, in order.</summary>
    /// <exception cref="InvalidOperationException">The numbers are not 1, 2, 3 and so on: a fault in our own build.</exception>
    public static IReadOnlyList<Migration> Embedded(Assembly assembly, string dialect)
    {
        var ending = $".{dialect}.sql";
        var all = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!resource.EndsWith(ending, StringComparison.Ordinal))
            {
                continue;
            }

            using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            var number = int.Parse(resource.AsSpan(0, 4), CultureInfo.InvariantCulture);
            all.Add(new(number, resource[5..^ending.Length], text.ReadToEnd()));
            if (number != all.Count)
            {
                throw new InvalidOperationException($"Migration {resource} should have the number {all.Count}.");
            }
        }

        return all;
    }
}

/// <summary>A step that a database says it has taken.</summary>
public readonly record struct AppliedMigration(int Number, string Name, string Checksum);

public static class MigrationPlan
{
    /// <summary>
    /// The steps still to take. Refused when the database was made by a newer program, or by one whose steps differ from
    /// ours: going on would be guessing at where its data lies.
    /// </summary>
    public static Outcome<IReadOnlyList<Migration>> Decide(IReadOnlyList<Migration> known, IReadOnlyList<AppliedMigration> applied)
    {
        for (var i = 0; i < applied.Count; i++)
        {
            if (applied[i].Number != i + 1)
            {
                return Problems.MigrationMissing(i + 1);
            }

            if (i >= known.Count)
            {
                return Problems.FromTheFuture(applied.Count, known.Count);
            }

            if (applied[i].Checksum != known[i].Checksum)
            {
                return Problems.MigrationChanged(known[i].Number, known[i].Name);
            }
        }

        return known.Skip(applied.Count).ToArray();
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Comparing;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Model;

/// <summary>What is decided of a pair.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Decision>))]
public enum Decision
{
    /// <summary>Two persons, as far as can be seen.</summary>
    None,

    /// <summary>A person has to look.</summary>
    Review,

    /// <summary>One person.</summary>
    Link,
}

/// <summary>How names are written by systems that know none, or more than a name.</summary>
internal sealed class NameHabits
{
    public required IReadOnlySet<string> Placeholders { get; init; }

    public required string[] Titles { get; init; }

    public required string[] Newborns { get; init; }

    public required char[] Ordinals { get; init; }

    public required IReadOnlySet<char> Masks { get; init; }
}

/// <summary>The most that is decided of pairs with certain levels, whatever else speaks for them. Comparisons not named do not matter.</summary>
internal sealed record Guard(Decision Most, IReadOnlyList<(int Comparison, int LevelMask)> When)
{
    public bool Holds(Pattern pattern)
    {
        foreach (var (comparison, mask) in When)
        {
            if ((mask & (1 << pattern.Level(comparison))) == 0)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>
/// A matching model as content (content/matching/NAME/model.json): what to compare, where estimation starts, what is never
/// linked without a person, and how the world writes what it does not know.
/// </summary>
public sealed class MatchModel
{
    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
    };

    private static readonly Type[] LevelTypes =
        [typeof(NameLevel), typeof(BirthLevel), typeof(NumberLevel), typeof(PhoneLevel), typeof(SexLevel), typeof(AddressLevel), typeof(GuardianLevel)];

    private MatchModel()
    {
    }

    public string Name { get; private init; } = "";

    public string Version { get; private init; } = "";

    /// <summary>The least probability that links.</summary>
    public double LinkFrom { get; private init; }

    /// <summary>The least probability that a person looks at.</summary>
    public double ReviewFrom { get; private init; }

    /// <summary>By comparison and level: how often pairs of one person are so, before data says otherwise.</summary>
    internal double[][] Start { get; private init; } = default!;

    /// <summary>By comparison and level: how often pairs of two people are so, before data says otherwise.</summary>
    internal double[][] Strangers { get; private init; } = default!;

    /// <summary>People among whom one is looked for while nothing is known of how many there are.</summary>
    internal double Population { get; private init; }

    /// <summary>How many pairs of data weigh as much as <see cref="Start"/>.</summary>
    internal double PseudoPairs { get; private init; }

    internal IReadOnlyList<Guard> Guards { get; private init; } = default!;

    internal NameHabits Names { get; private init; } = default!;

    internal IReadOnlySet<int> BirthPlaceholders { get; private init; } = default!;

    internal IReadOnlySet<string> NumberPlaceholders { get; private init; } = default!;

    internal IReadOnlySet<string> PhonePlaceholders { get; private init; } = default!;

    /// <summary>By header in small letters: the member of <see cref="PersonValues"/> it stands for.</summary>
    internal IReadOnlyDictionary<string, string> Headers { get; private init; } = default!;

    /// <summary>Reads a model; a fault in it is said with its place.</summary>
    public static Outcome<MatchModel> Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return Of(JsonSerializer.Deserialize<Written>(json, Strict)!);
        }
        catch (JsonException fault)
        {
            return Problems.UnreadableModel(fault.Message);
        }
        catch (FormatException fault)
        {
            return Problems.UnreadableModel(fault.Message);
        }
    }

    /// <summary>Two rows that cannot be of one person, whoever stands between them.</summary>
    internal bool Contradicts(Pattern pattern)
    {
        foreach (var guard in Guards)
        {
            if (guard.Most == Decision.None && guard.Holds(pattern))
            {
                return true;
            }
        }

        return pattern.Name == NameLevel.Other && pattern.Number != NumberLevel.Exact && pattern.Birth is (BirthLevel.SameYear or BirthLevel.Other);
    }

    internal static string LevelName(int comparison, int level) => Enum.GetName(LevelTypes[comparison], level)!;

    private static MatchModel Of(Written written)
    {
        var nothing = new HashSet<int>();
        return new()
        {
            Name = written.Name,
            Version = written.Version,
            LinkFrom = written.Link,
            ReviewFrom = written.Review,
            PseudoPairs = written.PseudoPairs,
            Start = [.. Enum.GetNames<Comparison>().Select((name, i) => StartOf(i, written.Comparisons[name].M))],
            Strangers = [.. Enum.GetNames<Comparison>().Select((name, i) => StartOf(i, written.Comparisons[name].U))],
            Population = written.Population,
            Guards = [.. written.Guards.Select(GuardOf)],
            Names = new()
            {
                Placeholders = written.Names.Placeholders.ToHashSet(StringComparer.OrdinalIgnoreCase),
                Titles = written.Names.Titles,
                Newborns = [.. written.Names.Newborns.OrderByDescending(ending => ending.Length)],
                Ordinals = written.Names.Ordinals.ToCharArray(),
                Masks = written.Names.Masks.ToHashSet(),
            },
            BirthPlaceholders = written.BirthPlaceholders.Select(text => Birth.Parse(text, nothing)).Where(day => day > 0).ToHashSet(),
            NumberPlaceholders = written.NumberPlaceholders.ToHashSet(StringComparer.OrdinalIgnoreCase),
            PhonePlaceholders = written.PhonePlaceholders.ToHashSet(StringComparer.Ordinal),
            Headers = written.Headers.SelectMany(role => role.Value.Select(alias => (alias, role.Key)))
                .ToDictionary(pair => pair.alias.ToLowerInvariant(), pair => pair.Key, StringComparer.Ordinal),
        };
    }

    private static double[] StartOf(int comparison, Dictionary<string, double> byName)
    {
        var start = new double[Pattern.Levels(comparison)];
        foreach (var (name, value) in byName)
        {
            start[LevelOf(comparison, name)] = value;
        }

        return start;
    }

    private static int LevelOf(int comparison, string name) => Enum.TryParse(LevelTypes[comparison], name, out var level)
        ? (int)Convert.ChangeType(level, typeof(int), System.Globalization.CultureInfo.InvariantCulture)
        : throw new FormatException($"{Enum.GetName((Comparison)comparison)} has no level '{name}'.");

    private static Guard GuardOf(WrittenGuard written)
    {
        var when = new List<(int, int)>();
        string[]?[] levels = [written.Name, written.Birth, written.Number, written.Phone, written.Sex, written.Address, written.Guardian];
        for (var comparison = 0; comparison < levels.Length; comparison++)
        {
            if (levels[comparison] is { } names)
            {
                when.Add((comparison, names.Aggregate(0, (mask, name) => mask | (1 << LevelOf(comparison, name)))));
            }
        }

        return when.Count > 0 ? new(written.Most, when) : throw new FormatException("A guard names no level, so it would hold for every pair.");
    }

    private sealed record Written(
        string Name, string Version, string Title, double Link, double Review, double PseudoPairs, double Population,
        Dictionary<string, WrittenComparison> Comparisons, WrittenGuard[] Guards, WrittenNames Names,
        string[] BirthPlaceholders, string[] NumberPlaceholders, string[] PhonePlaceholders, Dictionary<string, string[]> Headers);

    private sealed record WrittenComparison(Dictionary<string, double> M, Dictionary<string, double> U);

    private sealed record WrittenGuard(
        Decision Most, string[]? Name = null, string[]? Birth = null, string[]? Number = null, string[]? Phone = null,
        string[]? Sex = null, string[]? Address = null, string[]? Guardian = null);

    private sealed record WrittenNames(string[] Placeholders, string[] Titles, string[] Newborns, string Ordinals, string Masks);
}

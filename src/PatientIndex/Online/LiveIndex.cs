using Kangqiao.PatientIndex.Comparing;
using Kangqiao.PatientIndex.Learning;
using Kangqiao.PatientIndex.Model;
using Kangqiao.PatientIndex.Residents;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Online;

/// <summary>A source that may be the person asked for.</summary>
internal readonly record struct Likeness(int Row, Pattern Pattern, double Probability, Decision Decision);

/// <summary>
/// All source Patients and the residents they are linked to, in memory: rows by compact columns, found by blocking keys, compared by
/// the weights in force. Everything is asked and said with <see cref="Gate"/> held.
/// </summary>
internal sealed class LiveIndex
{
    private const int None = -1;

    /// <summary>People among whom one is looked for are at least so many.</summary>
    private const double FewestPeople = 10_000;

    private readonly PersonTable table;
    private readonly LiveRarity rarity;
    private readonly LiveAddressWeights addresses;
    private readonly PairComparer comparer;
    private readonly Blocks blocks;
    private readonly IdTable sources = new();
    private readonly IdTable residents = new();
    private readonly Dictionary<int, (string Name, string Number)> guardians = [];
    private readonly Dictionary<int, HashSet<int>> neverSame = [];
    private readonly HashSet<int> held = [];
    private readonly List<int> candidates = [];
    private int[] residentOf = [];
    private int[] nextOfResident = [];
    private int[] versions = [];
    private int[] firstOfResident = [];
    private long[] residentVersions = [];
    private Weights weights;
    private LearnedWeights? learned;
    private int weighedAt;

    public LiveIndex(MatchModel model)
    {
        Model = model;
        table = new PersonTable(model);
        rarity = new LiveRarity(table);
        addresses = new LiveAddressWeights(table);
        comparer = new PairComparer(table, addresses);
        blocks = new Blocks(table);
        weights = Weigh();
    }

    public Lock Gate { get; } = new();

    public MatchModel Model { get; }

    /// <summary>Names the weights in force.</summary>
    public string ModelVersion => learned?.Version ?? $"{Model.Name} {Model.Version}";

    /// <summary>Sources, the forgotten ones included.</summary>
    public int Count => table.Count;

    public int Residents { get; private set; }

    /// <summary>Memory that grows with rows, whatever they say: rows, ids, keys, links.</summary>
    public long BytesOfRows => table.Bytes + blocks.Bytes + sources.Bytes + (4L * (residentOf.Length + nextOfResident.Length + versions.Length));

    public Weights Weights => weights;

    public ref readonly PersonRow this[int row] => ref table[row];

    public PersonTable Table => table;

    public string SourceId(int row) => sources[row];

    /// <summary>The row of a source, or -1.</summary>
    public int FindSource(string id) => sources.Find(id);

    /// <summary>The version of the source that its row tells; 0 where it is not stored yet.</summary>
    public int VersionOf(int row) => versions[row];

    public void SetVersion(int row, long version) => versions[row] = (int)version;

    /// <summary>The resident of a row, or -1.</summary>
    public int ResidentOf(int row) => residentOf[row];

    /// <summary>Rows that are stored and linked to nobody.</summary>
    public IEnumerable<int> Unlinked() => Enumerable.Range(0, table.Count).Where(row => residentOf[row] == None && versions[row] > 0);

    public int FindResident(string id) => residents.Find(id);

    public string ResidentId(int resident) => residents[resident];

    public long ResidentVersion(int resident) => residentVersions[resident];

    public void SetResidentVersion(int resident, long version) => residentVersions[resident] = version;

    public int AddResident(string id)
    {
        var number = residents.Add(id);
        Fit(ref firstOfResident, number, None);
        Fit(ref residentVersions, number, 0);
        Residents++;
        return number;
    }

    /// <summary>Rows that are linked to a resident.</summary>
    public IEnumerable<int> RowsOf(int resident)
    {
        for (var row = firstOfResident[resident]; row != None; row = nextOfResident[row])
        {
            yield return row;
        }
    }

    /// <summary>Says what a source is, new or again.</summary>
    public int Say(string sourceId, in PersonValues values)
    {
        var row = RowFor(sourceId);
        Replace(row, table.RowOf(WithGuardian(row, values)));
        return row;
    }

    /// <summary>Brings a row back to what it said.</summary>
    public void Replace(int row, in PersonRow says)
    {
        blocks.Remove(row, table[row]);
        rarity.Count(table[row], -1);
        table.Replace(row, says);
        rarity.Count(says, 1);
        addresses.CatchUp();
        blocks.Add(row, says);
    }

    /// <summary>Says who stands for a source that cannot speak for itself, whether the source has come or not.</summary>
    public void SayGuardian(string sourceId, string name, string number)
    {
        var row = RowFor(sourceId);
        guardians[row] = (name, number);
        if (table[row] != default)
        {
            var guardian = table.RowOf(new() { GuardianName = name, GuardianNumber = number });
            Replace(row, table[row] with { GuardianName = guardian.GuardianName, GuardianNumber = guardian.GuardianNumber });
        }
    }

    public void Forget(int row)
    {
        versions[row] = 0;
        Replace(row, default);
        guardians.Remove(row);
        Assign(row, None);
    }

    /// <param name="resident">-1 for none.</param>
    public void Assign(int row, int resident)
    {
        var was = residentOf[row];
        if (was == resident)
        {
            return;
        }

        if (was != None)
        {
            ref var link = ref firstOfResident[was];
            while (link != row)
            {
                link = ref nextOfResident[link];
            }

            link = nextOfResident[row];
        }

        residentOf[row] = resident;
        if (resident != None)
        {
            nextOfResident[row] = firstOfResident[resident];
            firstOfResident[resident] = row;
        }
    }

    public bool AreNeverSame(int resident, int other) => neverSame.TryGetValue(resident, out var others) && others.Contains(other);

    /// <summary>Says whom a resident never is.</summary>
    private void SetNeverSame(int resident, IEnumerable<int> others)
    {
        if (others.ToHashSet() is { Count: > 0 } set)
        {
            neverSame[resident] = set;
        }
        else
        {
            neverSame.Remove(resident);
        }
    }

    /// <summary>Takes in what a Person says besides its links' sources: whom it never is, and which links a person has made.</summary>
    public void Take(int number, Resident resident)
    {
        foreach (var link in resident.Links)
        {
            if (FindSource(link.Source) is >= 0 and var row)
            {
                Hold(row, link.How == LinkMeans.Steward);
            }
        }

        SetNeverSame(number, resident.NeverSame.Select(FindResident).Where(other => other >= 0));
    }

    /// <summary>A person has put the source where it is: no weights move it.</summary>
    public bool IsHeld(int row) => held.Contains(row);

    private void Hold(int row, bool isHeld)
    {
        if (isHeld)
        {
            held.Add(row);
        }
        else
        {
            held.Remove(row);
        }
    }

    public Pattern Compare(in PersonRow a, in PersonRow b) => comparer.Compare(a, b);

    /// <summary>Sources that are like the one asked for at all, likeliest first.</summary>
    /// <param name="except">A row that is left out, or -1.</param>
    public List<Likeness> Find(in PersonRow asked, int except)
    {
        if (table.Count > weighedAt * 5L / 4)
        {
            weights = Weigh();
        }

        candidates.Clear();
        blocks.Find(asked, candidates);
        var found = new List<Likeness>();
        foreach (var row in candidates)
        {
            ref readonly var other = ref table[row];
            if (row == except || other == default)
            {
                continue;
            }

            var pattern = comparer.Compare(asked, other);
            var probability = weights.Probability(pattern, asked, other);
            found.Add(new(row, pattern, probability, weights.Decide(pattern, probability)));
        }

        found.Sort((a, b) => a.Probability != b.Probability ? b.Probability.CompareTo(a.Probability) : a.Row.CompareTo(b.Row));
        return found;
    }

    /// <summary>Asks for somebody who is not in the table and shall not be.</summary>
    public T Ask<T>(in PersonValues values, Func<PersonRow, List<Likeness>, T> answer)
    {
        table.ReceiveGuests();
        try
        {
            var row = table.RowOf(values);
            return answer(row, Find(row, None));
        }
        finally
        {
            table.DismissGuests();
        }
    }

    public void Learn(LearnedWeights taught)
    {
        learned = taught;
        weights = Weigh();
    }

    private Weights Weigh()
    {
        weighedAt = Math.Max(1_000, table.Count);
        return learned is { } taught
            ? new(Model, rarity, taught.M, taught.U, taught.PriorBits(Math.Max(FewestPeople, table.Count)))
            : new(Model, new CautiousRarity(rarity, Model.Strangers), Model.Start, Model.Strangers, -Math.Log2(Math.Max(Model.Population, table.Count)));
    }

    private PersonValues WithGuardian(int row, in PersonValues values) =>
        guardians.TryGetValue(row, out var guardian) && values.GuardianName.Length + values.GuardianNumber.Length == 0
            ? values with { GuardianName = guardian.Name, GuardianNumber = guardian.Number }
            : values;

    private int RowFor(string sourceId)
    {
        var row = sources.Find(sourceId);
        if (row < 0)
        {
            row = sources.Add(sourceId);
            table.AddEmpty();
            Fit(ref residentOf, row, None);
            Fit(ref nextOfResident, row, None);
            Fit(ref versions, row, 0);
        }

        return row;
    }

    private static void Fit<T>(ref T[] array, int at, T fill)
    {
        if (at >= array.Length)
        {
            Array.Resize(ref array, Math.Max(1024, array.Length * 2));
        }

        array[at] = fill;
    }
}

using System.Text.Json;
using Kangqiao.PatientIndex.Online;
using Kangqiao.PatientIndex.Residents;
using Kangqiao.PatientIndex.Reviews;
using Kangqiao.PatientIndex.Rows;
using Kangqiao.PatientIndex.Sources;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.PatientIndex.Linking;

/// <summary>What is known of a link that a plan makes.</summary>
/// <param name="IsNumberTaken">Sources of other residents have the same number.</param>
internal sealed record PlannedLink(int Row, string How, string Assurance, double? Probability, bool IsNumberTaken);

/// <summary>A resident that a plan touches.</summary>
internal sealed class TouchedResident(int number, string id, long version)
{
    public int Number { get; } = number;

    public string Id { get; } = id;

    /// <summary>Of the Person when it was planned; 0 for a new one.</summary>
    public long Version { get; } = version;

    public bool IsNew => Version == 0;

    /// <summary>Links that are made or judged anew, by source.</summary>
    public Dictionary<string, PlannedLink> Links { get; } = new(StringComparer.Ordinal);

    /// <summary>The resident it goes over into, with all that it has.</summary>
    public string? Survivor { get; set; }

    /// <summary>What it shall be, where a person has decided; its links are then these.</summary>
    public Resident? Wanted { get; set; }

    /// <summary>The sources it has when the plan is carried out.</summary>
    public List<(string Source, SourceFacts Facts)> Sources { get; } = [];
}

/// <summary>
/// What a request of writes does to the residents: made and undone with the index's gate held. The index says already what the plan
/// says; whoever is not able to write it takes it back.
/// </summary>
internal sealed class LinkPlan(LiveIndex index, Func<string> newId)
{
    private readonly List<(int Row, PersonRow Was, int Resident)> undo = [];
    private readonly HashSet<int> born = [];
    private readonly Dictionary<int, string> senders = [];
    private readonly Dictionary<int, string> regions = [];

    public Dictionary<int, TouchedResident> Touched { get; } = [];

    public List<(int Row, Doubt Doubt)> Doubts { get; } = [];

    /// <summary>What somebody has to look at, once the plan is complete.</summary>
    public IReadOnlyList<Review> Reviews { get; private set; } = [];

    /// <summary>Takes one operation of the request into account.</summary>
    public void Take(WriteOperation operation)
    {
        switch (operation)
        {
            case WriteOperation.Put { Record: { Key.Type: "Patient" } record }:
                using (var document = JsonSaid.Parse(record.Body))
                {
                    TakePatient(record.Key.Id, SourceReader.Patient(document.RootElement));
                    var taken = index.FindSource(record.Key.Id);
                    senders[taken] = record.Sender;
                    regions[taken] = SourceReader.RegionOf(document.RootElement);
                }

                break;
            case WriteOperation.Put { Record: { Key.Type: "RelatedPerson" } record }:
                using (var document = JsonSaid.Parse(record.Body))
                {
                    if (SourceReader.GuardianOf(document.RootElement) is var (patient, name, number))
                    {
                        if (index.FindSource(patient) is >= 0 and var row)
                        {
                            Remember(row);
                        }

                        index.SayGuardian(patient, name, number);
                    }
                }

                break;
            case WriteOperation.Delete { Key.Type: "Patient" } or WriteOperation.Purge { Key.Type: "Patient" }:
                if (index.FindSource(operation.Target.Id) is >= 0 and var gone)
                {
                    Remember(gone);
                    if (index.ResidentOf(gone) is >= 0 and var left)
                    {
                        Touch(left);
                    }

                    index.Forget(gone);
                }

                break;
        }
    }

    /// <summary>Takes in what a person has decided: the resident as it shall be.</summary>
    /// <returns>False where it has changed since it was read.</returns>
    public bool TryTake(Resident wanted)
    {
        var number = index.FindResident(wanted.Id);
        if (number < 0)
        {
            number = index.AddResident(wanted.Id);
            born.Add(number);
        }

        if (index.ResidentVersion(number) != wanted.Version)
        {
            return false;
        }

        Touch(number).Wanted = wanted;
        foreach (var link in wanted.Links)
        {
            if (index.FindSource(link.Source) is >= 0 and var row)
            {
                Remember(row);
                index.Assign(row, number);
            }
        }

        return true;
    }

    /// <summary>Completes the plan once all operations are taken.</summary>
    public void Close(DateTimeOffset now)
    {
        Reviews = [.. Doubts.Select(d => ReviewOf(d.Row, d.Doubt, now))];
        foreach (var touched in Touched.Values)
        {
            foreach (var row in index.RowsOf(touched.Number))
            {
                touched.Sources.Add((index.SourceId(row), SourceFacts.Of(index.Table, index[row])));
            }
        }
    }

    /// <summary>The index says again what it said before.</summary>
    public void Undo()
    {
        for (var i = undo.Count - 1; i >= 0; i--)
        {
            var (row, was, resident) = undo[i];
            index.Assign(row, resident);
            index.Replace(row, was);
        }
    }

    private void TakePatient(string id, in PersonValues values)
    {
        var known = index.FindSource(id);
        var was = known < 0 ? default : index[known];
        if (known >= 0)
        {
            Remember(known);
        }

        var row = index.Say(id, values);
        if (known < 0)
        {
            undo.Add((row, default, -1));
        }

        var resident = index.ResidentOf(row);
        if (resident < 0)
        {
            Link(row, LinkChoice.Of(index, row, _ => false));
            return;
        }

        var touched = Touch(resident);
        if (was == index[row])
        {
            return;
        }

        if (LinkChoice.IsOverlay(index, row, was))
        {
            Doubts.Add((row, new(DoubtKind.Overlay, -1, 0)));
            touched.Links[id] = new(row, LinkMeans.New, "level1", null, IsNumberTaken: true);
            return;
        }

        Reconsider(row, resident);
    }

    /// <summary>A source that says more than before may turn out to be somebody who is known already.</summary>
    private void Reconsider(int row, int resident)
    {
        var choice = LinkChoice.Of(index, row, other => other == resident || index.AreNeverSame(resident, other));
        var isAlone = !index.RowsOf(resident).Skip(1).Any();
        if (choice.Resident >= 0 && isAlone && !born.Contains(resident) && !index.IsHeld(row))
        {
            Touched[resident].Survivor = index.ResidentId(choice.Resident);
            Link(row, choice);
            return;
        }

        if (choice.Resident >= 0)
        {
            Doubts.Add((row, new(DoubtKind.Duplicate, index.RowsOf(choice.Resident).First(), choice.Probability ?? 1)));
        }

        Doubts.AddRange(choice.Doubts.Select(d => (row, d)));
    }

    private void Link(int row, LinkChoice choice)
    {
        var resident = choice.Resident;
        if (resident < 0)
        {
            resident = index.AddResident(newId());
            born.Add(resident);
        }

        index.Assign(row, resident);
        Touch(resident).Links[index.SourceId(row)] = new(row, choice.How, choice.Assurance, choice.Probability, choice.IsNumberTaken);
        Doubts.AddRange(choice.Doubts.Select(d => (row, d)));
    }

    private Review ReviewOf(int row, Doubt doubt, DateTimeOffset now)
    {
        var source = index.SourceId(row);
        var other = doubt.Row < 0 ? "" : index.SourceId(doubt.Row);
        var review = new Review(
            Review.IdOf(doubt.Kind, source, other), doubt.Kind, source, other, ResidentIdOf(row), doubt.Row < 0 ? "" : ResidentIdOf(doubt.Row), now)
        {
            Institutions = [.. new[] { senders.GetValueOrDefault(row, "") }.Where(s => s.Length > 0)],
            Region = regions.GetValueOrDefault(row, ""),
            Probability = Math.Round(doubt.Probability, 6),
            Model = index.ModelVersion,
            PriorBits = index.Weights.PriorBits,
        };
        return doubt.Row < 0 ? review : review with { Evidence = index.Weights.Explain(index.Compare(index[row], index[doubt.Row]), index[row], index[doubt.Row]) };
    }

    private string ResidentIdOf(int row) => index.ResidentOf(row) is >= 0 and var resident ? index.ResidentId(resident) : "";

    private void Remember(int row) => undo.Add((row, index[row], index.ResidentOf(row)));

    private TouchedResident Touch(int resident)
    {
        if (!Touched.TryGetValue(resident, out var touched))
        {
            touched = new(resident, index.ResidentId(resident), index.ResidentVersion(resident));
            Touched.Add(resident, touched);
        }

        return touched;
    }
}

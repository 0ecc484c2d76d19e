using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Linking;
using Kangqiao.PatientIndex.Sources;
using Kangqiao.PatientIndex.Stewarding;
using Kangqiao.Store;

namespace Kangqiao.PatientIndex.Reviews;

/// <summary>One side of a review: what a source Patient says of who it is. Numbers are shown only as far as they are needed to compare.</summary>
public sealed record ReviewSide(string Source, string Resident, string Institution, string Name, string Sex, string Birth, string Number, string Phone, string Address, string Guardian);

/// <summary>A review with both sides beside each other.</summary>
/// <param name="May">Decisions that there are.</param>
public sealed record ReviewView(Review Review, IReadOnlyList<ReviewSide> Sides, IReadOnlyList<string> May);

/// <summary>Where a steward reads reviews and decides them.</summary>
public sealed class ReviewDesk
{
    private const string Same = "same", Different = "different", Split = "split", Dismiss = "dismiss", Confirm = "confirm", Reject = "reject";

    private readonly PersonIndex persons;
    private readonly TimeProvider time;

    internal ReviewDesk(PersonIndex persons, TimeProvider time)
    {
        this.persons = persons;
        this.time = time;
    }

    /// <summary>Reviews, newest first, and how many there are.</summary>
    public async ValueTask<Outcome<(IReadOnlyList<Review> Reviews, long Total, long? Next)>> ListAsync(ReviewAsk ask, CancellationToken cancel = default) =>
        persons.Reviews is { } shelf ? await shelf.ListAsync(ask, cancel) : Problems.NoLedger();

    public async ValueTask<Outcome<ReviewView>> ReadAsync(string id, CancellationToken cancel = default)
    {
        if (!(await FindAsync(id, cancel)).Try(out var found, out var problem))
        {
            return problem;
        }

        var review = found.Review;
        string[] sources = [.. new[] { review.Source, review.OtherSource }.Where(s => s.Length > 0)];
        if (sources.Length == 0)
        {
            sources = [.. persons.SourcesOf(review.Resident).Take(1), .. persons.SourcesOf(review.OtherResident).Take(1)];
        }

        if (!(await persons.Store.ReadAsync([.. sources.Select(s => new RecordKey("Patient", s))], cancel)).Try(out var records, out problem))
        {
            return problem;
        }

        return new ReviewView(review, [.. records.OfType<StoredRecord>().Where(r => r.State == RecordState.Live).Select(SideOf)], May(review.Kind));
    }

    /// <summary>Decides a review and carries the decision out.</summary>
    public async ValueTask<Outcome<Review>> DecideAsync(string id, string decision, StewardAct act, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(act);
        if (!(await FindAsync(id, cancel)).Try(out var found, out var problem))
        {
            return problem;
        }

        var (review, version) = found;
        if (review.State == ReviewState.Decided)
        {
            return Problems.AlreadyDecided(id);
        }

        if (!May(review.Kind).Contains(decision, StringComparer.Ordinal))
        {
            return Problems.BadDecision(string.Join(", ", May(review.Kind)));
        }

        if (act.Actor.Length == 0 || act.Reason.Length == 0)
        {
            return Problems.NeedsActorAndReason();
        }

        if (!(await CarryOutAsync(review, decision, act, cancel)).Try(out var waits, out problem))
        {
            return problem;
        }

        var decided = review with
        {
            State = waits ? ReviewState.Proposed : ReviewState.Decided,
            Decision = decision,
            DecidedBy = waits ? "" : act.Actor,
            ProposedBy = waits ? act.Actor : review.ProposedBy,
            Reason = act.Reason,
            DecidedAt = waits ? null : time.GetUtcNow(),
        };

        // A confirmed proposal is kept by whoever carried it out.
        var expected = decision == Confirm ? null : (long?)version;
        return await persons.Reviews!.PutAsync(decided, expected, cancel) is { } refused ? refused : decided;
    }

    /// <returns>True where it waits for another person.</returns>
    private async ValueTask<Outcome<bool>> CarryOutAsync(Review review, string decision, StewardAct act, CancellationToken cancel)
    {
        var one = persons.ResidentOf(review.Source) ?? review.Resident;
        var other = review.OtherSource.Length > 0 ? persons.ResidentOf(review.OtherSource) ?? review.OtherResident : review.OtherResident;
        switch (decision)
        {
            case Same when review.Kind != DoubtKind.Overlay && one != other:
                // The older resident stays: its id has been told to more.
                var (survivor, retired) = string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
                return (await persons.Steward.MergeAsync(survivor, retired, act, cancel)).Then<bool>(r => r.Proposal is not null);
            case Different when one != other:
                return (await persons.Steward.NeverSameAsync(one, other, act, cancel)).Then<bool>(_ => false);
            case Split:
                return (await persons.Steward.SplitAsync(one, [review.Source], act, cancel)).Then<bool>(_ => false);
            case Confirm:
                return (await persons.Steward.MergeAsync(review.Resident, review.OtherResident, act, cancel)).Then<bool>(r => r.Proposal is not null);
            default:
                return false;
        }
    }

    private async ValueTask<Outcome<(Review Review, long Version)>> FindAsync(string id, CancellationToken cancel)
    {
        if (persons.Reviews is not { } shelf)
        {
            return Problems.NoLedger();
        }

        return (await shelf.FindAsync(id, cancel)).Then<(Review, long)>(found => found is { } there ? there : Problems.NoSuchReview(id));
    }

    private static string[] May(DoubtKind kind) => kind switch
    {
        DoubtKind.Overlay => [Same, Split, Dismiss],
        DoubtKind.Nameless => [Dismiss],
        DoubtKind.MergeProposal => [Confirm, Reject],
        _ => [Same, Different, Dismiss],
    };

    private ReviewSide SideOf(StoredRecord record)
    {
        using var document = JsonSaid.Parse(record.Body);
        var says = SourceReader.Patient(document.RootElement);
        return new(
            record.Key.Id, persons.ResidentOf(record.Key.Id) ?? "", record.Sender, says.Name.Length > 0 ? says.Name : says.Surname + says.Given, says.Sex, says.Birth,
            Hidden(says.Number, 6, 4), Hidden(says.Phone, 3, 4), says.Address, says.GuardianName);
    }

    private static string Hidden(string text, int first, int last) =>
        text.Length <= first + last ? text : string.Concat(text.AsSpan(0, first), new string('*', text.Length - first - last), text.AsSpan(text.Length - last));
}

using Kangqiao.Kernel;

namespace Kangqiao.Store;

/// <summary>Every way in which the store refuses.</summary>
public static class Problems
{
    public static Problem VersionConflict(RecordKey key, long expected, long current) =>
        new("STO001", ProblemKind.PreconditionFailed, $"{key} is at version {current}, not {expected}: read it again before you change it.");

    public static Problem AlreadyExists(RecordKey key) =>
        new("STO002", ProblemKind.Conflict, $"{key} exists already.");

    public static Problem DoesNotExist(RecordKey key) =>
        new("STO003", ProblemKind.NotFound, $"{key} does not exist, so it cannot be updated.");

    /// <summary>The caller prepares its request again on what is there now.</summary>
    public static Problem NoLongerSo() =>
        new("STO004", ProblemKind.Conflict, "The records that a condition matched have changed meanwhile: prepare the request again.");

    public static Problem TwiceInOneRequest(RecordKey key) =>
        new("STO005", ProblemKind.Invalid, $"{key} occurs twice in one request.");

    public static Problem BadKey() =>
        new("STO006", ProblemKind.Invalid, "A record's type is 1 to 64 letters, its id 1 to 64 of A-Z a-z 0-9 - and full stop.");

    public static Problem NotAnObject() =>
        new("STO007", ProblemKind.Invalid, "A record's body is one JSON object, and its meta too.");

    public static Problem BodyTooLarge(RecordKey key, int most) =>
        new("STO008", ProblemKind.TooLarge, $"{key} has more than {most} bytes of body or terms.");

    public static Problem RequestTooLarge(int most) =>
        new("STO009", ProblemKind.TooLarge, $"One request holds at most {most} operations.");

    public static Problem Busy() =>
        new("STO010", ProblemKind.Throttled, "More is being written than the disk takes: try again shortly.");

    public static Problem Closed() =>
        new("STO011", ProblemKind.Unavailable, "The store is closing.");

    public static Problem DiskFull() =>
        new("STO012", ProblemKind.Unavailable, "The disk is full: nothing was written. Free space, then send again.");

    public static Problem DatabaseFailed(string what) =>
        new("STO013", ProblemKind.Unavailable, $"The database failed: {what}");

    public static Problem QueryTooLarge(int terms, int depth) =>
        new("STO014", ProblemKind.TooCostly, $"The question has more than {terms} terms or is nested deeper than {depth}.");

    public static Problem TookTooLong() =>
        new("STO015", ProblemKind.TooCostly, "The question takes longer than allowed: narrow it.");

    public static Problem BadLimit(int most) =>
        new("STO016", ProblemKind.Invalid, $"A page holds 1 to {most} entries.");

    public static Problem NotACursor() =>
        new("STO017", ProblemKind.Invalid, "That is not a position in the change feed.");

    public static Problem CursorMoved(string follower) =>
        new("STO018", ProblemKind.Conflict, $"The follower '{follower}' was moved by somebody else.");

    public static Problem JobExists(string id) =>
        new("STO019", ProblemKind.Conflict, $"There is a job {id} already.");

    public static Problem NoSuchJob(string id) =>
        new("STO020", ProblemKind.NotFound, $"There is no job {id}.");

    public static Problem ClaimLost(string id) =>
        new("STO021", ProblemKind.Conflict, $"Job {id} was claimed by somebody else or has ended: stop working on it.");

    public static Problem JobNotEnded(string id) =>
        new("STO022", ProblemKind.Conflict, $"Job {id} has not ended.");

    public static Problem OwnedByAnother(string folder) =>
        new("STO023", ProblemKind.Unavailable, $"Another server is using the data folder {folder}: stop it, or name another folder with --data.");

    public static Problem FromTheFuture(int database, int program) =>
        new("STO024", ProblemKind.Unavailable, $"The database was made by a newer version (step {database}, this program knows {program}): use that version.");

    public static Problem MigrationChanged(int number, string name) =>
        new("STO025", ProblemKind.Unavailable, $"Step {number} ({name}) of the database differs from this program's: it was made by a build that was never released, or was altered.");

    public static Problem MigrationMissing(int number) =>
        new("STO026", ProblemKind.Unavailable, $"The database does not record its step {number}: its list of steps was altered.");

    public static Problem FolderNotEmpty(string folder) =>
        new("STO027", ProblemKind.Conflict, $"The folder {folder} is not empty.");

    public static Problem NotABackup(string folder) =>
        new("STO028", ProblemKind.Invalid, $"The folder {folder} does not hold a complete backup as it was made.");

    public static Problem DataAlreadyThere(string folder) =>
        new("STO029", ProblemKind.Conflict, $"There is data in {folder} already: restore into an empty folder.");

    public static Problem NoMoreCodes() =>
        new("STO030", ProblemKind.TooLarge, "All 17,576 codes for search parameters are taken.");

    public static Problem BadTerms(RecordKey key) =>
        new("STO031", ProblemKind.Invalid, $"The terms of {key} hold something other than [0-9a-z], bytes from 0x80 and single spaces.");

    public static Problem JobCancelled(string id) =>
        new("STO033", ProblemKind.Conflict, $"Job {id} was cancelled.");

    public static Problem IndexIncomplete(string type, long found, long due) =>
        new("STO034", ProblemKind.Unavailable, $"The index does not hold what it should: of {due} records of {type}, {found} were seen to.");

    public static Problem NotIndexed(long count, string first) =>
        new("STO035", ProblemKind.Unavailable, $"{count} records could not be indexed anew and keep their old terms; the first is {first}.");

    public static Problem OutboxMoved(string name) =>
        new("STO036", ProblemKind.Conflict, $"Somebody else has added to the outbox '{name}'.");

    public static Problem NoSuchOutbox(string name) =>
        new("STO037", ProblemKind.NotFound, $"There is no outbox '{name}'.");

    public static Problem NoDataThere(string folder) =>
        new("STO038", ProblemKind.NotFound, $"There are no records in {folder}.");

    /// <summary>How many places a database divides its records into is fixed when it is made.</summary>
    public static Problem OtherPlaces(int has, int asked) =>
        new("STO039", ProblemKind.Conflict, $"The records are divided into {has} places, not {asked}, and that never changes: make a new database with {asked} places, and load into it what $export gives of this one.");

    public static Problem BadName(string what) =>
        new("STO032", ProblemKind.Invalid, $"{what} is 1 to 200 characters.");
}

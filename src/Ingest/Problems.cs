using Kangqiao.Kernel;

namespace Kangqiao.Ingest;

/// <summary>Every way in which the door refuses a submission as a whole. What is wrong with its records is on its receipt.</summary>
public static class Problems
{
    public static Problem JournalTaken(string folder, string why) =>
        new("DOR101", ProblemKind.Unavailable, $"The folder of raw messages {folder} cannot be used: {why}");

    public static Problem JournalFailed(string why) =>
        new("DOR102", ProblemKind.Unavailable, $"The raw message could not be written, so nothing was received: {why}. Send it again later.");

    public static Problem Closing() => new("DOR103", ProblemKind.Unavailable, "The door is closing: send it again shortly.");

    public static Problem NoSuchFormat(string format) =>
        new("DOR104", ProblemKind.NotFound, $"There is no format '{(format.Length > 60 ? format[..60] : format)}' here.");

    public static Problem Busy(string sender) =>
        new("DOR105", ProblemKind.Throttled, $"Too many submissions of {sender} are waiting: come back shortly.");

    public static Problem Bomb(int ratio) =>
        new("DOR106", ProblemKind.TooLarge, $"The body unpacks to more than {ratio} times its size: send it with less in it.");

    public static Problem BadPacking() => new("DOR107", ProblemKind.Invalid, "The body is not packed as it claims to be.");

    public static Problem NoSuchReceipt() => new("DOR108", ProblemKind.NotFound, "There is no receipt of that number for you.");

    public static Problem NoSuchEntry() => new("DOR109", ProblemKind.NotFound, "There is nothing of that number in quarantine for you.");

    public static Problem EntryClosed() => new("DOR110", ProblemKind.Conflict, "That entry does not wait any more.");

    public static Problem NeedsToken() => new("DOR111", ProblemKind.NotAuthenticated, "A bearer token is needed: Authorization: Bearer … .");

    public static Problem NotForRole(string role) =>
        new("DOR112", ProblemKind.NotPermitted, $"The role '{role}' has no business at the door.");

    public static Problem NotYours() => new("DOR113", ProblemKind.NotPermitted, "An institution sends for itself only.");

    public static Problem NoInstitution() => new("DOR114", ProblemKind.Invalid, "The token names no institution, so it is not clear who sends.");

    public static Problem Empty() => new("DOR115", ProblemKind.Invalid, "The body is empty.");

    public static Problem BadRequest(string why) => new("DOR116", ProblemKind.Invalid, why);

    public static Problem RawGone() => new("DOR117", ProblemKind.Gone, "The raw message is no longer kept: its time is over.");

    public static Problem UnsupportedEncoding() => new("DOR118", ProblemKind.NotSupported, "The content encoding is not read here: gzip and br are.");

    public static Problem NotDone() => new("DOR121", ProblemKind.Conflict, "That submission is still being worked on: ask again when it is done.");

    public static Problem NoSuchMap(string code) => new("DOR122", ProblemKind.NotFound, $"Nothing is mapped to the code '{(code.Length > 60 ? code[..60] : code)}'.");

    public static Problem NoSuchCode(string code) => new("DOR123", ProblemKind.NotFound, $"The code '{(code.Length > 60 ? code[..60] : code)}' has not come from that sender without another beside it.");

    public static Problem NoSuchTarget(string? system, string? code) =>
        new("DOR124", ProblemKind.Invalid, $"There is no code '{code}' in a table '{system}' here: name system (URL, or the table's name such as CV02.01.101) and code.");

    public static Problem Broken() => new("DOR119", ProblemKind.Unavailable, "Something went wrong that should not; it was logged.");
}

using Kangqiao.Kernel;

namespace Kangqiao.PatientIndex;

internal static class Problems
{
    public static Problem UnreadableModel(string why) => new(
        "PIX001", ProblemKind.Invalid, $"The matching model cannot be used: {why} Mend its model.json, or name another model.");

    public static Problem UnreadableRows(string file, string why) => new(
        "PIX002", ProblemKind.Invalid, $"{file} cannot be read as a table of persons: {why}");

    public static Problem NothingToCompare(string file) => new(
        "PIX003", ProblemKind.Invalid,
        $"{file} has no column that persons can be compared by. Name one as the model's headers do, such as name, birth_date or id_card.");

    public static Problem UnreadableSurvivorship(string why) => new(
        "PIX006", ProblemKind.Invalid, $"The survivorship rules cannot be used: {why} Mend content/matching/survivorship.json.");

    public static Problem IsComposed(string key) => new(
        "PIX007", ProblemKind.Conflict, $"{key} is composed by the platform and cannot be written: change the source Patients, or use Person/$merge, $unmerge and $split.");

    public static Problem TagIsOurs() => new(
        "PIX008", ProblemKind.Invalid, "The tag of composed residents is the platform's own: leave it out of meta.tag.");

    public static Problem StillChanging() => new(
        "PIX009", ProblemKind.Throttled, "The residents concerned are being changed by others all the time: try again shortly.");

    public static Problem NotComposed(string type, string why) => new(
        "PIX010", ProblemKind.Unavailable, $"The resident's {type} could not be composed: {why}");

    public static Problem SamePerson(string id) => new(
        "PIX011", ProblemKind.Invalid, $"Person/{id} is named twice: name two residents.");

    public static Problem AlreadyRetired(string id) => new(
        "PIX012", ProblemKind.Conflict, $"Person/{id} was merged into another resident: name that one, or take the merge back first.");

    public static Problem NotRetired(string id) => new(
        "PIX013", ProblemKind.Conflict, $"Person/{id} is not merged into another resident, so there is nothing to take back.");

    public static Problem RetiredSince(string id, string into) => new(
        "PIX014", ProblemKind.Conflict, $"Person/{id} was itself merged into Person/{into} since: take that back first.");

    public static Problem SaidToBeTwo(string one, string other) => new(
        "PIX015", ProblemKind.Conflict, $"Somebody has decided that Person/{one} and Person/{other} are never the same.");

    public static Problem NotLinked(string id) => new(
        "PIX016", ProblemKind.Invalid, $"Name one or more source Patients that are linked to Person/{id}.");

    public static Problem NothingLeft(string id) => new(
        "PIX017", ProblemKind.Invalid, $"All sources of Person/{id} are named: leave at least one.");

    public static Problem NoSuchResident(string id) => new(
        "PIX018", ProblemKind.NotFound, $"There is no resident Person/{id}.");

    public static Problem NeedsActorAndReason() => new(
        "PIX019", ProblemKind.Invalid, "A decision about residents needs who decides (actor) and why (reason).");

    public static Problem OtherPersonNeeded() => new(
        "PIX020", ProblemKind.Conflict, "Both residents have verified numbers: another person than the one who proposed the merge has to confirm it.");

    public static Problem NoLedger() => new(
        "PIX021", ProblemKind.Unavailable, "Reviews are not kept here yet: try again shortly.");

    public static Problem NoSuchReview(string id) => new(
        "PIX022", ProblemKind.NotFound, $"There is no review {id}.");

    public static Problem AlreadyDecided(string id) => new(
        "PIX023", ProblemKind.Conflict, $"The review {id} is decided already.");

    public static Problem BadDecision(string kinds) => new(
        "PIX024", ProblemKind.Invalid, $"This review can be decided as: {kinds}.");

    public static Problem NeedsToken() => new(
        "PIX025", ProblemKind.NotAuthenticated, "A bearer token is needed: Authorization: Bearer … .");

    public static Problem NotForRole(string role) => new(
        "PIX026", ProblemKind.NotPermitted, $"The role '{role}' has no business here: a steward has.");

    public static Problem NotJson(string form) => new(
        "PIX027", ProblemKind.Invalid, $"The body is JSON of the form {form}.");
}

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
}

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

}

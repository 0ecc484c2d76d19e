using Kangqiao.Access.Roles;
using Kangqiao.Kernel;
using Kangqiao.Standard.Sensitivity;

namespace Kangqiao.Host.Serving;

/// <summary>What decides who may see what, as it ships beside the program.</summary>
internal static class AccessContent
{
    public static Outcome<SensitivityRules> Sensitivity() => SensitivityRules.Load(Path.Combine(AppContext.BaseDirectory, "content", "rules", "sensitivity")) is var rules
        && rules.Try(out var read, out _) && read.Codes.Count == 0
            ? new Problem("HST006", ProblemKind.NotFound, "The program's content is not beside it: content/rules/sensitivity is missing.")
            : rules;

    public static Outcome<RoleBook> Roles(SensitivityRules sensitivity) =>
        RoleBook.Load(Path.Combine(AppContext.BaseDirectory, "content", "access", "roles.json"), sensitivity.Codes);
}

using System.Text;

namespace Kangqiao.Access.Roles;

/// <summary>Who may do what with which kind of record, as a table to read: made from the data that decides.</summary>
public static class AccessMatrix
{
    /// <summary><c>docs/access-matrix.md</c>.</summary>
    public static string Of(RoleBook roles)
    {
        ArgumentNullException.ThrowIfNull(roles);
        var text = new StringBuilder();
        text.Append("# Who may see and do what\n\nMade from `content/access/roles.json`, which decides; a test keeps it current and tries each cell over HTTP on both stores.\n\n");
        text.Append("**Reach**: *all* every record; *own* what the institution has sent; *treated* own, and others' records of persons whom the institution is treating and who have agreed, or whose chart was opened in an emergency; *self* the resident's; *ward* the ward's, by age; *region* what institutions of the region have sent.\n\n");
        text.Append("| role |");
        foreach (var kind in roles.Kinds)
        {
            text.Append(' ').Append(kind).Append(" |");
        }

        text.Append("\n|---|").Insert(text.Length, "---|", roles.Kinds.Count).Append('\n');
        foreach (var role in roles.Roles)
        {
            text.Append("| **").Append(role.Code).Append("** ").Append(role.Title).Append(" |");
            foreach (var kind in roles.Kinds)
            {
                text.Append(' ').Append(Cell(role, kind)).Append(" |");
            }

            text.Append('\n');
        }

        text.Append("\n## Besides\n\n");
        foreach (var role in roles.Roles)
        {
            foreach (var rule in role.Rules)
            {
                Note(text, role, rule);
            }

            if (role.Opens)
            {
                text.Append("- **").Append(role.Code).Append("** may open a chart in an emergency, for at most ").Append(roles.Treatment.EmergencyHours).Append(" hours.\n");
            }

            if (role.Reviews)
            {
                text.Append("- **").Append(role.Code).Append("** reviews emergency access.\n");
            }
        }

        text.Append("\n## Kinds\n\n| kind | types |\n|---|---|\n");
        foreach (var kind in roles.Kinds)
        {
            text.Append("| ").Append(kind).Append(" | ").Append(string.Join(", ", roles.TypesOf(kind))).Append(" |\n");
        }

        return text.ToString();
    }

    private static string Cell(Role role, string kind)
    {
        var rules = role.Rules.Where(r => r.Kinds.Contains(kind) || r.Kinds.Contains(RoleBook.AnyKind)).ToList();
        return rules.Count == 0 ? "–" : string.Join("; ", rules.Select(r =>
            $"{string.Join(' ', r.May.Select(m => m.ToString().ToLowerInvariant()))}: {r.Scope.ToString().ToLowerInvariant()}{(r.Only is { } only ? $" ({only})" : "")}"));
    }

    private static void Note(StringBuilder text, Role role, RoleRule rule)
    {
        var kinds = string.Join(", ", rule.Kinds);
        if (rule.Without.Count > 0)
        {
            text.Append("- **").Append(role.Code).Append("** (").Append(kinds).Append("): never ").Append(string.Join(", ", rule.Without)).Append(".\n");
        }

        if (rule.WithoutElsewhere.Count > 0)
        {
            text.Append("- **").Append(role.Code).Append("** (").Append(kinds).Append("): of what is not their own institution's not ").Append(string.Join(", ", rule.WithoutElsewhere)).Append(", unless the resident has named it.\n");
        }

        if (rule.Mask.Count > 0)
        {
            text.Append("- **").Append(role.Code).Append("** (").Append(kinds).Append("): masked ").Append(string.Join(", ", rule.Mask)).Append(".\n");
        }
    }
}

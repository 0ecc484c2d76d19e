using Kangqiao.Access.Masking;
using Kangqiao.Kernel;

namespace Kangqiao.Rest.Callers;

/// <summary>
/// What a role sees masked it must not find out by asking: beginnings of addresses or names, orders by them, and words of a whole record.
/// A whole identifier or phone number may be asked, because whoever asks knows it.
/// </summary>
internal static class MaskedQuestion
{
    private static readonly string[] Addresses = ["address", "address-postalcode", "address-use"];
    private static readonly string[] Names = ["name", "family", "given", "phonetic"];
    private static readonly string[] Numbers = ["identifier", "phone", "telecom", "email"];
    private static readonly string[] People = ["Patient", "Person", "RelatedPerson"];

    /// <summary>Null where the question asks for nothing that is masked for the caller.</summary>
    public static Problem? Refusal(RestRoom room, Caller caller, string? type, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (caller.Viewer.IsSystem)
        {
            return null;
        }

        // A chain leads from any type to people.
        HashSet<string> masked = [.. People.Append(type ?? "Patient").SelectMany(t => room.Access.MaskOf(caller.Viewer, t))];
        if (masked.Count == 0)
        {
            return null;
        }

        string[] words = [.. masked.Contains(FieldMask.Address) ? Addresses : [], .. masked.Contains(FieldMask.Name) ? Names : []];
        string[] orders = [.. words, .. masked.Contains(FieldMask.Phone) || masked.Contains(FieldMask.IdNumber) ? Numbers : []];
        foreach (var (name, value) in parameters)
        {
            var isAboutPeople = type is null || People.Contains(type);
            var parts = name.Split('.', ':');
            var isMasked = name switch
            {
                "_sort" => isAboutPeople && value.Split(',').Any(s => orders.Contains(s.TrimStart('-'))),
                "_text" or "_content" => isAboutPeople,

                // Its language has comparisons of its own, so the fields may not be in it at all.
                "_filter" => orders.Any(o => value.Contains(o, StringComparison.Ordinal)),
                _ => (isAboutPeople || parts.Length > 1) && parts.Any(words.Contains),
            };
            if (isMasked)
            {
                return Problems.MaskedField(name);
            }
        }

        return null;
    }
}

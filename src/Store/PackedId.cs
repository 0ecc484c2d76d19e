namespace Kangqiao.Store;

/// <summary>Ids that are UUIDs in their usual form take 16 bytes on disk instead of 36.</summary>
public static class PackedId
{
    /// <summary>True for 8-4-4-4-12 lower-case hexadecimal: only that form comes back as it went in.</summary>
    public static bool TryUuid(string id, out Guid uuid)
    {
        uuid = default;
        if (id.Length != 36)
        {
            return false;
        }

        foreach (var c in id)
        {
            if (char.IsAsciiLetterUpper(c))
            {
                return false;
            }
        }

        return Guid.TryParseExact(id, "D", out uuid);
    }

    public static string Text(Guid uuid) => uuid.ToString("D");
}

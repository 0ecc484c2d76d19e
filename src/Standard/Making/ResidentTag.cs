using System.Text;
using Kangqiao.Fhir.Reading;
using Kangqiao.Store;

namespace Kangqiao.Standard.Making;

/// <summary>
/// The tag of what the platform composes of a resident: the Person, and the Patient under the same id that stands for all source
/// Patients linked to it.
/// </summary>
public static class ResidentTag
{
    public const string System = "https://kangqiao.dev/fhir/CodeSystem/record-kind";

    public const string Code = "resident";

    private static readonly byte[] Start = Encoding.UTF8.GetBytes($"{{\"meta\":{{\"tag\":[{{\"system\":\"{System}\",\"code\":\"{Code}\"}}]");

    /// <summary>The body, in the store's form, of what was composed here: the tag comes first then.</summary>
    public static bool IsOn(ReadOnlySpan<byte> body) => body.StartsWith(Start);

    public static bool IsOn(StoredRecord record) => record.Key.Type is "Patient" or "Person" && record.Sender.Length == 0 && IsOn(record.Body.Span);

    internal static bool IsOn(Element resource)
    {
        if (resource.Type.Name != "Patient" || resource.Child("meta") is not { Exists: true } meta)
        {
            return false;
        }

        foreach (var tag in meta.ChildrenNamed("tag"))
        {
            if (tag.ChildText("code") == Code && tag.ChildText("system") == System)
            {
                return true;
            }
        }

        return false;
    }
}

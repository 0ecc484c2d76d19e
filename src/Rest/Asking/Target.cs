using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;
using Kangqiao.Store;

namespace Kangqiao.Rest.Asking;

/// <summary>The forms a FHIR address can have (R4 http.html#summary).</summary>
internal enum Shape
{
    Base,
    Metadata,
    SmartConfiguration,
    SystemSearch,
    SystemHistory,
    SystemOperation,
    Type,
    TypeSearch,
    TypeHistory,
    TypeOperation,
    Instance,
    InstanceHistory,
    InstanceOperation,
    Version,
    Compartment,
    CompartmentSearch,
}

/// <summary>What an address below the base names.</summary>
/// <param name="Type">The resource type; in a compartment the type looked for, or * for all.</param>
/// <param name="Operation">With its dollar.</param>
/// <param name="Compartment">The type whose compartment it is; its id is <paramref name="Id"/>.</param>
internal readonly record struct Target(
    Shape Shape, string? Type = null, string? Id = null, string? Version = null, string? Operation = null, string? Compartment = null)
{
    private const int MostSegments = 5;

    public RecordKey Key => new(Type!, Id!);

    /// <param name="path">Below the base, without query, still percent-encoded.</param>
    public static Outcome<Target> Parse(string path)
    {
        var trimmed = path.Trim('/');
        if (trimmed.Length == 0)
        {
            return new Target(Shape.Base);
        }

        var parts = trimmed.Split('/');
        if (parts.Length > MostSegments)
        {
            return Problems.NoSuchAddress(path);
        }

        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Uri.UnescapeDataString(parts[i]);
        }

        return parts switch
        {
            ["metadata"] => new Target(Shape.Metadata),
            [".well-known", "smart-configuration"] => new Target(Shape.SmartConfiguration),
            ["_search"] => new Target(Shape.SystemSearch),
            ["_history"] => new Target(Shape.SystemHistory),
            [['$', ..] operation] => new Target(Shape.SystemOperation, Operation: operation),

            // R4 has no ViewDefinition, but SQL on FHIR has the operation on its type as well.
            ["ViewDefinition", "$viewdefinition-run"] => new Target(Shape.SystemOperation, Operation: "$viewdefinition-run"),
            [var type, ..] when R4.Facts.Type(type) is not { IsResource: true, IsAbstract: false } => Problems.NoSuchType(type),
            [var type] => new Target(Shape.Type, type),
            [var type, "_search"] => new Target(Shape.TypeSearch, type),
            [var type, "_history"] => new Target(Shape.TypeHistory, type),
            [var type, ['$', ..] operation] => new Target(Shape.TypeOperation, type, Operation: operation),
            [var type, var id, ..] when !new RecordKey(type, id).IsWellFormed => Problems.BadId(id),
            [var type, var id] => new Target(Shape.Instance, type, id),
            [var type, var id, "_history"] => new Target(Shape.InstanceHistory, type, id),
            [var type, var id, "_history", var version] => new Target(Shape.Version, type, id, version),
            [var type, var id, ['$', ..] operation] => new Target(Shape.InstanceOperation, type, id, Operation: operation),
            [var type, var id, var inside] => Within(path, type, id, inside, Shape.Compartment),
            [var type, var id, var inside, "_search"] => Within(path, type, id, inside, Shape.CompartmentSearch),
            _ => Problems.NoSuchAddress(path),
        };
    }

    private static Outcome<Target> Within(string path, string compartment, string id, string inside, Shape shape)
    {
        if (!Array.Exists(R4.Facts.Compartments, c => c.Type.Name == compartment))
        {
            return Problems.NoSuchAddress(path);
        }

        return inside == "*" || R4.Facts.Type(inside) is { IsResource: true, IsAbstract: false }
            ? new Target(shape, inside, id, Compartment: compartment)
            : Problems.NoSuchType(inside);
    }
}

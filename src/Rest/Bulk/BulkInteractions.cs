using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Interactions;

namespace Kangqiao.Rest.Bulk;

/// <summary>What this folder adds to <see cref="InteractionTable"/>.</summary>
internal static class BulkInteractions
{
    // hl7.org/fhir/uv/bulkdata, Operation Definitions.
    private const string Published = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/";
    private const string Own = "https://kangqiao.dev/fhir/OperationDefinition/";

    public static IReadOnlyList<Interaction> All { get; } =
    [
        .. Export(Shape.SystemOperation, null, "export"),
        .. Export(Shape.TypeOperation, "Patient", "patient-export"),
        .. Export(Shape.InstanceOperation, "Group", "group-export"),
        new(Shape.SystemOperation, "POST", "", Import.HandleAsync) { Operation = "$import", Definition = Own + "import", IsStreamed = true },
        new(Shape.SystemOperation, "GET", "", BulkJob.StatusAsync) { Operation = "$bulk-status", Definition = Own + "bulk-status" },
        new(Shape.SystemOperation, "DELETE", "", BulkJob.DeleteAsync) { Operation = "$bulk-status", Definition = Own + "bulk-status" },
        new(Shape.SystemOperation, "GET", "", BulkJob.FileAsync) { Operation = "$bulk-file", Definition = Own + "bulk-file", IsStreamed = true },
        new(Shape.SystemOperation, "GET", "", Indexing.StateAsync) { Operation = "$reindex", Definition = Own + "reindex" },
        new(Shape.SystemOperation, "POST", "", Indexing.StartAsync) { Operation = "$reindex", Definition = Own + "reindex" },
    ];

    private static IEnumerable<Interaction> Export(Shape shape, string? type, string definition) =>
        from method in (string[])["GET", "POST"]
        select new Interaction(shape, method, "", Bulk.Export.HandleAsync) { Operation = "$export", Type = type, Definition = Published + definition };
}

using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Bundles;

namespace Kangqiao.Rest.Interactions;

/// <summary>
/// All there is. Requests, entries of bundles and the CapabilityStatement are served from this one table, so that the
/// statement cannot claim what is not there.
/// </summary>
internal static class InteractionTable
{
    private const string Definitions = "http://hl7.org/fhir/OperationDefinition/";
    private const string PixDefinition = "https://profiles.ihe.net/ITI/PIXm/OperationDefinition/IHE.PIXm.pix";

    public static IReadOnlyList<Interaction> All { get; } =
    [
        new(Shape.Metadata, "GET", "capabilities", Capability.HandleAsync) { IsOpen = true },
        new(Shape.SmartConfiguration, "GET", "", SmartConfiguration.HandleAsync) { IsOpen = true },
        new(Shape.Instance, "GET", "read", Read.HandleAsync),
        new(Shape.Version, "GET", "vread", VRead.HandleAsync),
        new(Shape.Instance, "PUT", "update", Update.HandleAsync),
        new(Shape.Type, "PUT", "", ConditionalUpdate.HandleAsync),
        new(Shape.Instance, "PATCH", "patch", Patch.HandleAsync),
        new(Shape.Type, "PATCH", "", ConditionalPatch.HandleAsync),
        new(Shape.Instance, "DELETE", "delete", Delete.HandleAsync),
        new(Shape.Type, "DELETE", "", ConditionalDelete.HandleAsync),
        new(Shape.InstanceHistory, "GET", "history-instance", History.HandleAsync),
        new(Shape.TypeHistory, "GET", "history-type", History.HandleAsync),
        new(Shape.SystemHistory, "GET", "history-system", History.HandleAsync),
        new(Shape.Type, "POST", "create", Create.HandleAsync),
        new(Shape.Type, "GET", "search-type", Search.HandleAsync),
        new(Shape.TypeSearch, "POST", "", Search.HandleAsync),
        new(Shape.TypeSearch, "GET", "", Search.HandleAsync),
        new(Shape.Base, "GET", "search-system", Search.HandleAsync),
        new(Shape.SystemSearch, "POST", "", Search.HandleAsync),
        new(Shape.SystemSearch, "GET", "", Search.HandleAsync),
        new(Shape.Compartment, "GET", "", Search.HandleAsync),
        new(Shape.CompartmentSearch, "POST", "", Search.HandleAsync),
        new(Shape.Base, "POST", "transaction", PostedBundle.HandleAsync),
        .. Operation("$validate", "Resource-validate", Validate.HandleAsync, (Shape.TypeOperation, "POST"), (Shape.InstanceOperation, "POST"), (Shape.InstanceOperation, "GET")),
        .. Operation(
            "$meta",
            "Resource-meta",
            Meta.HandleAsync,
            (Shape.InstanceOperation, "GET"),
            (Shape.InstanceOperation, "POST"),
            (Shape.TypeOperation, "GET"),
            (Shape.SystemOperation, "GET")),
        .. Operation("$meta-add", "Resource-meta-add", MetaChange.AddAsync, (Shape.InstanceOperation, "POST")),
        .. Operation("$meta-delete", "Resource-meta-delete", MetaChange.DeleteAsync, (Shape.InstanceOperation, "POST")),
        .. TypeOperation("CodeSystem", "$lookup", Terminology.Lookup.HandleAsync),
        .. TypeOperation("CodeSystem", "$validate-code", Terminology.ValidateCode.HandleAsync),
        .. TypeOperation("CodeSystem", "$subsumes", Terminology.Subsumes.HandleAsync),
        .. TypeOperation("ValueSet", "$expand", Terminology.Expand.HandleAsync, alsoOnInstance: true),
        .. TypeOperation("ValueSet", "$validate-code", Terminology.ValidateCode.HandleAsync, alsoOnInstance: true),
        .. TypeOperation("ConceptMap", "$translate", Terminology.Translate.HandleAsync),
        .. TypeOperation("Observation", "$lastn", LastN.HandleAsync),
        .. TypeOperation("Observation", "$stats", Statistics.Stats.HandleAsync),
        .. OperationOf("Patient", "$everything", "Patient-everything", Everything.HandleAsync),
        .. OperationOf("Encounter", "$everything", "Encounter-everything", Everything.HandleAsync),
        .. Bulk.BulkInteractions.All,
        .. Subscriptions.SubscriptionInteractions.All,
        .. OperationOf("Person", "$everything", null, Everything.HandleAsync),
        new(Shape.SystemOperation, "POST", "", Views.ViewRun.HandleAsync)
        {
            Operation = Views.ViewRun.Operation,
            Definition = "http://sql-on-fhir.org/OperationDefinition/$viewdefinition-run",
        },
        .. StewardOperation("$merge", Persons.StewardOperations.MergeAsync),
        .. StewardOperation("$unmerge", Persons.StewardOperations.UnmergeAsync),
        .. StewardOperation("$split", Persons.StewardOperations.SplitAsync),
        .. StewardOperation("$never-same", Persons.StewardOperations.NeverSameAsync),
        new(Shape.TypeOperation, "GET", "", Persons.CrossReference.HandleAsync) { Operation = "$ihe-pix", Type = "Patient", Definition = PixDefinition },
        new(Shape.TypeOperation, "POST", "", Persons.CrossReference.HandleAsync) { Operation = "$ihe-pix", Type = "Patient", Definition = PixDefinition },
        new(Shape.TypeOperation, "POST", "", Persons.Match.HandleAsync) { Operation = "$match", Type = "Patient", Definition = Definitions + "Patient-match" },
    ];

    private static IEnumerable<Interaction> StewardOperation(string name, Handler handler) =>
        [new(Shape.TypeOperation, "POST", "", handler) { Operation = name, Type = "Person", Definition = $"https://kangqiao.dev/fhir/OperationDefinition/Person-{name[1..]}" }];

    /// <summary>The interaction asked for, or the answer that says why there is none.</summary>
    public static Interaction? Find(string method, Target target, out Answer? refused)
    {
        var asked = method == "HEAD" ? "GET" : method;
        List<string>? others = null;
        foreach (var one in All)
        {
            if (one.Shape != target.Shape || one.Operation != target.Operation || (one.Type is not null && one.Type != target.Type))
            {
                continue;
            }

            if (one.Method == asked)
            {
                refused = null;
                return one;
            }

            (others ??= []).Add(one.Method);
        }

        if (others is null)
        {
            refused = Answer.Refused(target.Operation is null ? Problems.NoSuchAddress(target.Shape.ToString()) : Problems.NoSuchOperation(target.Operation));
            return null;
        }

        if (others.Contains("GET"))
        {
            others.Add("HEAD");
        }

        var allow = string.Join(", ", others);
        refused = Answer.Refused(Problems.MethodNotAllowed(method, allow), 405) with { Allow = allow };
        return null;
    }

    private static IEnumerable<Interaction> Operation(string name, string definition, Handler handler, params (Shape Shape, string Method)[] places) =>
        places.Select(p => new Interaction(p.Shape, p.Method, "", handler) { Operation = name, Definition = Definitions + definition });

    private static IEnumerable<Interaction> TypeOperation(string type, string name, Handler handler, bool alsoOnInstance = false) =>
        from shape in alsoOnInstance ? (Shape[])[Shape.TypeOperation, Shape.InstanceOperation] : [Shape.TypeOperation]
        from method in (string[])["GET", "POST"]
        select new Interaction(shape, method, "", handler) { Operation = name, Type = type, Definition = $"{Definitions}{type}-{name[1..]}" };

    private static IEnumerable<Interaction> OperationOf(string type, string name, string? definition, Handler handler) =>
        new[] { "GET", "POST" }.Select(method => new Interaction(Shape.InstanceOperation, method, "", handler)
        {
            Operation = name,
            Type = type,
            Definition = definition is null ? $"https://kangqiao.dev/fhir/OperationDefinition/{type}-{name[1..]}" : Definitions + definition,
        });
}

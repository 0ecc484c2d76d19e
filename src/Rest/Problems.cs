using Kangqiao.Kernel;
using Kangqiao.Store;

namespace Kangqiao.Rest;

/// <summary>Every way in which the FHIR interface itself refuses.</summary>
internal static class Problems
{
    private const int Shown = 120;

    public static Problem NoSuchAddress(string path) =>
        new("RST001", ProblemKind.NotFound, $"There is no FHIR interaction at '{Short(path)}'.");

    public static Problem NoSuchType(string type) =>
        new("RST002", ProblemKind.NotFound, $"There is no resource type '{Short(type)}' in FHIR R4.");

    public static Problem BadId(string id) =>
        new("RST003", ProblemKind.Invalid, $"'{Short(id)}' is no FHIR id: 1 to 64 of A-Z a-z 0-9 - and full stop.");

    public static Problem MethodNotAllowed(string method, string allowed) =>
        new("RST004", ProblemKind.NotSupported, $"{method} is not possible here; {allowed} is.");

    public static Problem NoSuchOperation(string operation) =>
        new("RST005", ProblemKind.NotSupported, $"There is no operation {Short(operation)} here; the CapabilityStatement at /metadata names those there are.");

    public static Problem NotAcceptable(string accept) =>
        new("RST006", ProblemKind.NotSupported, $"'{Short(accept)}' cannot be answered: application/fhir+json and application/fhir+xml (fhirVersion 4.0) can.");

    public static Problem UnsupportedMedia(string type) =>
        new("RST007", ProblemKind.NotSupported, $"'{Short(type)}' is not read here: send application/fhir+json or application/fhir+xml (fhirVersion 4.0).");

    public static Problem UnsupportedEncoding(string encoding) =>
        new("RST008", ProblemKind.NotSupported, $"The content encoding '{Short(encoding)}' is not read here: gzip, deflate and br are.");

    public static Problem BodyTooLarge(long most) =>
        new("RST009", ProblemKind.TooLarge, $"The body has more than {most} bytes, unpacked.");

    public static Problem BadPacking() =>
        new("RST010", ProblemKind.Invalid, "The body is not packed as its Content-Encoding says.");

    public static Problem NoBody() =>
        new("RST011", ProblemKind.Invalid, "The request needs a body.");

    public static Problem Busy() =>
        new("RST012", ProblemKind.Throttled, "More is being received than memory allows: try again shortly.");

    public static Problem NeedsToken() =>
        new("RST013", ProblemKind.NotAuthenticated, "A bearer token is needed: Authorization: Bearer … .");

    public static Problem BadToken() =>
        new("RST014", ProblemKind.NotAuthenticated, "The bearer token is not valid here, or has expired.");

    public static Problem NotForRole(string role, string action, string type) =>
        new("RST015", ProblemKind.NotPermitted, $"The role '{role}' may not {action} {type}: docs/access-matrix.md says what it may.");

    public static Problem BadKeyFile(string file, string why) =>
        new("RST016", ProblemKind.Unavailable, $"The key {file} cannot be used: {why}");

    public static Problem BadEntityTag(string tag) =>
        new("RST017", ProblemKind.Invalid, $"If-Match '{Short(tag)}' names no version; it looks like W/\"3\".");

    public static Problem BadParameter(string name, string value, string due) =>
        new("RST018", ProblemKind.Invalid, $"{name}='{Short(value)}' is not {due}.");

    public static Problem TooManyParameters(int most) =>
        new("RST019", ProblemKind.TooCostly, $"A request has at most {most} parameters.");

    public static Problem UnknownParameter(string name) =>
        new("RST020", ProblemKind.Invalid, $"The parameter '{Short(name)}' means nothing here.");

    public static Problem NotFound(RecordKey key) =>
        new("RST021", ProblemKind.NotFound, $"There is no {key}.");

    public static Problem Gone(RecordKey key) =>
        new("RST022", ProblemKind.Gone, $"{key} was deleted.");

    public static Problem NoSuchVersion(RecordKey key, string version) =>
        new("RST023", ProblemKind.NotFound, $"There is no version '{Short(version)}' of {key}.");

    public static Problem OtherType(string sent, string due) =>
        new("RST024", ProblemKind.Invalid, $"The resource is a {sent}, but the address asks for a {due}.");

    public static Problem IdMissing(string due) =>
        new("RST025", ProblemKind.Invalid, $"The resource has no id; by its address it is '{Short(due)}'.");

    public static Problem OtherId(string sent, string due) =>
        new("RST026", ProblemKind.Invalid, $"The resource's id is '{Short(sent)}', but its address says '{Short(due)}'.");

    public static Problem ManyMatches(string type, string criteria) =>
        new("RST027", ProblemKind.PreconditionFailed, $"More than one {type} matches '{Short(criteria)}', so it is not clear which is meant.");

    public static Problem NoCriteria() =>
        new("RST028", ProblemKind.PreconditionFailed, "The condition is empty: it would match every record.");

    public static Problem CriteriaUnknown(string criteria) =>
        new("RST029", ProblemKind.PreconditionFailed, $"The condition '{Short(criteria)}' is not understood; identifier=system|value is.");

    public static Problem NotABundle() =>
        new("RST030", ProblemKind.Invalid, "What is posted to the base is a Bundle of type batch or transaction.");

    public static Problem BundleTooLarge(int most) =>
        new("RST031", ProblemKind.TooLarge, $"A bundle has at most {most} entries.");

    public static Problem NoRequest() =>
        new("RST032", ProblemKind.Invalid, "The entry has no request with method and url.");

    public static Problem BadEntryMethod(string method) =>
        new("RST033", ProblemKind.Invalid, $"An entry of a bundle cannot ask for {Short(method)} here.");

    public static Problem NoEntryResource() =>
        new("RST034", ProblemKind.Invalid, "The entry has no resource, but its request needs one.");

    public static Problem TwiceInBundle(RecordKey key) =>
        new("RST035", ProblemKind.Invalid, $"{key} occurs twice in one transaction.");

    public static Problem FullUrlTwice(string fullUrl) =>
        new("RST036", ProblemKind.Invalid, $"Two entries have the fullUrl '{Short(fullUrl)}', so references to it are not clear.");

    public static Problem ReferenceNotFound(string reference) =>
        new("RST037", ProblemKind.PreconditionFailed, $"The conditional reference '{Short(reference)}' matches no record.");

    public static Problem BadPatchFormat() =>
        new("RST038", ProblemKind.NotSupported, "A patch is application/json-patch+json, application/xml-patch+xml, or a FHIR Parameters resource.");

    public static Problem CannotGoOn() =>
        new("RST039", ProblemKind.Conflict, "Others change the same records at the same time; try again.");

    public static Problem NotInBundle(string what) =>
        new("RST040", ProblemKind.NotSupported, $"{what} is not possible inside a transaction.");

    public static Problem NoResourceToCheck() =>
        new("RST041", ProblemKind.Invalid, "There is nothing to check: send the resource, or Parameters with one named 'resource'.");

    public static Problem NoMeta() =>
        new("RST042", ProblemKind.Invalid, "The Parameters have no 'meta' with profiles, security labels or tags.");

    public static Problem NotWritten(string why) =>
        new("RST043", ProblemKind.Unavailable, $"The answer cannot be written in the format asked: {why}");

    public static Problem Broken() =>
        new("RST044", ProblemKind.Unavailable, "Something went wrong that should not; it was logged.");

    public static Problem BadPage() =>
        new("RST045", ProblemKind.Invalid, "The page link does not belong to this list: begin with its first page.");

    public static Problem BadRequest(string why) =>
        new("RST046", ProblemKind.Invalid, $"The request cannot be read: {Short(why)}");

    public static Problem NothingMatches(string type, string criteria) =>
        new("RST047", ProblemKind.NotFound, $"No {type} matches '{Short(criteria)}'.");

    public static Problem Ignored(IReadOnlyList<string> names) =>
        new("RST048", ProblemKind.NotSupported, $"These parameters mean nothing here and were left out: {Short(string.Join(", ", names))}.");

    public static Problem IndexIncomplete(long done, long total) =>
        new("RST073", ProblemKind.Unavailable, $"The index is being written anew ({done} of {total} records): this answer may lack records that match.");

    public static Problem TooManyToDelete(string type, int most) =>
        new("RST049", ProblemKind.PreconditionFailed, $"More than {most} {type} match: narrow the condition, nothing was deleted.");

    public static Problem HistoryTooLong(int most) =>
        new("RST050", ProblemKind.TooCostly, $"More than {most} versions would have to be looked at: ask for one type or record, or a later time.");

    public static Problem MetaTooMany(int most) =>
        new("RST051", ProblemKind.TooCostly, $"There are more than {most} profiles, labels or tags: ask for one type.");

    public static Problem LastNeedsSubject() =>
        new("RST052", ProblemKind.Invalid, "$lastn needs whom it is about (patient or subject) and what (category, or a parameter with a code).");

    public static Problem StatsNeeds(string what) =>
        new("RST053", ProblemKind.Invalid, $"$stats needs {what}.");

    public static Problem UnitsDiffer(string code) =>
        new("RST054", ProblemKind.Invalid, $"The values of {Short(code)} have units that cannot be brought into one another.");

    public static Problem TooManyToCount(int most) =>
        new("RST055", ProblemKind.TooCostly, $"More than {most} observations would have to be read: ask for a shorter time, or fewer codes.");

    public static Problem NoWorkFolder() =>
        new("RST060", ProblemKind.NotSupported, "This server keeps no files, so it neither exports nor imports in bulk.");

    public static Problem NoSuchJob() =>
        new("RST061", ProblemKind.NotFound, "There is no such export or import: it never was, was removed, or has expired.");

    public static Problem NoSuchFile() =>
        new("RST062", ProblemKind.NotFound, "The export or import has no such file, or has not ended.");

    public static Problem JobFailed(string why) =>
        new("RST063", ProblemKind.Unavailable, $"The export or import failed: {why}");

    public static Problem NotOutgoing(string address, string why) =>
        new("RST064", ProblemKind.NotPermitted, $"This server does not call {Short(address)}: {why}");

    public static Problem BadOutgoingRule(string rule) =>
        new("RST065", ProblemKind.Invalid, $"'{Short(rule)}' is no address to allow: host, host:port, *.domain, or an address block such as 10.1.0.0/16, with http:// before it where encryption is not wanted.");

    public static Problem BadImport(string why) =>
        new("RST066", ProblemKind.Invalid, $"The import cannot be read: {why}");

    public static Problem FileNotFetched(string why) =>
        new("RST067", ProblemKind.Conflict, $"A file of the import could not be fetched: {why}");

    public static Problem LineTooLong(int most) =>
        new("RST068", ProblemKind.TooLarge, $"The line has more than {most} bytes.");

    public static Problem NoIdInLine() =>
        new("RST069", ProblemKind.Invalid, "The resource has no usable id: what is imported in bulk keeps its own, so that sending it again changes nothing.");

    public static Problem BadTopic(string file, string why) =>
        new("RST070", ProblemKind.Invalid, $"The topic {file} cannot be used: {why}");

    public static Problem BadSubscription(string why) =>
        new("RST071", ProblemKind.Invalid, $"The Subscription cannot be served: {why}");

    public static Problem NotSubscribed(RecordKey key) =>
        new("RST072", ProblemKind.NotFound, $"{key} is no subscription to a topic that is served here.");

    public static Problem NotYours(string type) =>
        new("RST079", ProblemKind.NotPermitted, $"This {type} is not yours to write.");

    public static Problem OutOfScope() =>
        new("RST075", ProblemKind.NotPermitted, "The token's scopes do not cover this.");

    public static Problem MaskedField(string name) =>
        new("RST076", ProblemKind.NotPermitted, $"'{Short(name)}' asks for what is masked for this role: ask by identifier, or have it revealed.");

    public static Problem MaskedBody() =>
        new("RST077", ProblemKind.Invalid, "The resource is labelled MASKED: what was shown with fields left out cannot be written back. Send a patch, or the whole resource.");

    public static Problem OwnRecordsOnly() =>
        new("RST078", ProblemKind.NotSupported, "Your institution is treating too many persons to ask all their consents at once: this is what the institution itself has. Name the patient to see what others have.");

    public static Problem NamedByServer() =>
        new("RST074", ProblemKind.NotPermitted, "New records get their ids from the server: send it without an id.");

    public static Problem NothingToMatch() =>
        new("RST080", ProblemKind.Invalid, "There is nobody to look for: send Parameters with a Patient named 'resource'.");

    public static Problem NotInside(string address) =>
        new("RST085", ProblemKind.NotSupported, $"'{Short(address)}' sends as it goes and is only to be had over HTTP.");

    public static Problem NotTaken() =>
        new("RST086", ProblemKind.Invalid, "The record has errors and was not taken.");

    public static Problem NotForRole(string role) =>
        new("RST081", ProblemKind.NotPermitted, $"The role '{role}' decides nothing about residents: a steward does.");

    public static Problem NobodyHasNumber() =>
        new("RST082", ProblemKind.NotFound, "No Patient that you may see has that identifier.");

    private static string Short(string text) => text.Length <= Shown ? text : text[..Shown] + "…";

    public static Problem ViewRunNeedsView() =>
        new("RST090", ProblemKind.Invalid, "$viewdefinition-run needs a ViewDefinition: as the body, or in Parameters as 'viewResource'.");

    public static Problem ViewRunAlone() =>
        new("RST091", ProblemKind.NotSupported, "$viewdefinition-run answers with a table, so it cannot be an entry of a bundle.");
}

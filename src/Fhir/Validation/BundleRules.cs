using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>
/// Rules on bundles (bundle.html, documents.html, messaging.html, http.html#transaction) that are not invariants, or are
/// (bdl-7, bdl-8) but can name the entry when checked here.
/// </summary>
internal static class BundleRules
{
    public static void Check(ValidationRun run, Element bundle)
    {
        var type = bundle.ChildText("type") ?? "";
        CheckLinks(run, bundle, type);
        var search = type == "searchset" ? AskedTypes(bundle) : null;
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in bundle.ChildrenNamed(WellKnown.Entry))
        {
            var resource = entry.Child(WellKnown.Resource);
            CheckFullUrl(run, entry, resource, type, seen);
            CheckRequest(run, entry, resource, type);
            if (search is not null && resource.Exists)
            {
                CheckSearchEntry(run, entry, resource, search);
            }
        }
    }

    /// <summary>A reference that no entry, or more than one, answers: wrong where the bundle must be complete in itself.</summary>
    public static void CheckUnresolved(
        ValidationRun run, BundleIndex bundle, Element literal, ReferenceText reference, string text, int matches)
    {
        var type = bundle.Type;
        if (type is not ("document" or "message" or "transaction"))
        {
            return;
        }

        if (matches > 1)
        {
            run.Report(ValidationFindings.ManyInBundle, literal, text, matches.ToString());
            return;
        }

        var isUrn = reference.Form == ReferenceForm.Absolute
            && (text.StartsWith("urn:uuid:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("urn:oid:", StringComparison.OrdinalIgnoreCase));
        if (isUrn || (type != "transaction" && MustBeInside(bundle, literal)))
        {
            run.Report(ValidationFindings.NotInBundle, literal, text, type);
        }
    }

    /// <summary>
    /// documents.html#content: what the Composition refers to itself as subject, author, attester, custodian, event detail, section
    /// author, focus or entry goes with the document; messaging.html: so does the focus of a message.
    /// </summary>
    private static bool MustBeInside(BundleIndex bundle, Element literal)
    {
        var resource = literal.Resource;
        if (bundle.First != resource)
        {
            return false;
        }

        var name = literal.Parent.Name;
        return resource.Type.Name switch
        {
            "Composition" => name is "subject" or "author" or "party" or "custodian" or "detail" or "focus" or "entry",
            "MessageHeader" => name is "focus",
            _ => false,
        };
    }

    private static void CheckLinks(ValidationRun run, Element bundle, string type)
    {
        if (type is "searchset" or "history" or "collection" or "")
        {
            return;
        }

        foreach (var link in bundle.ChildrenNamed("link"))
        {
            var relation = link.Child("relation");
            if (relation.Exists && relation.Text() is "first" or "last" or "next" or "previous" or "prev")
            {
                run.Report(ValidationFindings.SearchLink, relation, relation.Text()!, type);
            }
        }
    }

    private static void CheckFullUrl(ValidationRun run, Element entry, Element resource, string type, Dictionary<string, int> seen)
    {
        var fullUrl = entry.Child(WellKnown.FullUrl);
        if (!fullUrl.Exists || fullUrl.Text() is not { } url)
        {
            // documents.html and messaging.html resolve by fullUrl; elsewhere results may have no identity.
            if (resource.Exists && type is "document" or "message")
            {
                run.Report(ValidationFindings.FullUrlMissing, entry, type);
            }

            return;
        }

        var parsed = ReferenceText.Parse(url);
        if (parsed.Form is not (ReferenceForm.Restful or ReferenceForm.Absolute))
        {
            run.Report(ValidationFindings.FullUrlNotAbsolute, fullUrl, url);
            return;
        }

        if (parsed.HasVersion)
        {
            Invariants.Fail(run, fullUrl, "bdl-8");
        }

        if (resource.Exists && resource.ChildText("id") is { } id && parsed.Form == ReferenceForm.Restful)
        {
            var own = resource.Type.Name + "/" + id;
            if (!parsed.Versionless.EndsWith("/" + own, StringComparison.Ordinal))
            {
                run.Report(ValidationFindings.FullUrlIdMismatch, fullUrl, url, own);
            }
        }

        if (type != "history")
        {
            var meta = resource.Exists ? resource.Child(WellKnown.Meta) : default;
            var key = url + (meta.Exists ? meta.ChildText("versionId") : null);
            if (!seen.TryAdd(key, entry.Index))
            {
                run.Report(ValidationFindings.EntryDuplicated, fullUrl, seen[key].ToString(), entry.Index.ToString());
            }
        }
    }

    /// <summary>http.html#transaction-processing: what is asked of a resource, and the resource sent along, agree.</summary>
    private static void CheckRequest(ValidationRun run, Element entry, Element resource, string bundleType)
    {
        var request = entry.Child("request");
        if (!request.Exists || request.ChildText("url") is not { } url || request.ChildText("method") is not { } method)
        {
            return;
        }

        var isOperation = url.Contains('$', StringComparison.Ordinal) || url.Contains("_search", StringComparison.Ordinal);
        if (!resource.Exists)
        {
            if (method is "PUT" or "POST" && !isOperation && bundleType is "transaction" or "batch")
            {
                run.Report(ValidationFindings.RequestResource, entry, method, "carry", "必须携带");
            }

            return;
        }

        if (isOperation || method is not ("PUT" or "POST") || resource.Type.Name is "Parameters" or "Binary")
        {
            return;
        }

        var named = url.AsSpan();
        var query = named.IndexOf('?');
        named = query < 0 ? named : named[..query];
        var slash = named.IndexOf('/');
        var type = R4.Facts.Type(slash < 0 ? named : named[..slash]);
        if (type is not { IsResource: true })
        {
            return;
        }

        var isOther = !ReferenceEquals(type, resource.Type)
            || (method == "PUT" && slash > 0 && resource.ChildText("id") is { } id && !named[(slash + 1)..].SequenceEqual(id));
        if (isOther)
        {
            run.Report(ValidationFindings.RequestUrl, request, method, url, resource.Type.Name + "/" + resource.ChildText("id"));
        }
    }

    /// <summary>The resource types a search result may have as matches, from its self link; empty if that cannot be told.</summary>
    private static HashSet<string> AskedTypes(Element bundle)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var link in bundle.ChildrenNamed("link"))
        {
            if (link.ChildText("relation") != "self" || link.ChildText("url") is not { } url)
            {
                continue;
            }

            var query = url.IndexOf('?', StringComparison.Ordinal);
            var path = (query < 0 ? url : url[..query]).TrimEnd('/');
            var last = path[(path.LastIndexOf('/') + 1)..];
            if (R4.Facts.Type(last) is { IsResource: true })
            {
                asked.Add(last);
            }
            else if (query >= 0)
            {
                foreach (var pair in url[(query + 1)..].Split('&'))
                {
                    if (pair.StartsWith("_type=", StringComparison.Ordinal))
                    {
                        asked.UnionWith(Uri.UnescapeDataString(pair["_type=".Length..]).Split(','));
                    }
                }
            }
        }

        return asked;
    }

    private static void CheckSearchEntry(ValidationRun run, Element entry, Element resource, HashSet<string> asked)
    {
        var search = entry.Child("search");
        var mode = search.Exists ? search.ChildText("mode") : null;
        var type = resource.Type.Name;
        if (type != "OperationOutcome" && !resource.Child(WellKnown.IdName).Exists)
        {
            run.Report(ValidationFindings.SearchEntryId, resource);
        }

        if (mode == "outcome" && type != "OperationOutcome")
        {
            run.Report(ValidationFindings.SearchEntryType, resource, "OperationOutcome", type);
        }
        else if (mode == "match" && asked.Count > 0 && !asked.Contains(type))
        {
            run.Report(ValidationFindings.SearchEntryType, resource, string.Join(", ", asked), type);
        }
    }
}

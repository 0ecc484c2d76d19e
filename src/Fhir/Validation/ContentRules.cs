using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Narrative;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>What an Attachment says of its data is so (datatypes.html#Attachment).</summary>
internal static class AttachmentRules
{
    public static void Check(ValidationRun run, Element attachment)
    {
        var data = attachment.Child(WellKnown.Data);
        if (!data.Exists || !data.HasValue)
        {
            return;
        }

        var size = attachment.Child(WellKnown.Size);
        var hash = attachment.Child(WellKnown.Hash);
        if ((!size.Exists && !hash.Exists) || Decode(data) is not { } bytes)
        {
            return;
        }

        if (size.Exists
            && long.TryParse(size.Raw, NumberStyles.None, CultureInfo.InvariantCulture, out var said)
            && said != bytes.Length)
        {
            run.Report(ValidationFindings.AttachmentSize, size, said.ToString(), bytes.Length.ToString());
        }

        if (hash.Exists && Decode(hash) is { } told && !told.AsSpan().SequenceEqual(Sha1(bytes)))
        {
            run.Report(ValidationFindings.AttachmentHash, hash);
        }
    }

    private static byte[]? Decode(Element base64)
    {
        // base64Binary may be broken into lines by spaces (datatypes.html#base64Binary); the decoder skips them.
        var text = base64.Text()!;
        var buffer = new byte[((text.Length / 4) + 1) * 3];
        return Convert.TryFromBase64String(text, buffer, out var written) ? buffer[..written] : null;
    }

#pragma warning disable CA5350 // FHIR R4 fixes Attachment.hash to SHA-1: it guards against accidents, not attackers.
    private static byte[] Sha1(byte[] data) => SHA1.HashData(data);
#pragma warning restore CA5350
}

/// <summary>Narrative is safe XHTML with content (narrative.html; invariants txt-1 and txt-2).</summary>
internal static class NarrativeRules
{
    public static void Check(ValidationRun run, Element div)
    {
        if (!div.HasValue)
        {
            return;
        }

        NarrativeFault? fault;
        if (div.IsEscaped)
        {
            var rented = ArrayPool<byte>.Shared.Rent(div.Raw.Length);
            fault = JsonText.TryUnescape(div.Raw, rented, out var written) ? NarrativeCheck.Check(rented.AsSpan(0, written)) : null;
            ArrayPool<byte>.Shared.Return(rented);
        }
        else
        {
            fault = NarrativeCheck.Check(div.Raw);
        }

        if (fault is { } found)
        {
            run.Report(ValidationFindings.UnsafeNarrative, div, found.Invariant, found.Reason.ToString(), found.Detail);
        }
    }
}

/// <summary>What the specification calls best practice.</summary>
internal static class BestPractices
{
    /// <summary>dom-6, for a resource that stands by itself: a contained one is shown by its container's narrative.</summary>
    public static void CheckNarrative(ValidationRun run, Element resource)
    {
        var severity = run.Options.BestPractice switch
        {
            BestPractice.Information => Severity.Information,
            BestPractice.Warning => Severity.Warning,
            BestPractice.Error => Severity.Error,
            _ => (Severity?)null,
        };
        if (severity is not { } loud || (resource.FactId >= 0 && resource.NameId == WellKnown.Contained))
        {
            return;
        }

        var text = resource.Child(WellKnown.Text);
        if (!text.Exists || !text.Child(WellKnown.Div).Exists)
        {
            Invariants.Fail(run, resource, "dom-6", loud);
        }
    }
}

using System.Text;
using Kangqiao.Analytics.Rows;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Extraction;

/// <summary>What one thread keeps to run a view over blocks.</summary>
internal sealed class BlockWork(View view, IRowBatch rows)
{
    private const int MaxFaults = 20;

    // A bundle is one document here, larger than what a sender may post.
    private static readonly ReadOptions Options = new() { MaxBytes = BlockReader.MaxDocument, MaxElements = 50_000_000, AllowUnknownElements = true };

    private readonly ViewRunner runner = new(view);
    private readonly FhirDocument document = new();
    private readonly FindingList findings = new(20);
    private readonly TypeFact bundle = R4.Facts.Type("Bundle")!;
    private BundleTargets? targets;

    public IRowBatch Rows => rows;

    /// <summary>Resources looked at, of whatever type.</summary>
    public long Resources { get; private set; }

    /// <summary>Records that cannot be read: which and why. The first few.</summary>
    public List<string> Faults { get; } = [];

    public long FaultCount { get; private set; }

    public Problem? Problem { get; private set; }

    public void Reset()
    {
        Resources = 0;
        FaultCount = 0;
        Problem = null;
        Faults.Clear();
        rows.Reset();
    }

    public void Run(InputBlock block)
    {
        if (!block.IsLines)
        {
            One(block, block.Memory, block.FirstLine);
            return;
        }

        var rest = block.Memory;
        for (var line = block.FirstLine; rest.Length > 0 && Problem is null; line++)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var text = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (!text.Span.Trim(" \t\r\uFEFF"u8).IsEmpty)
            {
                One(block, text, line);
            }
        }
    }

    private void One(InputBlock block, ReadOnlyMemory<byte> json, long line)
    {
        if (IsOfAnotherType(json.Span))
        {
            Resources++;
            return;
        }

        findings.Clear();
        if (!document.ReadInto(json, findings, Options))
        {
            Fault($"{block.File}, line {line}: {(findings.Count > 0 ? findings.Items[0].English : "this is no resource.")}");
            return;
        }

        var root = document.Root;
        if (root.Type == bundle && view.Resource != bundle)
        {
            targets = null;
            runner.Environment.BundledTarget = Bundled;
            foreach (var entry in root.ChildrenNamed("entry"))
            {
                if (entry.Child("resource") is { Exists: true } resource && !Resource(block, line, resource))
                {
                    break;
                }
            }

            runner.Environment.BundledTarget = null;
            targets = null;
        }
        else
        {
            Resource(block, line, root);
        }
    }

    /// <summary>Most writers put the type first; then a record that is not asked for costs no reading.</summary>
    private bool IsOfAnotherType(ReadOnlySpan<byte> json)
    {
        var start = "{\"resourceType\":\""u8;
        if (!json.StartsWith(start) || json.TrimEnd(" \t\r"u8) is not [.., (byte)'}'])
        {
            return false;
        }

        var name = json.Slice(start.Length, Math.Min(64, json.Length - start.Length));
        name = name[..Math.Max(0, name.IndexOf((byte)'"'))];
        Span<char> text = stackalloc char[64];
        var length = Encoding.ASCII.GetChars(name, text);
        return R4.Facts.Type(text[..length]) is { IsResource: true } type && type != view.Resource && type != bundle;
    }

    private bool Resource(InputBlock block, long line, Element resource)
    {
        Resources++;
        if (runner.Run(resource, rows) && rows.Problem is null)
        {
            return true;
        }

        var inDocument = block.IsLines ? line : line + resource.Position().Line - 1;
        Problem = ExtractionProblems.At(block.File, inDocument, $"{resource.Type.Name}/{resource.ChildText("id")}", runner.Problem ?? rows.Problem!);
        return false;
    }

    private Element Bundled(string reference) => (targets ??= new BundleTargets(document.Root)).Find(reference);

    private void Fault(string fault)
    {
        FaultCount++;
        if (Faults.Count < MaxFaults)
        {
            Faults.Add(fault);
        }
    }
}

/// <summary>The entries of a bundle by their full addresses, so that references by urn:uuid find their keys.</summary>
internal sealed class BundleTargets
{
    private readonly Dictionary<string, Element> byUrl = new(StringComparer.Ordinal);

    public BundleTargets(Element bundle)
    {
        foreach (var entry in bundle.ChildrenNamed("entry"))
        {
            if (entry.ChildText("fullUrl") is { } url && entry.Child("resource") is { Exists: true } resource)
            {
                byUrl.TryAdd(url, resource);
            }
        }
    }

    public Element Find(string reference) => byUrl.GetValueOrDefault(reference);
}

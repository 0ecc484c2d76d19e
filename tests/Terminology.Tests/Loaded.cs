using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Terminology.Tests;

/// <summary>The project's own content, loaded once, and small terminologies for single claims.</summary>
internal static class Loaded
{
    public const string Icd10 = "urn:oid:2.16.156.10011.2.3.3.11";
    public const string Icd9 = "urn:oid:2.16.156.10011.2.3.3.12";
    public const string Allergens = "urn:oid:2.16.156.10011.2.3.1.137";
    public const string Sex = "urn:oid:2.16.156.10011.2.3.3.4";

    private static readonly Lazy<TerminologySnapshot> Loading = new(() => TerminologyContent.Load(Path.Combine(FindRoot(), "content", "terminology"), 1).Value);

    public static string Root { get; } = FindRoot();

    public static TerminologySnapshot Content => Loading.Value;

    public static TerminologyService Service { get; } = new(new TerminologyStore(Loading.Value), TimeProvider.System);

    /// <summary>The fact tables beside the project, or null.</summary>
    public static string? Tables
    {
        get
        {
            var folder = Path.Combine(Root, "..", "shared", "codes");
            return Directory.Exists(folder) ? folder : null;
        }
    }

    public static TerminologyService With(params string[] resources) => Over(TerminologySnapshot.Empty, resources);

    /// <summary>The content and some resources beside it.</summary>
    public static TerminologyService Beside(params string[] resources) => Over(Content, resources);

    public static Element Resource(string json)
    {
        var findings = new FindingList();
        var document = FhirDocument.Read(Encoding.UTF8.GetBytes(json), findings);
        findings.Items.ShouldBeEmpty();
        return document.Root;
    }

    private static TerminologyService Over(TerminologySnapshot from, string[] resources)
    {
        var builder = new TerminologyBuilder(from);
        foreach (var resource in resources)
        {
            builder.Add(Encoding.UTF8.GetBytes(resource), "test").Problem.ShouldBeNull();
        }

        return new TerminologyService(new TerminologyStore(builder.Build(from.Version + 1)), TimeProvider.System);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Kangqiao.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}

using System.Collections.Concurrent;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>
/// Checks a record that was read – and its structure thereby checked – for everything else: codes, invariants, references,
/// contained resources, bundles, attachments, narrative, extensions, and the profiles it claims or is asked to meet.
/// Immutable and shared by all threads.
/// </summary>
public sealed class Validator
{
    private readonly ConcurrentBag<ValidationRun> idle = [];

    public Validator(ValidationOptions? options = null)
    {
        Options = options ?? ValidationOptions.Default;
        Profiles = new CompiledProfiles(Options.Profiles);
    }

    public ValidationOptions Options { get; }

    internal CompiledProfiles Profiles { get; }

    /// <summary>Adds what is wrong to <paramref name="findings"/>; a record that could not be read is left as it is.</summary>
    /// <param name="askedProfiles">Canonical URLs of profiles asked of this record, besides the options' and the claimed ones.</param>
    public void Validate(FhirDocument document, FindingList findings, IReadOnlyList<string>? askedProfiles = null)
    {
        if (!document.IsUsable)
        {
            return;
        }

        if (!idle.TryTake(out var run))
        {
            run = new ValidationRun(this);
        }

        run.Validate(document, findings, askedProfiles ?? []);
        idle.Add(run);
    }
}

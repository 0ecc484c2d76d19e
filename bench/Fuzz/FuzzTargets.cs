using System.Buffers;
using System.Text;
using Kangqiao.Bench.Shapes;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Patch;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Validation;
using Kangqiao.Fhir.Writing;
using Kangqiao.Fhir.Xml;
using Kangqiao.Kernel;

namespace Kangqiao.Bench.Fuzz;

/// <summary>A promise of the kernel that spoiled input did not get; thrown so that it counts as a failure.</summary>
internal sealed class PromiseBroken(string what) : Exception(what);

/// <summary>
/// The doors of the kernel through which foreign text comes in. Each makes its input outside of the measured attempt, and
/// says whether the input was accepted.
/// </summary>
internal sealed class FuzzTargets(Corpus corpus)
{
    private static readonly Validator Validator = new();

    private readonly Mutator mutator = new(corpus);
    private readonly FhirDocument document = new();
    private readonly FhirDocument again = new();
    private readonly FindingList findings = new();
    private readonly FindingList repeated = new();
    private readonly ArrayBufferWriter<byte> written = new();
    private readonly IndexValues values = new();
    private readonly QueryTarget queries = new();
    private readonly ExpressionTarget expressions = new();

    public (string Door, Func<bool> Attempt) Prepare(ref SplitMix64 random)
    {
        return random.Below(100) switch
        {
            < 50 => ("resource", Resource(mutator.Spoil(Sound(ref random), ref random))),
            < 53 => ("bytes", Resource(Noise(ref random))),
            < 60 => ("xml", Xml(ref random)),
            < 70 => ("fhirpath", expressions.Prepare(Resource(100, ref random), ref random)),
            < 79 => ("json patch", Patches(PatchShapes.Of, JsonPatch.Apply, ref random)),
            < 86 => ("fhirpath patch", Patches(FhirPathPatchShapes.Of, FhirPathPatch.Apply, ref random)),
            < 94 => ("search", queries.Prepare(Sound(ref random), ref random)),
            _ => ("unit", Units.Prepare(ref random)),
        };
    }

    private Func<bool> Resource(byte[] input) => () =>
    {
        findings.Clear();
        var usable = document.ReadInto(input, findings);
        var isBroken = findings.HasErrors;
        if (!usable && !isBroken)
        {
            throw new PromiseBroken("Nothing usable was read, yet there is no error.");
        }

        if (usable)
        {
            Validator.Validate(document, findings);
        }

        if (findings.Count > 0)
        {
            CheckOutcome();
        }

        if (usable)
        {
            SearchPlan.Of(document.Root.Type).Index(document.Root, values);
        }

        if (usable && !isBroken)
        {
            CheckWriting();
        }

        return !findings.HasErrors;
    };

    /// <summary>Whatever is found must make an OperationOutcome that is itself sound.</summary>
    private void CheckOutcome()
    {
        var outcome = OperationOutcome.ToJson(findings);
        repeated.Clear();
        if (!again.ReadInto(outcome, repeated) || repeated.HasErrors)
        {
            throw new PromiseBroken($"The outcome is not sound: {repeated.Items[0]}: {Encoding.UTF8.GetString(outcome)}");
        }
    }

    /// <summary>What was read without error is written so that it reads the same.</summary>
    private void CheckWriting()
    {
        written.ResetWrittenCount();
        FhirJson.Write(document.Root, written);
        repeated.Clear();
        if (!again.ReadInto(written.WrittenMemory, repeated) || repeated.HasErrors)
        {
            throw new PromiseBroken($"What was written does not read: {repeated.Items[0]}");
        }

        if (again.Count != document.Count)
        {
            throw new PromiseBroken($"Of {document.Count} elements {again.Count} are left after writing.");
        }
    }

    private Func<bool> Xml(ref SplitMix64 random)
    {
        var xml = FhirXml.FromJson(Sound(ref random));
        var input = mutator.Spoil(xml.IsSuccess ? xml.Value : Noise(ref random), ref random);
        return () =>
        {
            var json = FhirXml.ToJson(input);
            if (json.IsSuccess)
            {
                findings.Clear();
                document.ReadInto(json.Value, findings);
            }

            return json.IsSuccess;
        };
    }

    private delegate byte[] PatchShape(byte[] resource, ref SplitMix64 random);

    private delegate Outcome<byte[]> Patching(ReadOnlyMemory<byte> resource, ReadOnlyMemory<byte> patch, PatchLimits? limits = null);

    private Func<bool> Patches(PatchShape shape, Patching apply, ref SplitMix64 random)
    {
        var sound = Sound(ref random);
        var resource = random.Chance(800) ? sound : mutator.Spoil(sound, ref random);
        var patch = shape(sound, ref random);
        if (random.Chance(300))
        {
            patch = mutator.Spoil(patch, ref random);
        }

        return () =>
        {
            var patched = apply(resource, patch);
            if (!patched.IsSuccess)
            {
                return false;
            }

            findings.Clear();
            if (!document.ReadInto(patched.Value, findings))
            {
                throw new PromiseBroken($"A patched resource does not read: {findings.Items[0]}");
            }

            return true;
        };
    }

    /// <summary>A resource that is spoiled in so many of a thousand cases.</summary>
    private byte[] Resource(int perMille, ref SplitMix64 random) =>
        random.Chance(perMille) ? mutator.Spoil(Sound(ref random), ref random) : Sound(ref random);

    private byte[] Sound(ref SplitMix64 random) => corpus[random.Below(corpus.Count)];

    private static byte[] Noise(ref SplitMix64 random)
    {
        var noise = new byte[random.Chance(900) ? random.Below(300) : random.Below(100_000)];
        var json = random.Chance(500);
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i] = json ? "{}[]\",:0123456789.eE+-truefalsn\\ud8"u8[random.Below(35)] : (byte)random.Below(256);
        }

        return noise;
    }
}

namespace Kangqiao.Kernel;

/// <summary>The one place where identifiers are made: UUID version 7 (RFC 9562), so that newer ones sort later.</summary>
public sealed class Identifiers(TimeProvider time)
{
    public Guid Next()
    {
#pragma warning disable RS0030 // The ban points here: this is the place.
        return Guid.CreateVersion7(time.GetUtcNow());
#pragma warning restore RS0030
    }

    /// <summary>A new logical id in the alphabet and length that FHIR's <c>id</c> allows.</summary>
    public string NextId() => Next().ToString("D");
}

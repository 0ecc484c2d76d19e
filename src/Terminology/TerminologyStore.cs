namespace Kangqiao.Terminology;

/// <summary>Holds the terminology in force. A question sees one snapshot from beginning to end; a change is one swap.</summary>
public sealed class TerminologyStore(TerminologySnapshot snapshot)
{
    private TerminologySnapshot current = snapshot;

    public TerminologySnapshot Current => Volatile.Read(ref current);

    /// <summary>Puts a snapshot in force unless a newer one already is.</summary>
    /// <returns>False if the one in force has the same or a higher version.</returns>
    public bool Replace(TerminologySnapshot next)
    {
        while (true)
        {
            var seen = Current;
            if (seen.Version >= next.Version)
            {
                return false;
            }

            if (ReferenceEquals(Interlocked.CompareExchange(ref current, next, seen), seen))
            {
                return true;
            }
        }
    }
}

using Kangqiao.City.Lives;

namespace Kangqiao.City.Sending;

/// <summary>
/// How an institution's system says what happened: one maker a format. Writers belong to one thread; what they write goes to the
/// outbox that each call names, and the same calls write the same bytes.
/// </summary>
internal interface IInstitutionWriter
{
    /// <summary>A patient sent for the first time or with something changed.</summary>
    void Introduce(SourcePatient patient, DateTime said, bool isNew, Outbox outbox);

    void Write(Happening happening, Outbox outbox);

    /// <summary>One more record with a mistake in it; nothing that is right refers to it.</summary>
    /// <param name="kind">As content/city/mistakes.tsv names it.</param>
    /// <param name="number">Nobody else's: what the record's own id is made of.</param>
    /// <returns>What the sender calls the unit.</returns>
    string Mistake(string kind, Visit after, string number, Outbox outbox);
}

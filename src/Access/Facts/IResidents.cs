using Kangqiao.Kernel;

namespace Kangqiao.Access.Facts;

/// <summary>One human behind several Patients.</summary>
/// <param name="Person">Id of the Person; null where nobody has linked the patient.</param>
/// <param name="Patients">Ids of all Patients that are this human, and of the Person.</param>
public sealed record Human(string? Person, IReadOnlyList<string> Patients, DateOnly? Born);

/// <summary>Who is whom.</summary>
public interface IResidents
{
    /// <summary>The human behind each of these Patients, or each of these Persons' ids.</summary>
    ValueTask<Outcome<IReadOnlyDictionary<string, Human>>> OfAsync(IReadOnlyCollection<string> patients, CancellationToken cancel);
}

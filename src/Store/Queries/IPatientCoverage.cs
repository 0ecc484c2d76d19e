using Kangqiao.Kernel;

namespace Kangqiao.Store.Queries;

/// <summary>
/// Patients that stand for others: a resident's composed Patient for the source Patients that institutions have sent of the same
/// human. To ask for the records of the one is to ask for those of all it covers; a source Patient covers only itself.
/// </summary>
public interface IPatientCoverage
{
    /// <summary>System of the tag of composed Patients.</summary>
    string TagSystem { get; }

    /// <summary>Code of the tag: a search that asks for it wants composed Patients, any other search leaves them out.</summary>
    string TagCode { get; }

    /// <summary>It is composed.</summary>
    bool IsComposed(StoredRecord patient);

    /// <summary>For each of the ids that stands for others: all Patients whose records it covers, as it is now. The others are left out.</summary>
    ValueTask<Outcome<IReadOnlyDictionary<string, IReadOnlyList<string>>>> CoveredAsync(IReadOnlyCollection<string> patients, CancellationToken cancel);
}

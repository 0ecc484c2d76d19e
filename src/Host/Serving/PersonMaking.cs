using Kangqiao.Fhir.Validation;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Terms;

namespace Kangqiao.Host.Serving;

/// <summary>Opens the index of persons over the records of a data folder.</summary>
internal static class PersonMaking
{
    public static async ValueTask<Outcome<PersonIndex>> OpenAsync(IRecordStore records, Validator validator, TimeProvider time, ILogger log, CancellationToken cancel) =>
        AccessContent.Sensitivity().Try(out var sensitivity, out var problem)
        && IndexContent.Load(Path.Combine(AppContext.BaseDirectory, "content", "matching")).Try(out var content, out problem)
            ? await PersonIndex.OpenAsync(records, new Workshop(new TermBook(records), validator, sensitivity), content, time, log, cancel)
            : problem;
}

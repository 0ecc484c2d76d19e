using Kangqiao.Audit.Trail;
using Kangqiao.Fhir.Validation;
using Kangqiao.Host.Commands;
using Kangqiao.Host.Serving;
using Kangqiao.Ingest;
using Kangqiao.Ingest.Http;
using Kangqiao.Ingest.Receipts;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex;
using Kangqiao.Registry.Institutions;
using Kangqiao.Registry.Senders;
using Kangqiao.Store;
using Kangqiao.Terminology;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kangqiao.Host.Loading;

/// <summary>The door of a data folder that no server has open.</summary>
internal sealed class OwnDoor(IRecordStore records, PersonIndex persons, AuditTrail trail, DoorMaking making) : ILoadDoor
{
    private const string Run = "load";

    public static async ValueTask<Outcome<ILoadDoor>> OpenAsync(string data, string? store, TimeProvider time, CancellationToken cancel)
    {
        if (!TerminologyFollower.Shipped().Try(out var shipped, out var problem)
            || !(await RecordStores.Maker(data, store, time).OpenAsync(cancel)).Try(out var records, out problem))
        {
            return problem;
        }

        var terminology = new TerminologyService(new TerminologyStore(shipped), time);
        var validator = new Validator(new ValidationOptions { Terminology = terminology, Time = time, BestPractice = BestPractice.Ignore });
        if (!(await PersonMaking.OpenAsync(records, validator, time, NullLogger.Instance, cancel)).Try(out var persons, out problem))
        {
            await records.DisposeAsync();
            return problem;
        }

        if (!AuditedWork.Open(data, time).Try(out var trail, out problem))
        {
            await persons.DisposeAsync();
            await records.DisposeAsync();
            return problem;
        }

        if (!(await DoorMaking.OpenAsync(DoorAudit.With(new DoorOptions(data), trail), store, persons, validator, terminology, time, NullLogger.Instance, cancel)).Try(out var making, out problem))
        {
            await trail.DisposeAsync();
            await persons.DisposeAsync();
            await records.DisposeAsync();
            return problem;
        }

        return new OwnDoor(records, persons, trail, making);
    }

    public async ValueTask<Outcome<RegistryReport>> RegistryAsync(string file, CancellationToken cancel) =>
        await making.Door.LoadRegistryAsync(Path.GetFileName(file), await File.ReadAllBytesAsync(file, cancel), "operator", cancel);

    public async ValueTask<bool> IsSenderAsync(string code, CancellationToken cancel) =>
        (await making.Door.Senders.FindAsync(code, cancel)) is { IsSuccess: true, Value: not null };

    public async ValueTask<Outcome<Task<Counts>>> SendAsync(LoadFile file, string institution, CancellationToken cancel)
    {
        if (!(await Sending.VouchedAsync(making.Door.Senders, institution, SenderState.Admitted, cancel)).Try(out var sender, out var problem))
        {
            return problem;
        }

        if (SenderRegistry.Refusal(sender, null) is { } refused)
        {
            return refused;
        }

        await using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 18, FileOptions.SequentialScan | FileOptions.Asynchronous);
        var delivery = new Delivery(sender, file.Format, stream) { Name = Path.GetFileName(file.Path), Run = Run, IsPatient = true };
        return (await making.Door.ReceiveAsync(delivery, cancel)).Then<Task<Counts>>(ticket => ticket.CountsAsync());
    }

    public ValueTask<long> ResidentsAsync(CancellationToken cancel) => new(making.Door.ResidentsOf(Run));

    public async ValueTask DisposeAsync()
    {
        await making.DisposeAsync();
        await trail.DisposeAsync();
        await persons.DisposeAsync();
        await records.DisposeAsync();
    }
}

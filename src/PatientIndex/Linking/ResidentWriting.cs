using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Residents;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.PatientIndex.Linking;

/// <summary>Makes Person and composed Patient of a resident ready for the store.</summary>
internal sealed class ResidentWriting(Workshop shop, Survivorship rules)
{
    /// <summary>The two writes that bring a resident to what it now is.</summary>
    /// <param name="sources">All linked sources, as they will be.</param>
    /// <param name="version">The Person's version that must be current; 0 where there must be none.</param>
    public async ValueTask<Outcome<ResidentWrite>> OfAsync(Resident resident, IReadOnlyList<SourcePatient> sources, long version, CancellationToken cancel)
    {
        var golden = Golden.Of(sources, rules);
        if (golden.HealthRecordNumber.Length > 0 || resident.HealthRecordNumber.Length == 0)
        {
            resident = resident with { HealthRecordNumber = golden.HealthRecordNumber.Length > 0 ? golden.HealthRecordNumber : HealthRecordNumber.Of(resident.Id) };
        }

        var place = Shard.OfPatient(resident.Id);
        if (!(await PrepareAsync("Person", resident.Id, ResidentJson.Person(resident, golden), cancel)).Try(out var person, out var problem)
            || !(await PrepareAsync("Patient", resident.Id, ResidentJson.Patient(resident, golden), cancel)).Try(out var patient, out problem))
        {
            return problem;
        }

        return new ResidentWrite(
            resident,
            golden,
            new WriteOperation.Put(person.At(place)) { Mode = version == 0 ? PutMode.CreateOnly : PutMode.Either, ExpectedVersion = version == 0 ? null : version, SkipIfIdentical = true },
            new WriteOperation.Put(patient.At(place)) { SkipIfIdentical = true });
    }

    private async ValueTask<Outcome<PreparedRecord>> PrepareAsync(string type, string id, byte[] json, CancellationToken cancel)
    {
        using var bench = shop.Rent();
        if (!bench.TryRead(json))
        {
            return Problems.NotComposed(type, bench.Findings.Count > 0 ? bench.Findings.Items[0].English : "");
        }

        return await bench.PrepareAsync(new RecordKey(type, id), cancel);
    }
}

internal sealed record ResidentWrite(Resident Resident, Golden Golden, WriteOperation.Put Person, WriteOperation.Put Patient);

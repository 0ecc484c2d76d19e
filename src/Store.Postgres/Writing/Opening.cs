using Kangqiao.Store.Bodies;
using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Postgres.Reading;
using Kangqiao.Store.Writes;
using Npgsql;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>How a transaction begins: names are given, locks taken, and the draft learns what is in the database.</summary>
internal sealed class Opening(NpgsqlConnection connection, Draft draft, Names names, TermCounts? counts, bool isSpread)
{
    private const string Load = $"SELECT {RecordRow.Columns}, identities, coalesce(x[cardinality(x)], 0), coalesce(x[cardinality(x) - 1], 0) FROM store.record WHERE h = ANY($1) AND place = 0";
    private const string Locate = "SELECT number, place FROM store.locator WHERE h = ANY($1)";
    private const string LoadByPlace = $"SELECT {RecordRow.Columns}, identities, coalesce(x[cardinality(x)], 0), coalesce(x[cardinality(x) - 1], 0) FROM store.record WHERE number = ANY($1) AND place = ANY($2)";
    private const string Carriers = "SELECT high, low, number FROM store.identity WHERE high = ANY($1)";

    /// <summary>More locks than this would crowd the server's lock table; one lock for all does instead.</summary>
    private const int MostIdentityLocks = 1_000;

    /// <summary>Sees to it that every type and sender to be written has a number.</summary>
    public async Task NameAsync(List<RequestItem> items, CancellationToken cancel)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        var isUnknown = names.Known("") is null && missing.Add("");
        foreach (var item in items)
        {
            foreach (var operation in item.Request.Operations)
            {
                isUnknown |= names.Known(operation.Target.Type) is null;
                if (operation is WriteOperation.Put put)
                {
                    Need(put.Record.Key.Type);
                    Need(put.Record.Sender);
                }
                else if (operation is WriteOperation.Delete delete)
                {
                    Need(delete.Sender);
                }
            }
        }

        if (missing.Count > 0)
        {
            await names.AddAsync(missing, cancel);
        }
        else if (isUnknown)
        {
            await names.LearnAsync(connection, cancel);
        }

        void Need(string text)
        {
            if (names.Known(text) is null)
            {
                missing.Add(text);
            }
        }
    }

    /// <summary>
    /// Takes the locks, then reads all rows that the requests decide on: a statement behind a lock sees what its former holder
    /// did. Answers the highest sequence among them.
    /// </summary>
    public async Task<long> BeginAsync(List<RequestItem> items, CancellationToken cancel)
    {
        var hashes = new HashSet<long>();
        var expected = new HashSet<Identity>();
        var locks = new SortedSet<int>();
        var isAlone = false;
        foreach (var item in items)
        {
            isAlone |= Gather(item.Prepared, hashes, expected, locks);
        }

        await using var batch = new NpgsqlBatch(connection);
        batch.Add("BEGIN");
        batch.Add(isAlone || locks.Count > MostIdentityLocks ? Locks.AloneAtGate : Locks.SharedAtGate);
        if (!isAlone && locks.Count is > 0 and <= MostIdentityLocks)
        {
            batch.Add(Locks.ForIdentities).With(locks.ToArray());
        }

        if (expected.Count > 0)
        {
            batch.Add(Carriers).With(expected.Select(identity => identity.High).Distinct().ToArray());
        }

        if (counts is not null)
        {
            batch.Add(TermCounts.Version);
        }

        batch.Add(isSpread ? Locate : Load).With(hashes.ToArray());
        await batch.PrepareAsync(cancel);
        var places = new List<(long Number, short Place)>();
        var (latest, version) = (0L, 0L);
        await using (var rows = await batch.ExecuteReaderAsync(cancel))
        {
            do
            {
                switch (rows.FieldCount)
                {
                    case 3 when expected.Count > 0:
                        await ReadCarriersAsync(rows, expected, cancel);
                        break;
                    case 1 when rows.GetName(0) == "counted" && await rows.ReadAsync(cancel):
                        version = rows.GetInt64(0);
                        break;
                    case 2:
                        while (await rows.ReadAsync(cancel))
                        {
                            places.Add((rows.GetInt64(0), rows.GetInt16(1)));
                        }

                        break;
                    case > 3:
                        latest = await LoadAsync(rows, cancel);
                        break;
                }
            }
            while (await rows.NextResultAsync(cancel));
        }

        draft.Hits.Open(counts is null ? [] : await counts.LearnAsync(connection, version, cancel));

        if (places.Count > 0)
        {
            await using var load = connection.Command(LoadByPlace).With(places.ConvertAll(p => p.Number).ToArray())
                .With(places.Select(p => p.Place).Distinct().ToArray());
            await load.PrepareAsync(cancel);
            await using var rows = await load.ExecuteReaderAsync(cancel);
            latest = await LoadAsync(rows, cancel);
        }

        return latest;
    }

    /// <summary>True when a condition needs all other writers to wait.</summary>
    private static bool Gather(PreparedRequest request, HashSet<long> hashes, HashSet<Identity> expected, SortedSet<int> locks)
    {
        var isAlone = false;
        foreach (var expectation in request.Request.Expectations)
        {
            if (expectation is Expectation.OfIdentity identity)
            {
                expected.Add(identity.Identity);
                locks.Add(LockOf(identity.Identity));
            }

            isAlone |= expectation is Expectation.OfSearch;
        }

        for (var i = 0; i < request.Request.Operations.Count; i++)
        {
            hashes.Add(request[i].Hash);
            if (request.Request.Expectations.Count > 0 && StoreLimits.RecordOf(request.Request.Operations[i]) is { } record)
            {
                foreach (var identity in record.Identities)
                {
                    locks.Add(LockOf(identity));
                }
            }
        }

        return isAlone;

        static int LockOf(Identity identity) => (int)((ulong)identity.Low % Locks.Identities);
    }

    private async Task ReadCarriersAsync(NpgsqlDataReader rows, HashSet<Identity> expected, CancellationToken cancel)
    {
        foreach (var identity in expected)
        {
            _ = draft.Watch(identity);
        }

        while (await rows.ReadAsync(cancel))
        {
            var identity = new Identity(rows.GetInt64(0), rows.GetInt64(1));
            if (expected.Contains(identity))
            {
                draft.Watch(identity).Add(rows.GetInt64(2));
            }
        }
    }

    private async Task<long> LoadAsync(NpgsqlDataReader rows, CancellationToken cancel)
    {
        var latest = 0L;
        while (await rows.ReadAsync(cancel))
        {
            var row = RecordRow.Read(rows);
            latest = Math.Max(latest, row.Sequence);
            draft.Load(row, rows.GetFieldValue<byte[]>(16), new(Math.Max(0, rows.GetInt64(17)), Math.Max(0, rows.GetInt64(18))), names);
        }

        return latest;
    }

    /// <summary>Reads the bodies that a request wants to be compared with.</summary>
    public async Task LoadBodiesAsync(List<RequestItem> items, CancellationToken cancel)
    {
        var wanted = new List<WorkRow>();
        foreach (var item in items)
        {
            foreach (var operation in item.Request.Operations)
            {
                if (operation is WriteOperation.Put { SkipIfIdentical: true } && draft[operation.Target] is { IsLive: true } work)
                {
                    wanted.Add(work);
                }
            }
        }

        if (wanted.Count == 0)
        {
            return;
        }

        var packed = await RecordReader.GroupsAsync(
            connection, [.. wanted.Select(work => work.Row.Group).Distinct()], [.. wanted.Select(work => work.Row.Place).Distinct()], cancel);
        foreach (var group in wanted.GroupBy(work => work.Row.Group))
        {
            if (packed.TryGetValue(group.Key, out var bytes))
            {
                var bodies = BodyGroup.Unpack(bytes);
                foreach (var work in group)
                {
                    work.Body = bodies[work.Row.Slot];
                }
            }
        }
    }
}

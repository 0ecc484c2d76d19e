using System.Security.Cryptography;
using Kangqiao.Crypto.Ciphers;
using Kangqiao.Crypto.Hashing;
using Kangqiao.Crypto.Signatures;
using Kangqiao.Kernel;

namespace Kangqiao.Crypto.Keys;

/// <summary>
/// The keys of a data folder, in <c>keys/ring</c>, one file each, for any number of processes. Everything made with a key names it; a
/// rotated key makes nothing new and still reads what it made. No key is ever deleted here, and each names the one before it: where a
/// file has gone, the ring refuses to open and says which.
/// </summary>
public sealed class KeyRing
{
    private const string LockName = ".lock";
    private static readonly TimeSpan LockWait = TimeSpan.FromMilliseconds(20);
    private const int LockTries = 500;

    private readonly string folder;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private volatile IReadOnlyDictionary<(KeyPurpose Purpose, string Id), RingKey> keys = new Dictionary<(KeyPurpose, string), RingKey>();
    private volatile IReadOnlyDictionary<KeyPurpose, RingKey> current = new Dictionary<KeyPurpose, RingKey>();
    private volatile Dictionary<string, Sm2PrivateKey> pairs = [];

    private KeyRing(string folder, TimeProvider time)
    {
        this.folder = folder;
        this.time = time;
    }

    /// <summary>Opens the ring of a data folder; where there is none, makes the first key of each purpose.</summary>
    public static Outcome<KeyRing> Open(string dataFolder, TimeProvider time)
    {
        var ring = new KeyRing(Path.Combine(dataFolder, "keys", "ring"), time);
        try
        {
            Directory.CreateDirectory(ring.folder);
            if (ring.Load() is { } problem)
            {
                return problem;
            }

            foreach (var purpose in Enum.GetValues<KeyPurpose>())
            {
                if (!ring.current.ContainsKey(purpose) && !ring.Make(purpose, onlyFirst: true).Try(out _, out problem))
                {
                    return problem;
                }
            }

            return ring;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Problems.BadKeyFile(ring.folder, fault.Message);
        }
    }

    /// <summary>All keys, without what is secret, oldest first.</summary>
    public IReadOnlyList<KeyInfo> Keys =>
        [.. from key in keys.Values orderby key.Purpose, key.MadeAt, key.Id select new KeyInfo(key.Purpose, key.Id, key.MadeAt, key.After, current[key.Purpose].Id == key.Id)];

    /// <summary>Looks into the folder again, so that keys which another process made are used here too.</summary>
    /// <returns>Null when all is well; else the keys known so far stay in use.</returns>
    public Problem? Refresh() => Load();

    /// <summary>A new key takes over; durable when it returns. Other processes read what it makes at once, and make new things with it after their next <see cref="Refresh"/>.</summary>
    public Outcome<KeyInfo> Rotate(KeyPurpose purpose)
    {
        try
        {
            return Make(purpose, onlyFirst: false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Problems.BadKeyFile(folder, fault.Message);
        }
    }

    /// <summary>The public half of a signing key, 65 bytes (04, x, y); for whoever is to check signatures elsewhere.</summary>
    public Outcome<byte[]> PublicKey(string id) => Pair(id).Then<byte[]>(pair => pair.Public.Point.ToArray());

    internal RingKey Current(KeyPurpose purpose) => current[purpose];

    internal IEnumerable<RingKey> All(KeyPurpose purpose) =>
        from key in keys.Values where key.Purpose == purpose orderby key.MadeAt descending, key.Id descending select key;

    /// <summary>A key by its name; looks into the folder again where it is new, as another process may have made it.</summary>
    internal Outcome<RingKey> Find(KeyPurpose purpose, string id)
    {
        if (keys.TryGetValue((purpose, id), out var key))
        {
            return key;
        }

        return File.Exists(Path.Combine(folder, KeyFile.NameOf(purpose, id))) && Load() is { } problem ? problem
            : keys.TryGetValue((purpose, id), out key) ? key
            : Problems.MissingKey(KeyFile.NameOf(purpose), id);
    }

    /// <summary>A signing key; it belongs to the ring.</summary>
    internal Outcome<Sm2PrivateKey> Pair(string id)
    {
        if (pairs.TryGetValue(id, out var pair))
        {
            return pair;
        }

        if (!Find(KeyPurpose.Sign, id).Try(out var key, out var problem))
        {
            return problem;
        }

        lock (gate)
        {
            if (pairs.TryGetValue(id, out pair))
            {
                return pair;
            }

            const int Half = 32;
            if (key.Material.Length <= Half || !Sm2PrivateKey.TryFrom(key.Material.AsSpan(0, Half), key.Material.AsSpan(Half), out pair))
            {
                return Problems.BadKeyFile(KeyFile.NameOf(KeyPurpose.Sign, id), "it holds no pair of SM2");
            }

            pairs = new(pairs) { [id] = pair };
            return pair;
        }
    }

    private Problem? Load()
    {
        try
        {
            return LoadAll();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Problems.BadKeyFile(folder, fault.Message);
        }
    }

    private Problem? LoadAll()
    {
        lock (gate)
        {
            var found = new Dictionary<(KeyPurpose Purpose, string Id), RingKey>();
            foreach (var file in Directory.EnumerateFiles(folder, "*-*.json"))
            {
                if (!KeyFile.Read(file).Try(out var key, out var problem))
                {
                    return problem;
                }

                found[(key.Purpose, key.Id)] = key;
            }

            var lost = found.Values.FirstOrDefault(k => k.After is { } before && !found.ContainsKey((k.Purpose, before)))
                ?? keys.Values.FirstOrDefault(k => !found.ContainsKey((k.Purpose, k.Id)));
            if (lost is not null)
            {
                return Problems.MissingKey(KeyFile.NameOf(lost.Purpose), found.ContainsKey((lost.Purpose, lost.Id)) ? lost.After! : lost.Id);
            }

            // The one that no other took over from.
            var taken = found.Values.Where(k => k.After is not null).Select(k => (k.Purpose, k.After!)).ToHashSet();
            current = found.Values.Where(k => !taken.Contains((k.Purpose, k.Id))).GroupBy(k => k.Purpose)
                .ToDictionary(g => g.Key, g => g.OrderBy(k => k.MadeAt).ThenBy(k => k.Id, StringComparer.Ordinal).Last());
            keys = found;
            return null;
        }
    }

    /// <param name="onlyFirst">Where another process was quicker, its key is taken.</param>
    private Outcome<KeyInfo> Make(KeyPurpose purpose, bool onlyFirst)
    {
        using var alone = Alone();
        if (Load() is { } problem)
        {
            return problem;
        }

        var before = current.GetValueOrDefault(purpose);
        if (!onlyFirst || before is null)
        {
            var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RingKey.IdBytes));
            KeyFile.Write(folder, new RingKey(purpose, id, time.GetUtcNow(), before?.Id, Material(purpose)));
            if (Load() is { } broken)
            {
                return broken;
            }
        }

        var key = current[purpose];
        return new KeyInfo(purpose, key.Id, key.MadeAt, key.After, true);
    }

    private static byte[] Material(KeyPurpose purpose)
    {
        if (purpose != KeyPurpose.Sign)
        {
            return RandomNumberGenerator.GetBytes(purpose == KeyPurpose.Seal ? Sm4.KeyLength + HmacSm3.Length : HmacSm3.Length);
        }

        using var pair = Sm2PrivateKey.Generate();
        return [.. pair.Secret(), .. pair.Public.Point];
    }

    /// <summary>One process at a time makes keys; a lock goes with its process, however that ends.</summary>
    private FileStream Alone()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (tries < LockTries)
            {
                using var wait = new ManualResetEventSlim();
                wait.Wait(LockWait);
            }
        }
    }
}

using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite.Writing;

/// <summary>
/// Carries pages from the log into the database on a connection and thread of its own, so that the writer goes on
/// meanwhile. The writer only copies the small rest (see <see cref="Writer"/>).
/// </summary>
internal sealed class Checkpointer : IDisposable
{
    private readonly Database database;
    private readonly SemaphoreSlim asked = new(0);
    private readonly Thread thread;
    private volatile bool isRunning;
    private volatile bool isNearlyDone;
    private volatile bool isClosing;

    public Checkpointer(string path)
    {
        database = Database.Open(path, isReadOnly: false, cacheKilobytes: 256);
        database.Run("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0");
        thread = new(Work) { IsBackground = true, Name = "store checkpoints" };
        thread.Start();
    }

    public bool IsNearlyDone => isNearlyDone;

    public void Start()
    {
        if (!isRunning)
        {
            isRunning = true;
            asked.Release();
        }
    }

    public void Finished()
    {
        isNearlyDone = false;
        isRunning = false;
    }

    public void Dispose()
    {
        isClosing = true;
        asked.Release();
        thread.Join();
        asked.Dispose();
        database.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            asked.Wait();
            if (isClosing)
            {
                return;
            }

            try
            {
                // Twice: the second takes what was written during the first, and leaves the writer next to nothing.
                database.Checkpoint();
                database.Checkpoint();
                isNearlyDone = true;
            }
            catch (SqliteFailure)
            {
                // A full or failing disk: nothing is lost, the log keeps it, and the writer asks again.
                Finished();
            }
        }
    }
}

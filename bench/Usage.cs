namespace Kangqiao.Bench;

internal static class Usage
{
    private const string Text = """
        Kangqiao.Bench COMMAND [--name value]…

          shapes  [--patients 1000] [--seed 1] [--out DIR [--form ndjson|post|put]]
                  makes Synthea-shaped records; without --out it tells their mix, sizes and the speed of making
          kernel  [--resources 50000] [--rounds 7] [--seed 1] [--out FILE]
                  the kernel's speed on one core
          views   [--resources 200000] [--rounds 3] [--seed 1] [--out FILE]
                  how fast views make rows of NDJSON on all cores, and into which format
          memory  [--resources 10000000] [--seed 1] [--out FILE]
                  what one process holds while millions of records go through it; exit 1 if it grows
          fuzz    [--minutes 1] [--seed 1] [--case N]
                  spoiled input through every door of the kernel; exit 1 on an exception, a slow input or growing memory
          check   [--patients 300] [--seed 1]
                  reads (and validates) shaped records; exit 1 if anything is wrong with one
          ingest  hl7v2, cda, csv, csv-visit [--units 2000] [--rounds 7] [--seed 1]
                  how fast units of a format become FHIR records, on one core
          ingest  mllp --server EXECUTABLE [--connections 10] [--in-flight 16] [--seconds 20] [--floor 0]
                  how fast a server makes HL7 v2 messages durable and answers with a commit; exit 1 below the floor
          city    [--residents 1000000] [--seed 1] [--out FILE]
                  a synthetic city made as a stream and counted: its speed, and what the process holds; exit 1 if it grows
          audit   [--sizes 1000000,10000000] [--out FILE]
                  the audit trail: what an entry costs, what searches cost as it grows (p50 / p99 in ms), the check of all of it
          match   [--residents 1000000] [--records 2] [--queries 20000] [--seed 1]
                  how fast somebody is found in the index of persons, and what a row holds; exit 1 if p99 is 20 ms or more
          kills   [--count 5] [--seed 1] [--store postgres] [--server EXECUTABLE] [--out FILE]
                  SIGKILL to the server (and to PostgreSQL) in the midst of its work; exit 1 if an acknowledged write
                  is lost or a transaction is half there
          load    crud|import|search|pool|graph --url http://127.0.0.1:PORT/fhir [--token T|@FILE] [--viewer] [--json]
                  [--patients 1000] [--first 0] [--form post|put] [--clients N] [--seconds S] [--warmup S] [--seed 1]
                  [--family TEXT] [--pid PID[,PID]] [--data DIR]
                  presses on a FHIR R4 server of this machine; import first, the others ask for what it sent;
                  exit 1 if an answer was an error or wrong
          load    floors [--stores sqlite,postgres] [--patients 10000] [--filepatients 1500] [--rounds 3] [--seconds 20] [--seed 1]
                  [--server EXECUTABLE] [--folder DIR]
                  starts servers of its own, measures all that has a floor, and prints docs/performance.md's tables
        """;

    public static void Print() => Console.Error.WriteLine(Text);

    public static int Unknown(string command)
    {
        Console.Error.WriteLine($"Unknown command {command}.");
        Print();
        return 2;
    }
}

using System.Buffers;
using System.Text;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load.Workloads;

/// <summary>Organizations, practitioners and locations, sent with their own ids because all patients' records refer to them.</summary>
internal static class MasterData
{
    private const int EntriesEach = 500;

    /// <summary>Null, or why the server did not take them.</summary>
    public static async Task<string?> SendAsync(LoadClient client, ShapedCity city)
    {
        var records = city.MasterData();
        var bundle = new ArrayBufferWriter<byte>(1 << 20);
        for (var first = 0; first < records.Count; first += EntriesEach)
        {
            bundle.ResetWrittenCount();
            Write(bundle, records, first, Math.Min(records.Count, first + EntriesEach));
            await client.AskAsync(HttpMethod.Post, "", bundle.WrittenMemory);
            if (!client.Reply.IsGood)
            {
                return $"The server does not take organizations, practitioners and locations: {client.Reply.Status} {Wire.Mishap.Of(client.Reply)}";
            }
        }

        return null;
    }

    private static void Write(ArrayBufferWriter<byte> output, ShapedRecords records, int from, int to)
    {
        output.Write("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["u8);
        for (var i = from; i < to; i++)
        {
            var (type, id, json) = records[i];
            var address = $"{type.Name}/{id}";
            Encoding.UTF8.GetBytes($"{(i == from ? "" : ",")}{{\"fullUrl\":\"{ShapedRecords.PutBase}{address}\",\"resource\":", output);
            output.Write(json.Span);
            Encoding.UTF8.GetBytes($",\"request\":{{\"method\":\"PUT\",\"url\":\"{address}\"}}}}", output);
        }

        output.Write("]}"u8);
    }
}

using System.Globalization;
using System.Text;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Bench.Ingest;

/// <summary>Laboratory results as a Chinese hospital sends them: one patient, one visit, one order, ten items. Nobody in them exists.</summary>
internal static class ShapedOru
{
    private static readonly string[] Items =
    [
        "WBC^白细胞计数^99LIS|{0}|10^9/L|3.5-9.5", "RBC^红细胞计数^99LIS|{0}|10^12/L|4.3-5.8", "HGB^血红蛋白^99LIS|{0}|g/L|130-175", "PLT^血小板计数^99LIS|{0}|10^9/L|125-350",
        "GLU^葡萄糖^99LIS|{0}|mmol/L|3.9-6.1", "ALT^丙氨酸氨基转移酶^99LIS|{0}|U/L|9-50", "CREA^肌酐^99LIS|{0}|umol/L|57-97", "UA^尿酸^99LIS|{0}|umol/L|208-428",
        "TG^甘油三酯^99LIS|{0}|mmol/L|0.45-1.69", "CHOL^总胆固醇^99LIS|{0}|mmol/L|2.85-5.69",
    ];

    public static RawUnit[] Units(ulong seed, int count)
    {
        var random = new Random((int)(seed % int.MaxValue));
        return [.. Enumerable.Range(0, count).Select(i => new RawUnit(i, Encoding.UTF8.GetBytes(Message(i, random))))];
    }

    private static string Message(int i, Random random)
    {
        var text = new StringBuilder(2048);
        text.Append(CultureInfo.InvariantCulture, $"MSH|^~\\&|LIS|H1|KQ|CITY|20260305083000||ORU^R01^ORU_R01|L{i}|P|2.5.1|||AL|NE|CHN|UNICODE UTF-8\r")
            .Append(CultureInfo.InvariantCulture, $"PID|1||{100000 + (i % 5000)}^^^H1^PI~100106{1950 + (i % 60)}0304{1000 + (i % 8000)}^^^^NI||张伟{i % 100}||{1950 + (i % 60)}0304|{(i % 2 == 0 ? 'M' : 'F')}|||康桥市河西区体育路{i % 300}号||13800000000^PRN^CP\r")
            .Append(CultureInfo.InvariantCulture, $"PV1|1|O|内科门诊^^^H1||||D{i % 200}^李医生||||||||||||V{i}\r")
            .Append(CultureInfo.InvariantCulture, $"ORC|RE|O{i}|F{i}||CM||||20260305080000|||D{i % 200}^李医生\r")
            .Append(CultureInfo.InvariantCulture, $"OBR|1|O{i}|F{i}|LAB{i % 50}^生化全套^99LIS|||20260305080000|||||||||D{i % 200}^李医生||||||20260305090000||CH|F\r");
        for (var n = 0; n < Items.Length; n++)
        {
            var value = (random.Next(10, 5000) / 10.0).ToString("F1", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"OBX|{n + 1}|NM|")
                .AppendFormat(CultureInfo.InvariantCulture, Items[n].Replace("^99LIS|", "^99LIS||", StringComparison.Ordinal), value)
                .Append("|N|||F|||20260305083000\r");
        }

        return text.ToString();
    }
}

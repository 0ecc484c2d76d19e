using System.Globalization;
using System.Text;
using Kangqiao.Ingest.Csv;
using Kangqiao.Ingest.Csv.Content;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Bench.Ingest;

/// <summary>Rows of laboratory results as a hospital's export writes them. Nobody in them exists.</summary>
internal static class ShapedRows
{
    private static readonly string Content = Path.Combine(AppContext.BaseDirectory, "content");

    private static readonly Lazy<CsvContent> Datasets =
        new(() => CsvContent.Load(Path.Combine(Content, "datasets"), Path.Combine(Content, "terminology", "codesystem")).Value);

    public static IFormat Format(string dataset) => CsvFormat.All(Datasets.Value).Single(f => f.Name == "csv/" + dataset);

    public static RawUnit[] Results(ulong seed, int count)
    {
        var random = new Random((int)(seed % int.MaxValue));
        var file = new StringBuilder("检验报告单编号,检验项目代码,检验项目名称,检验结果,检验计量单位,参考值下限,参考值上限,检验结果代码,检验日期,本地患者编号,身份证件号码,患者姓名,性别代码,出生日期,就诊流水号,数据更新时间\n");
        for (var i = 0; i < count; i++)
        {
            file.Append(CultureInfo.InvariantCulture, $"JY{i / 10},WBC{i % 10},白细胞计数,{random.Next(30, 120) / 10.0:F1},10^9/L,3.5,9.5,N,2026-03-05 09:{i % 60:D2}:00,P{i % 5000},,张伟{i % 100},{1 + (i % 2)},{1950 + (i % 60)}-03-04,V{i / 10},2026-03-05 10:00:00\n");
        }

        return Units("lab-result", file.ToString());
    }

    public static RawUnit[] Visits(ulong seed, int count)
    {
        var random = new Random((int)(seed % int.MaxValue));
        var file = new StringBuilder("visit_no,visit_kind,visit_at,end_at,complaint,diagnosis_code,diagnosis_name,payment,patient_id,name,sex,birth_date,doctor_no,doctor_name,dept_code,dept_name,updated_at\n");
        for (var i = 0; i < count; i++)
        {
            file.Append(CultureInfo.InvariantCulture, $"MZ{i},1,2026-03-05 08:{random.Next(60):D2}:00,2026-03-05 09:{i % 60:D2}:00,反复头晕{1 + (i % 9)}天,I10.x00,高血压,1,P{i % 5000},张伟{i % 100},{1 + (i % 2)},{1950 + (i % 60)}-03-04,D{i % 200},李明,03.{i % 20:D2},心血管内科,2026-03-05 10:00:00\n");
        }

        return Units("outpatient-visit", file.ToString());
    }

    private static RawUnit[] Units(string dataset, string file) =>
        [.. Format(dataset).SplitAsync(new MemoryStream(Encoding.UTF8.GetBytes(file))).ToBlockingEnumerable()];
}

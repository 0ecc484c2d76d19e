using System.Globalization;
using Kangqiao.Audit.Entries;

namespace Kangqiao.Audit.Reading;

/// <summary>An entry as a resident reads it: who, from where, did what with which of their records, and why they might.</summary>
internal static class PlainWords
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["Patient"] = "基本信息",
        ["Person"] = "基本信息",
        ["Encounter"] = "就诊记录",
        ["Condition"] = "诊断",
        ["Observation"] = "检验检查和测量结果",
        ["DiagnosticReport"] = "检查检验报告",
        ["ImagingStudy"] = "影像检查",
        ["MedicationRequest"] = "处方",
        ["MedicationDispense"] = "取药记录",
        ["MedicationStatement"] = "用药情况",
        ["Immunization"] = "预防接种记录",
        ["AllergyIntolerance"] = "过敏史",
        ["Procedure"] = "手术和操作",
        ["DocumentReference"] = "病历文书",
        ["Binary"] = "病历文书",
        ["CarePlan"] = "治疗和随访计划",
        ["FamilyMemberHistory"] = "家族史",
        ["ServiceRequest"] = "申请单",
        ["Claim"] = "费用",
        ["ExplanationOfBenefit"] = "费用",
        ["Coverage"] = "医保信息",
        ["Appointment"] = "预约",
        ["Consent"] = "授权书",
        ["QuestionnaireResponse"] = "问卷",
    };

    private static readonly Dictionary<string, string> Roles = new(StringComparer.Ordinal)
    {
        ["system"] = "平台系统",
        ["institution"] = "机构的信息系统",
        ["clinician"] = "医生",
        ["nurse"] = "护士",
        ["pharmacist"] = "药师",
        ["resident"] = "您本人",
        ["guardian"] = "监护人",
        ["supervisor"] = "监管人员",
        ["steward"] = "数据管理人员",
        ["auditor"] = "审计员",
        ["security"] = "安全员",
        ["researcher"] = "研究人员",
        ["platform"] = "平台系统",
    };

    private static readonly Dictionary<string, string> Purposes = new(StringComparer.Ordinal)
    {
        ["TREAT"] = "诊疗",
        ["ETREAT"] = "急救",
        ["HPAYMT"] = "费用结算",
        ["HOPERAT"] = "医疗管理",
        ["PUBHLTH"] = "公共卫生",
        ["HRESCH"] = "研究",
        ["PATRQT"] = "本人要求",
        ["HSYSADMIN"] = "系统管理",
    };

    /// <param name="me">The resident's Patients.</param>
    /// <param name="institution">Name of the actor's institution, where it is known.</param>
    public static string Of(AuditedEntry one, IReadOnlyCollection<string> me, string? institution)
    {
        var entry = one.Entry;
        var mine = entry.Records.Where(r => (r.Patient >= 0 && me.Contains(entry.Patients[r.Patient])) || (r.Type == "Patient" && me.Contains(r.Id))).ToList();
        var kinds = mine.Select(r => Types.GetValueOrDefault(r.Type, "健康记录")).Distinct(StringComparer.Ordinal).ToList();
        var what = kinds.Count == 0 ? "信息" : string.Join("、", kinds.Take(5)) + (kinds.Count > 5 ? "等" : "");
        var count = mine.Count > 1 ? $"（{mine.Count.ToString(CultureInfo.InvariantCulture)}条）" : "";
        var role = Roles.GetValueOrDefault(entry.Actor.Role, "工作人员");
        var who = entry.Actor.Role == "resident" || entry.Actor.Institution is null ? role : $"{institution ?? entry.Actor.Institution}的{role}";
        var did = entry.Outcome != AuditOutcome.Success ? "试图查看或更改，被拒绝：" : entry.Action switch
        {
            AuditAction.Create => "新增了",
            AuditAction.Update or AuditAction.Patch => "更新了",
            AuditAction.Delete => "删除了",
            AuditAction.Export => "导出了",
            AuditAction.Submit => "报送了",
            AuditAction.BreakGlass => "在紧急情况下打开了",
            AuditAction.Reveal => "查看了完整的",
            _ => "查看了",
        };
        var why = entry.Actor.Purpose is { } purpose ? $"，目的：{Purposes.GetValueOrDefault(purpose, purpose)}" : "";
        var right = entry.Right is { } used ? $"，依据：{used}" : "";
        var at = one.At.ToOffset(Shanghai).ToString("yyyy年M月d日 HH:mm", CultureInfo.InvariantCulture);
        return $"{at}，{who}{did}您的{what}{count}{why}{right}。";
    }
}

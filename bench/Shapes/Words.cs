namespace Kangqiao.Bench.Shapes;

/// <summary>
/// Words that names, places and made-up codes are put together from. Nobody here exists; no real address or number is meant.
/// </summary>
internal static class Words
{
    public static readonly string[] ChineseFamilies =
    [
        "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗",
        "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕",
        "单", "解", "仇", "欧阳", "司马", "诸葛", "尉迟",
    ];

    public static readonly string[] ChineseGiven =
    [
        "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀英", "霞", "平",
        "刚", "桂英", "建华", "文", "辉", "玲", "建国", "志强", "秀兰", "桂兰", "海燕", "子涵", "梓轩", "雨桐", "浩然", "欣怡",
        "宇航", "思远", "嘉懿", "俊杰", "晓东", "春梅", "国庆", "淑珍", "若曦", "一诺", "乐", "重阳",
    ];

    public static readonly string[] LatinFamilies =
    [
        "Feest", "Hoeger", "Kuhn", "Larsen", "Moreau", "Novak", "Okafor", "Petrov", "Quinn", "Rossi", "Sato", "Tanaka", "Ueda",
        "Virtanen", "Weber", "Xenakis", "Yilmaz", "Zhou", "Müller", "Nguyễn",
    ];

    public static readonly string[] LatinGiven =
    [
        "Ada", "Bruno", "Clara", "Dmitri", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kaori", "Liam", "Mei", "Nadia",
        "Omar", "Priya", "Quentin", "Rosa", "Stefan", "Zoë",
    ];

    public static readonly string[] Districts = ["东湖区", "西岭区", "南苑区", "北桥区", "江畔区", "新港区", "云台县", "青溪县"];

    public static readonly string[] Streets = ["人民路", "解放大道", "建设街", "康桥路", "中山路", "学院路", "滨江东路", "文化巷", "Harbour Road"];

    public static readonly string[] Sites =
    [
        "上呼吸道", "支气管", "胃", "十二指肠", "结肠", "肝", "胆囊", "胰腺", "左膝关节", "右膝关节", "腰椎", "颈椎", "左手", "右手",
        "左踝", "右踝", "冠状动脉", "主动脉瓣", "甲状腺", "肾", "膀胱", "前列腺", "子宫", "卵巢", "乳腺", "皮肤", "外耳", "中耳", "角膜", "牙周",
    ];

    public static readonly string[] Findings =
    [
        "炎", "急性炎", "慢性炎", "感染", "结石", "囊肿", "良性肿瘤", "恶性肿瘤", "损伤", "骨折", "出血", "水肿", "功能减退", "功能亢进",
        "退行性变", "狭窄", "溃疡", "疼痛", "先天异常", "术后状态",
    ];

    public static readonly string[] Acts =
    [
        "检查", "切除", "修补", "穿刺", "造影", "超声", "内镜检查", "引流", "固定", "置换", "活检", "冲洗", "注射", "理疗", "缝合", "护理",
    ];

    public static readonly string[] Drugs =
    [
        "Amlodipine", "Metformin", "Atorvastatin", "Losartan", "Omeprazole", "Amoxicillin", "Ibuprofen", "Naproxen", "Cefuroxime",
        "Insulin glargine", "Warfarin", "Clopidogrel", "Salbutamol", "Budesonide", "Levothyroxine", "Prednisone", "Furosemide",
        "Hydrochlorothiazide", "Gliclazide", "Acarbose", "Valsartan", "Bisoprolol", "Cetirizine", "Paracetamol", "连花清瘟", "复方丹参",
        "板蓝根", "六味地黄丸", "银翘解毒", "藿香正气",
    ];

    public static readonly string[] DrugForms =
    [
        "5 MG Oral Tablet", "10 MG Oral Tablet", "20 MG Oral Tablet", "40 MG Oral Tablet", "80 MG Oral Tablet", "100 MG Oral Tablet",
        "250 MG Oral Capsule", "500 MG Oral Capsule", "850 MG Oral Tablet", "1 ML Injection", "5 ML Oral Solution", "Nasal Spray",
        "颗粒剂 10 g", "片剂 0.3 g", "胶囊 0.35 g", "注射液 2 ml", "Extended Release Tablet", "Topical Cream", "Eye Drops",
        "Inhalation Powder", "滴丸 27 mg", "口服液 10 ml", "Transdermal Patch", "Chewable Tablet",
    ];

    public static readonly string[] Allergens =
    [
        "Allergy to grass pollen", "Allergy to tree pollen", "House dust mite allergy", "Allergy to peanuts", "Shellfish allergy",
        "Allergy to mould", "Allergy to bee venom", "Latex allergy", "青霉素过敏", "头孢菌素过敏", "海鲜过敏", "鸡蛋过敏", "牛奶过敏", "花粉过敏",
    ];

    public static readonly string[] Vaccines =
    [
        "Influenza, seasonal, injectable, preservative free", "Hepatitis B, adolescent or pediatric", "DTaP", "IPV", "MMR", "Varicella",
        "Pneumococcal conjugate PCV 13", "HPV, quadrivalent", "Hepatitis A, pediatric", "Meningococcal MCV4P", "Rotavirus, monovalent",
        "Hib (PRP-OMP)", "Tdap", "Zoster vaccine, live", "BCG 卡介苗", "乙脑减毒活疫苗", "脊髓灰质炎灭活疫苗", "麻腮风联合减毒活疫苗", "甲肝减毒活疫苗",
        "A群流脑多糖疫苗", "狂犬病疫苗", "肠道病毒71型灭活疫苗",
    ];

    public static readonly string[] Departments = ["内科", "外科", "儿科", "妇产科", "急诊科", "中医科", "检验科", "放射科", "口腔科", "全科门诊"];

    /// <summary>Sentences for documents; put together they are as long as a discharge letter.</summary>
    public static readonly string[] Sentences =
    [
        "患者因反复咳嗽、咳痰三天就诊，无发热。", "查体：神志清，精神可，双肺呼吸音粗，未闻及明显干湿啰音。", "血压控制可，继续当前用药，低盐饮食。",
        "建议两周后复查血脂与肝功能。", "The patient reports no chest pain or shortness of breath.", "Follow-up in the outpatient department in four weeks.",
        "既往有高血压病史八年，规律服药。", "No known drug interactions were found at discharge.", "嘱多饮水，注意休息，不适随诊。",
    ];
}

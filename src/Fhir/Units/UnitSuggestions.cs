using System.Collections.Frozen;
using System.Text;

namespace Kangqiao.Fhir.Units;

/// <summary>
/// Guesses what was meant by a code that is not UCUM, from the spellings that hospital systems use. A suggestion is only ever made
/// when it is itself a valid code and the spelling can mean nothing else (单位 may be U or [iU], so it is not here); it is for a person to read
/// and is never applied by itself.
/// </summary>
internal static class UnitSuggestions
{
    /// <summary>Signs that stand for others wherever they are found.</summary>
    private static readonly (string From, string To)[] Signs =
    [
        ("μ", "u"), ("µ", "u"), ("℃", "Cel"), ("°C", "Cel"), ("℉", "[degF]"), ("°F", "[degF]"), ("°", "deg"), ("％", "%"), ("‰", "[ppth]"),
        ("／", "/"), ("（", "("), ("）", ")"), ("×", "."), ("·", "."), ("•", "."), ("⋅", "."), ("∙", "."), ("㎎", "mg"), ("㎏", "kg"),
        ("㎍", "ug"), ("㎜", "mm"), ("㎝", "cm"), ("㎞", "km"), ("㎡", "m2"), ("㎥", "m3"), ("㏄", "mL"), ("㎖", "mL"), ("ℓ", "L"), ("㎗", "dL"),
        ("㎕", "uL"), ("⁰", "0"), ("¹", "1"), ("²", "2"), ("³", "3"), ("⁴", "4"), ("⁵", "5"), ("⁶", "6"), ("⁷", "7"), ("⁸", "8"), ("⁹", "9"),
        ("⁻", "-"), (" ", ""), ("\u3000", ""), ("x10", "10"), ("X10", "10"), ("10**", "10*"), ("10E", "10*"), ("10e", "10*"), ("10^", "10*"),
        ("*10*", ".10*"), ("^", ""),
        ("/1.73m2", "/{1.73_m2}"),
    ];

    /// <summary>Whole symbols, without regard to case.</summary>
    private static readonly FrozenDictionary<string, string> Symbols = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["mmHg"] = "mm[Hg]", ["cmHg"] = "cm[Hg]", ["cmH2O"] = "cm[H2O]", ["cm[H20]"] = "cm[H2O]", ["mmH2O"] = "mm[H2O]", ["inHg"] = "[in_i'Hg]",
        ["degC"] = "Cel", ["celsius"] = "Cel", ["degF"] = "[degF]", ["fahrenheit"] = "[degF]",
        ["IU"] = "[iU]", ["I.U."] = "[iU]", ["iIU"] = "[iU]", ["[iIU]"] = "[iU]", ["CFU"] = "[CFU]",
        ["PFU"] = "[PFU]", ["HPF"] = "[HPF]", ["LPF"] = "[LPF]", ["HP"] = "[HPF]", ["LP"] = "[LPF]", ["PPM"] = "[ppm]", ["PPB"] = "[ppb]",
        ["[BETH'U]"] = "[beth'U]", ["lb"] = "[lb_av]", ["lbs"] = "[lb_av]", ["pound"] = "[lb_av]", ["pounds"] = "[lb_av]", ["oz"] = "[oz_av]",
        ["in"] = "[in_i]", ["inch"] = "[in_i]", ["inches"] = "[in_i]", ["ft"] = "[ft_i]", ["feet"] = "[ft_i]", ["gtt"] = "[drp]",
        ["drop"] = "[drp]", ["drops"] = "[drp]", ["mcg"] = "ug", ["mcL"] = "uL", ["mcmol"] = "umol", ["gm"] = "g", ["gram"] = "g", ["grams"] = "g",
        ["kgs"] = "kg", ["kilogram"] = "kg", ["cc"] = "mL", ["cms"] = "cm", ["mtr"] = "m", ["liter"] = "L", ["litre"] = "L", ["mls"] = "mL",
        ["sec"] = "s", ["secs"] = "s", ["second"] = "s", ["seconds"] = "s", ["msec"] = "ms", ["mins"] = "min", ["minute"] = "min",
        ["minutes"] = "min", ["hr"] = "h", ["hrs"] = "h", ["hour"] = "h", ["hours"] = "h", ["day"] = "d", ["days"] = "d", ["week"] = "wk",
        ["weeks"] = "wk", ["month"] = "mo", ["months"] = "mo", ["year"] = "a", ["years"] = "a", ["yr"] = "a", ["yrs"] = "a",
        ["bpm"] = "/min", ["rpm"] = "/min", ["cells"] = "{cells}", ["cell"] = "{cells}", ["copies"] = "{copies}", ["copy"] = "{copies}",
        ["RBC"] = "{RBC}", ["WBC"] = "{WBC}", ["ratio"] = "{ratio}", ["INR"] = "{INR}", ["score"] = "{score}", ["tablet"] = "{tbl}",
        ["tablets"] = "{tbl}", ["tab"] = "{tbl}", ["capsule"] = "{capsule}", ["puff"] = "{puff}", ["percent"] = "%", ["diopter"] = "[diop]",
        ["Osmol"] = "osm", ["mOsmol"] = "mosm", ["mEq"] = "meq", ["uEq"] = "ueq",
        ["次"] = "1", ["个"] = "1", ["例"] = "1", ["次数"] = "1", ["分"] = "min", ["分钟"] = "min", ["秒"] = "s", ["毫秒"] = "ms", ["时"] = "h",
        ["小时"] = "h", ["天"] = "d", ["日"] = "d", ["周"] = "wk", ["星期"] = "wk", ["月"] = "mo", ["个月"] = "mo", ["年"] = "a", ["岁"] = "a",
        ["克"] = "g", ["毫克"] = "mg", ["微克"] = "ug", ["纳克"] = "ng", ["千克"] = "kg", ["公斤"] = "kg", ["斤"] = "500.g", ["升"] = "L",
        ["毫升"] = "mL", ["微升"] = "uL", ["分升"] = "dL", ["米"] = "m", ["厘米"] = "cm", ["公分"] = "cm", ["毫米"] = "mm", ["微米"] = "um",
        ["平方米"] = "m2", ["毫米汞柱"] = "mm[Hg]", ["厘米水柱"] = "cm[H2O]", ["千帕"] = "kPa", ["摄氏度"] = "Cel", ["摩尔"] = "mol",
        ["毫摩尔"] = "mmol", ["微摩尔"] = "umol", ["国际单位"] = "[iU]", ["千卡"] = "kcal", ["大卡"] = "kcal",
        ["卡"] = "cal", ["焦耳"] = "J", ["千焦"] = "kJ", ["片"] = "{tbl}", ["粒"] = "{capsule}", ["支"] = "{ampule}",
        ["瓶"] = "{bottle}", ["袋"] = "{bag}", ["滴"] = "[drp]", ["毫当量"] = "meq", ["屈光度"] = "[diop]", ["高倍视野"] = "[HPF]",
        ["低倍视野"] = "[LPF]", ["拷贝"] = "{copies}",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    internal static string? For(string code)
    {
        // 分 by itself is as often a point of a score as a minute.
        if (code.Length is 0 or > UcumParser.MaxLength || code == "分")
        {
            return null;
        }

        if (Mend(code) is { } simple && IsUnit(simple))
        {
            return simple;
        }

        var text = new StringBuilder(code);
        foreach (var raised in "⁻¹²³⁴⁵⁶⁷⁸⁹")
        {
            text.Replace($"10{raised}", $"10*{raised}");
        }

        foreach (var (from, to) in Signs)
        {
            text.Replace(from, to);
        }

        if (HasDecimal(text))
        {
            return null;
        }

        var spelled = MendParts(text.ToString().Trim('.'));
        if (spelled.StartsWith("1/", StringComparison.Ordinal))
        {
            spelled = spelled[1..];
        }

        return spelled != code && IsUnit(spelled) ? spelled : null;
    }

    /// <summary>UCUM has no decimals in codes: what is meant by one, only its writer knows.</summary>
    private static bool HasDecimal(StringBuilder text)
    {
        var inNote = false;
        for (var at = 1; at < text.Length - 1; at++)
        {
            inNote = text[at] == '{' || (inNote && text[at] != '}');
            if (!inNote && text[at] == '.' && char.IsAsciiDigit(text[at - 1]) && char.IsAsciiDigit(text[at + 1]))
            {
                return true;
            }
        }

        return false;
    }

    private static string MendParts(string code)
    {
        var mended = new StringBuilder();
        var start = 0;
        var brackets = 0;
        for (var at = 0; at <= code.Length; at++)
        {
            if (at < code.Length)
            {
                brackets += code[at] is '[' or '{' ? 1 : code[at] is ']' or '}' ? -1 : 0;
                if (brackets > 0 || code[at] is not ('.' or '/' or '(' or ')'))
                {
                    continue;
                }
            }

            var part = code[start..at];
            mended.Append(part.Length == 0 || IsUnit(part) ? part : Mend(part) ?? part);
            if (at < code.Length)
            {
                mended.Append(code[at]);
            }

            start = at + 1;
        }

        return mended.ToString();
    }

    /// <summary>One symbol with its exponent put right, or null.</summary>
    private static string? Mend(string part)
    {
        if (Symbols.TryGetValue(part, out var known))
        {
            return known;
        }

        var digits = 0;
        while (digits < part.Length && char.IsAsciiDigit(part[digits]))
        {
            digits++;
        }

        // g/12h: a number does not touch the unit it counts.
        if (digits > 0 && digits < part.Length)
        {
            var rest = part[digits..];
            var unit = IsUnit(rest) ? rest : Mend(rest);
            return unit is not null && IsUnit($"{part[..digits]}.{unit}") ? $"({part[..digits]}.{unit})" : null;
        }

        var end = part.Length;
        while (end > 0 && (char.IsAsciiDigit(part[end - 1]) || part[end - 1] is '-' or '+'))
        {
            end--;
        }

        var (symbol, exponent) = (part[..end], part[end..]);
        if (symbol.Length == 0)
        {
            return null;
        }

        if (Symbols.TryGetValue(symbol, out known) && IsUnit(known + exponent))
        {
            return known + exponent;
        }

        foreach (var prefix in UcumAtoms.Prefixes.Keys.Order(StringComparer.Ordinal))
        {
            if (symbol.StartsWith(prefix, StringComparison.Ordinal)
                && Symbols.TryGetValue(symbol[prefix.Length..], out known)
                && IsUnit(prefix + known + exponent))
            {
                return prefix + known + exponent;
            }
        }

        var lower = symbol.ToLowerInvariant();
        string[] cases = [lower, $"[{symbol}]", $"[{lower}]", lower.Length > 1 ? lower[..^1] + char.ToUpperInvariant(lower[^1]) : lower];
        return Array.Find(cases, c => IsUnit(c + exponent)) is { } found ? found + exponent : null;
    }

    private static bool IsUnit(string code) => UcumCache.Entry.Read(code).Unit is not null;
}

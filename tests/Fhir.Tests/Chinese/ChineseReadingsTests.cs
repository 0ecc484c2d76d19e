using Kangqiao.Fhir.Chinese;

namespace Kangqiao.Fhir.Tests.Chinese;

public sealed class ChineseReadingsTests
{
    [Theory]
    [InlineData("张三", "zhangsan", "zs")]
    [InlineData("王小明", "wangxiaoming", "wxm")]
    [InlineData("张 三", "zhangsan", "zs")]
    [InlineData("　张　三 ", "zhangsan", "zs")]
    [InlineData("陳大文", "chendawen", "cdw")]
    [InlineData("买买提·艾力", "maimaitiaili", "mmtal")]
    [InlineData("李Tom", "litom", "lt")]
    public void A_name_is_found_by_its_reading_and_its_initials(string name, string reading, string initials)
    {
        var keys = Keys(name);
        keys[1].ShouldBe(reading);
        keys.ShouldContain(initials);
    }

    [Theory]
    [InlineData("单雄信", "shanxiongxin")]
    [InlineData("曾国藩", "zengguofan")]
    [InlineData("解晓东", "xiexiaodong")]
    [InlineData("仇英", "qiuying")]
    [InlineData("查良镛", "zhaliangyong")]
    [InlineData("区楚良", "ouchuliang")]
    [InlineData("朴志英", "piaozhiying")]
    [InlineData("盖叫天", "gejiaotian")]
    [InlineData("任正非", "renzhengfei")]
    [InlineData("种世衡", "chongshiheng")]
    [InlineData("黑云", "heyun")]
    public void A_surname_is_read_as_a_surname(string name, string reading) => Keys(name)[1].ShouldBe(reading);

    [Theory]
    [InlineData("尉迟恭", "yuchigong", "ycg")]
    [InlineData("万俟卨", "moqixie", "mqx")]
    [InlineData("澹台灭明", "tantaimieming", "ttmm")]
    [InlineData("长孙无忌", "zhangsunwuji", "zswj")]
    [InlineData("令狐冲", "linghuchong", "lhc")]
    [InlineData("欧阳修", "ouyangxiu", "oyx")]
    [InlineData("司马光", "simaguang", "smg")]
    public void A_compound_surname_is_read_as_one(string name, string reading, string initials)
    {
        var keys = Keys(name);
        keys[1].ShouldBe(reading);
        keys.ShouldContain(initials);
    }

    [Fact]
    public void A_compound_surname_may_also_be_a_single_one_and_a_given_name() =>
        Keys("单于").ShouldBe(["单于", "chanyu", "cy", "shanyu", "sy"], ignoreOrder: true);

    [Fact]
    public void A_surname_that_families_read_in_two_ways_is_found_by_both()
    {
        var keys = Keys("覃辉");
        keys.ShouldContain("qinhui");
        keys.ShouldContain("tanhui");
    }

    [Fact]
    public void A_given_name_by_itself_is_not_read_as_a_surname()
    {
        var keys = new List<string>();
        ChineseReadings.Instance.Append("曾", keys, startsWithSurname: false);
        keys[1].ShouldBe("ceng");
    }

    [Fact]
    public void The_letter_u_umlaut_is_written_as_typed_and_as_in_passports()
    {
        Keys("吕布").ShouldBe(["吕布", "lvbu", "lyubu", "lb"]);
        Keys("李略").ShouldContain("lilyue");
    }

    [Fact]
    public void A_character_of_several_readings_gives_a_few_alternatives()
    {
        var keys = Keys("王乐行");
        keys.ShouldContain("wanglexing");
        keys.ShouldContain("wangyuexing");
        keys.ShouldContain("wanglehang");
        keys.Count(k => k.StartsWith("wang", StringComparison.Ordinal)).ShouldBe(ChineseReadings.MaxReadings);
    }

    [Theory]
    [InlineData("Zhang San")]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("やまだ")]
    [InlineData("김철수")]
    [InlineData("\ud840")]
    public void A_name_without_Chinese_characters_gives_nothing(string name) => Keys(name).ShouldBeEmpty();

    [Fact]
    public void A_character_that_nobody_can_read_ends_the_reading_there() =>
        Keys("王\U0003134a明").ShouldBe(["王\U0003134a明", "wang", "w"]);

    [Fact]
    public void A_character_beyond_the_basic_plane_is_read() => Keys("王𬍛").Count.ShouldBeGreaterThanOrEqualTo(2);

    [Fact]
    public void A_compatibility_character_is_the_ordinary_one() => Keys("\uF9E1三")[0].ShouldBe("李三");

    [Fact]
    public void An_endless_name_gives_few_and_short_keys()
    {
        var keys = Keys(new string('乐', 1_000_000));
        keys.Count.ShouldBeLessThanOrEqualTo(1 + (3 * ChineseReadings.MaxReadings));
        keys.ShouldAllBe(k => k.Length <= ChineseReadings.MaxCharacters * 6);
        Keys("张" + new string(' ', 1_000_000) + "三").Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Any_text_at_all_is_read_without_complaint()
    {
        var random = new Random(20221122);
        var text = new char[200];
        for (var round = 0; round < 2000; round++)
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = (char)random.Next(round % 2 == 0 ? 0 : 0x3000, 0x10000);
            }

            var keys = new List<string>();
            ChineseReadings.Instance.Append(text, keys);
            keys.Count.ShouldBeLessThanOrEqualTo(13);
        }
    }

    private static List<string> Keys(string name)
    {
        var keys = new List<string>();
        ChineseReadings.Instance.Append(name, keys);
        return keys;
    }
}

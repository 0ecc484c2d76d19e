using Kangqiao.PatientIndex.Model;
using Kangqiao.PatientIndex.Rows;
using Shouldly;
using Xunit;

namespace Kangqiao.PatientIndex.Tests;

public sealed class LinkingTests
{
    private static readonly Crowd City = Crowd.Of(1200);

    private static readonly PersonValues Known = new()
    {
        Name = "诸葛明兰",
        Sex = "2",
        Birth = "1988-06-17",
        Number = Crowd.Number("1988-06-17", 246),
        Phone = "13911112222",
        Address = "云桥市西城区迎宾路28号6栋1203室",
    };

    public static TheoryData<string, PersonValues> Itself => new()
    {
        { "a name that sounds the same", Known with { Name = "诸葛铭兰" } },
        { "a name in pinyin", Known with { Name = "Zhuge Minglan", Number = "" } },
        { "a title behind the name", Known with { Name = "诸葛明兰女士" } },
        { "spaces inside the name", Known with { Name = "诸葛 明兰" } },
        { "a hidden name", Known with { Name = "诸***" } },
        { "a number with one digit wrong", Known with { Number = Known.Number[..10] + (Known.Number[10] == '9' ? '8' : '9') + Known.Number[11..] } },
        { "the number in 15 digits", Known with { Number = Known.Number[..6] + Known.Number[8..17] } },
        { "no number and another telephone", Known with { Number = "", Phone = "13800001111" } },
        { "a number that is no number", Known with { Number = "111111111111111111" } },
        { "the lunar birthday (1988-05-04 of that calendar)", Known with { Birth = "1988-05-04" } },
        { "the first of January for a birthday", Known with { Birth = "1988-01-01" } },
        { "no address and no telephone", Known with { Address = "", Phone = "" } },
        { "the wrong sex", Known with { Sex = "1" } },
        { "full-width digits", Known with { Phone = "１３９１１１１２２２２" } },
    };

    public static TheoryData<string, PersonValues> SomebodyElse => new()
    {
        { "a twin", Known with { Name = "诸葛明月", Number = Crowd.Number("1988-06-17", 248) } },
        { "a twin without a number", Known with { Name = "诸葛明月", Number = "" } },
        { "a namesake of the same day", Known with { Number = Crowd.Number("1988-06-17", 702), Phone = "13755556666", Address = "云桥市南城区大桥路3号1栋101室" } },
        { "a namesake of the same day without a number", Known with { Number = "", Phone = "13755556666", Address = "云桥市南城区大桥路3号1栋101室" } },
        { "her daughter at home", Known with { Name = "王子涵", Birth = "2014-03-02", Number = Crowd.Number("2014-03-02", 122) } },
        { "a newborn on her number", Known with { Name = "诸葛明兰之女", Birth = "2026-03-01" } },
        { "a husband with her telephone", Known with { Name = "王伟明", Sex = "1", Birth = "1987-02-11", Number = "" } },
        { "somebody with her card", Known with { Name = "赵春花", Birth = "1961-12-01", Phone = "13700000000", Address = "" } },
    };

    [Theory]
    [MemberData(nameof(Itself))]
    public void A_record_with_a_slip_lands_on_its_person(string what, PersonValues row)
    {
        Linkage.Among(City, Known, row).Between(0, 1).ShouldBe(Decision.Link, what);
    }

    [Theory]
    [MemberData(nameof(SomebodyElse))]
    public void Another_person_is_never_linked(string what, PersonValues row)
    {
        Linkage.Among(City, Known, row).Between(0, 1).ShouldNotBe(Decision.Link, what);
    }

    [Fact]
    public void Rows_that_say_nothing_are_linked_to_nobody()
    {
        PersonValues[] empty =
        [
            new() { Name = "测试", Birth = "1900-01-01", Number = "无", Phone = "13800138000" },
            new() { Name = "张三", Birth = "1900-01-01", Number = "123456789012345678" },
            new() { Name = "无名氏" },
            new(),
        ];

        var result = Linkage.Among(City, empty);

        result.ClusterOf.Take(empty.Length).ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void A_telephone_that_a_thousand_people_share_brings_nobody_together()
    {
        var shared = City.Rows.Take(1000).Select(row => row with { Phone = "13600000001", Number = "" }).ToArray();
        var alone = Linkage.Among(Crowd.Of(400, seed: 11), [.. shared.Select(row => row with { Phone = "" })]);

        var together = Linkage.Among(Crowd.Of(400, seed: 11), shared);

        together.ClusterOf.Take(1000).Distinct().Count().ShouldBe(alone.ClusterOf.Take(1000).Distinct().Count());
    }

    [Fact]
    public void A_long_minority_name_with_a_middle_dot_is_read_however_the_dot_is_written()
    {
        var row = Known with { Name = "阿卜杜热合曼·买买提吐尔逊", Number = "", Phone = "" };

        Linkage.Among(City, row, row with { Name = "阿卜杜热合曼.买买提吐尔逊" }, row with { Name = "阿卜杜热合曼买买提吐尔迅" })
            .ClusterOf.Take(3).ShouldBe([0, 0, 0]);
    }

    [Fact]
    public void Twins_stay_apart_though_a_third_record_could_be_either()
    {
        var other = Known with { Name = "诸葛明月", Number = Crowd.Number("1988-06-17", 248) };
        var either = Known with { Name = "诸葛**", Number = "" };

        var result = Linkage.Among(City, Known, other, either);

        result.ClusterOf[0].ShouldNotBe(result.ClusterOf[1]);
    }

    [Fact]
    public void Every_row_is_in_one_cluster_and_the_same_rows_give_the_same_answer()
    {
        var once = Linkage.Among(City, Known);
        var again = Linkage.Among(City, Known);

        once.ClusterOf.Count.ShouldBe(City.Rows.Count + 1);
        again.ClusterOf.ShouldBe(once.ClusterOf);
        again.Pairs.ShouldBe(once.Pairs);
    }
}

using Kangqiao.Ingest.Mapping;
using Shouldly;
using Xunit;

namespace Kangqiao.Ingest.Tests.Mapping;

public sealed class SenderNamesTests
{
    [Fact]
    public void The_same_key_from_the_same_institution_is_the_same_record()
    {
        var key = SourceKey.Patient(" 00123 ");

        new SenderNames("H1").IdOf("Patient", key).ShouldBe(new SenderNames("H1").IdOf("Patient", SourceKey.Patient("00123")));
    }

    [Fact]
    public void Institutions_types_and_keys_never_share_a_name()
    {
        var names = new SenderNames("H1");
        string[] ids =
        [
            names.IdOf("Patient", "pid|1"), names.IdOf("Patient", "pid|01"), names.IdOf("Person", "pid|1"),
            new SenderNames("H2").IdOf("Patient", "pid|1"),
        ];

        ids.Distinct(StringComparer.Ordinal).Count().ShouldBe(4);
    }

    [Fact]
    public void A_name_is_a_UUID_of_version_8()
    {
        var id = Guid.Parse(new SenderNames("H1").IdOf("Patient", "pid|1"));

        id.Version.ShouldBe(8);
        (id.Variant & 0xC).ShouldBe(8);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;

namespace Kangqiao.Rest.Tests.Persons;

/// <summary>Made-up people; their numbers begin with 10, which is no province.</summary>
internal static class People
{
    private static int next = 100;

    /// <summary>A number that is nobody else's in these tests, right by GB 11643.</summary>
    public static string Number(string birth, bool isMale = false)
    {
        var serial = Interlocked.Increment(ref next) * 2 % 1000;
        return WithCheck($"1001{Interlocked.Increment(ref next) % 100:D2}{birth.Replace("-", "", StringComparison.Ordinal)}{(serial + (isMale ? 1 : 0)).ToString("D3", CultureInfo.InvariantCulture)}");
    }

    public static string Patient(string name, string birth, string? number, string gender = "female", string? phone = null, string? address = null, string? id = null)
    {
        var patient = new JsonObject
        {
            ["resourceType"] = "Patient",
            ["name"] = new JsonArray(new JsonObject { ["text"] = name }),
            ["gender"] = gender,
            ["birthDate"] = birth,
        };
        if (id is not null)
        {
            patient["id"] = id;
        }

        if (number is not null)
        {
            patient["identifier"] = new JsonArray(new JsonObject { ["system"] = "urn:oid:2.16.156.10011.1.3", ["value"] = number });
        }

        if (phone is not null)
        {
            patient["telecom"] = new JsonArray(new JsonObject { ["system"] = "phone", ["value"] = phone });
        }

        if (address is not null)
        {
            patient["address"] = new JsonArray(new JsonObject { ["text"] = address });
        }

        return patient.ToJsonString();
    }

    public static string MatchOf(string patient, bool certainOnly = false) => new JsonObject
    {
        ["resourceType"] = "Parameters",
        ["parameter"] = new JsonArray(
            new JsonObject { ["name"] = "resource", ["resource"] = JsonNode.Parse(patient) },
            new JsonObject { ["name"] = "onlyCertainMatches", ["valueBoolean"] = certainOnly }),
    }.ToJsonString();

    private static string WithCheck(string first17)
    {
        ReadOnlySpan<int> weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        var sum = 0;
        for (var i = 0; i < 17; i++)
        {
            sum += (first17[i] - '0') * weights[i];
        }

        return first17 + "10X98765432"[sum % 11];
    }
}

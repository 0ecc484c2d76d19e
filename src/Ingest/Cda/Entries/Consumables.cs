using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Entries;

/// <summary>What a substanceAdministration or supply says of the drug, the dose and the way, as parts named after CDA's elements.</summary>
internal static class Consumables
{
    public static void Read(XmlElement source, Statement owner, CdaOptions options, FindingList findings)
    {
        if (source.Name is not ("consumable" or "product"))
        {
            Statement.AddDatum(owner, source, options, findings);
            return;
        }

        var product = source.Child("manufacturedProduct");
        foreach (var drug in product.Elements)
        {
            switch (drug.Name)
            {
                case "manufacturedLabeledDrug" or "manufacturedMaterial":
                    Statement.AddDatum(owner, drug.Child("code"), options, findings, "drugCode");
                    Statement.AddDatum(owner, drug.Child("name"), options, findings, "drugName");
                    Statement.AddDatum(owner, drug.Child("lotNumberText"), options, findings);
                    break;
                case "manufacturerOrganization":
                    Statement.AddDatum(owner, drug.Child("name"), options, findings, "manufacturer");
                    break;
                case "id":
                    if (drug["extension"] is { } number)
                    {
                        owner.Parts.Add(new Statement { Source = drug, Kind = "datum", Element = "productId", Value = CdaValue.Of(number), Parent = owner });
                    }

                    break;
            }
        }
    }
}

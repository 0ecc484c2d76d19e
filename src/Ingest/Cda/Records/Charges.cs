using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Records;

/// <summary>Amounts of money: one ChargeItem for each kind of cost, one Invoice for the sum and what the patient bears.</summary>
internal static class Charges
{
    public static void Write(IReadOnlyList<Draft> drafts, DocumentContext context)
    {
        var total = drafts.Select(d => d.Take("total")).FirstOrDefault(s => s is not null);
        var self = drafts.Select(d => d.Take("self")).FirstOrDefault(s => s is not null);
        var items = new List<Target>();
        foreach (var item in drafts.SelectMany(d => d.TakeAll("item").Concat(d.TakeAll("total")).Concat(d.TakeAll("self"))))
        {
            if (item.Value.Number is { Comparator: null } amount)
            {
                items.Add(Item(item, amount, context));
            }
        }

        if ((total ?? self)?.Value.Number is null)
        {
            return;
        }

        using var body = new FhirBody("Invoice");
        body.Text("status", "issued");
        body.Reference("subject", context.Subject);
        body.Text("date", context.Time ?? context.Made);
        body.Reference("issuer", context.Custodian);
        if (items.Count > 0)
        {
            body.Array("lineItem");
            foreach (var item in items)
            {
                body.Object();
                body.Reference("chargeItemReference", item);
                body.EndObject();
            }

            body.EndArray();
        }

        if (self?.Value.Number is { Comparator: null } own)
        {
            body.Array("totalPriceComponent");
            body.Object();
            body.Text("type", "informational");
            body.Subject("code", self, context);
            body.Money("amount", own);
            body.EndObject();
            body.EndArray();
        }

        if (total?.Value.Number is { Comparator: null } sum)
        {
            body.Money("totalGross", sum);
        }

        context.Derive("Invoice", context.PartKey("invoice"), body.Finish());
    }

    private static Target Item(Statement item, CdaNumber amount, DocumentContext context)
    {
        using var body = new FhirBody("ChargeItem");
        body.Text("status", "billed");
        body.Subject("code", item, context);
        body.Reference("subject", context.Subject);
        body.Reference("context", context.Encounter);
        body.Text("occurrenceDateTime", context.Time ?? context.Made);
        body.Money("priceOverride", amount);
        return context.Derive("ChargeItem", context.PartKey($"charge|{item.Element}|{item.Name}"), body.Finish());
    }
}

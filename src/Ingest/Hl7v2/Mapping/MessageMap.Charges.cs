using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>FT1: what is charged.</summary>
internal sealed partial class MessageMap
{
    private Draft? charge;

    private void Charge(Segment ft1)
    {
        // In orders and results FT1 says what could be charged; DFT is what is.
        if (patient is null || type is not ("DFT" or "BAR") || NameOf(ft1, 7, 8) is not { } item)
        {
            return;
        }

        var number = ft1.Field(2).Text();
        charge = OwnRecord("ChargeItem", SourceKey.Part(PatientKey, number.Length > 0
            ? "charge|" + number
            : $"charge|{item}|{ft1.Field(4).Text()}|{ft1.Field(1).Text()}"), ft1);
        var body = charge.Body;
        Apply(content.Segment("FT1", "ChargeItem"), ft1, body);
        body.Set("status", content.Codes("ChargeStatus")[ft1.Field(6).Text()]?.Code ?? "billable").Set("subject", Subject).Set("context", VisitReference);
        if (account is not null)
        {
            body.Add("account", account.Refer());
        }

        var amount = ft1.Field(11).HasValue ? ft1.Field(11) : ft1.Field(12);
        var place = new Place(ft1, ft1.Field(11).HasValue ? 11 : 12);
        if (amount.HasValue && Decimal(amount.Subcomponent(1), place) is { } value)
        {
            var currency = amount.Subcomponent(2).Text();
            body.Set("priceOverride", new FhirObject().Set("value", value).Set("currency", currency.Length == 3 ? currency.ToUpperInvariant() : "CNY"));
        }

        noted = body;
    }
}

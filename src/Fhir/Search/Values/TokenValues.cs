using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Search.Values;

/// <summary>Values of token parameters (R4 search.html#token and its table of data types).</summary>
internal static class TokenValues
{
    // R4 search.html#token: "The implicit system for boolean values is http://hl7.org/fhir/special-values".
    private static readonly byte[] SpecialValues = "http://hl7.org/fhir/special-values"u8.ToArray();

    public static void Take(Element element, IndexLeaf leaf, IndexValues into)
    {
        if (element.IsPrimitive)
        {
            TakePrimitive(element, leaf, into);
            return;
        }

        var type = element.TypeId;
        if (type == DataTypes.CodeableConcept)
        {
            foreach (var coding in element.ChildrenNamed(ElementNames.Coding))
            {
                TakeCoding(coding, leaf, into);
            }

            TakeText(element.Child(ElementNames.Text), leaf, into);
        }
        else if (type == DataTypes.Coding)
        {
            TakeCoding(element, leaf, into);
        }
        else if (type == DataTypes.Identifier)
        {
            TakeIdentifier(element, leaf, into);
        }
        else if (type == DataTypes.ContactPoint)
        {
            TakeContact(element, leaf, into);
        }
        else if (type == DataTypes.Reference)
        {
            TakeIdentifier(element.Child(ElementNames.Identifier), leaf, into);
        }
    }

    /// <summary>The answer to a yes-or-no expression, such as Patient's "deceased".</summary>
    public static void TakeAnswer(Element element, IndexLeaf leaf, bool answer, IndexValues into)
    {
        var system = into.Put(SpecialValues);
        var code = into.Put(answer ? "true"u8 : "false"u8);
        ref var value = ref into.Add(leaf, element, IndexKind.Token);
        value.First = system;
        value.Second = code;
        value.Flags = IndexFlags.SystemImplied;
    }

    private static void TakePrimitive(Element element, IndexLeaf leaf, IndexValues into)
    {
        if (!element.HasValue)
        {
            return;
        }

        var code = into.Written(element);
        var system = element.IsBoolean ? SpecialValues : ImpliedSystem.Of(element);
        var systemSlice = into.Put(system);
        ref var value = ref into.Add(leaf, element, IndexKind.Token);
        value.First = systemSlice;
        value.Second = code;
        value.Flags = systemSlice.IsEmpty ? IndexFlags.None : IndexFlags.SystemImplied;
    }

    private static void TakeCoding(Element coding, IndexLeaf leaf, IndexValues into)
    {
        var system = into.Written(coding.Child(ElementNames.System));
        var code = into.Written(coding.Child(ElementNames.Code));
        var display = into.Written(coding.Child(ElementNames.Display));
        if (code.IsEmpty && system.IsEmpty && display.IsEmpty)
        {
            return;
        }

        ref var value = ref into.Add(leaf, coding, code.IsEmpty && system.IsEmpty ? IndexKind.TokenText : IndexKind.Token);
        value.First = system;
        value.Second = code;
        value.Third = display;
    }

    private static void TakeIdentifier(Element identifier, IndexLeaf leaf, IndexValues into)
    {
        if (!identifier.Exists)
        {
            return;
        }

        var system = into.Written(identifier.Child(ElementNames.System));
        var code = into.Written(identifier.Child(ElementNames.Value));
        if (!system.IsEmpty || !code.IsEmpty)
        {
            ref var value = ref into.Add(leaf, identifier, IndexKind.Token);
            value.First = system;
            value.Second = code;
        }

        var type = identifier.Child(ElementNames.Type);
        if (!type.Exists)
        {
            return;
        }

        // R4 search.html#token: :text looks at Identifier.type.text; :of-type asks type system, type code and value together.
        TakeText(type.Child(ElementNames.Text), leaf, into);
        if (code.IsEmpty)
        {
            return;
        }

        foreach (var coding in type.ChildrenNamed(ElementNames.Coding))
        {
            var typeSystem = into.Written(coding.Child(ElementNames.System));
            var typeCode = into.Written(coding.Child(ElementNames.Code));
            ref var value = ref into.Add(leaf, identifier, IndexKind.TokenOfType);
            value.First = typeSystem;
            value.Second = typeCode;
            value.Third = code;
        }
    }

    private static void TakeContact(Element contact, IndexLeaf leaf, IndexValues into)
    {
        var code = into.Written(contact.Child(ElementNames.Value));
        if (code.IsEmpty)
        {
            return;
        }

        // R4 search.html#token gives ContactPoint no namespace; as a courtesy phone|... is understood as well.
        var system = into.Written(contact.Child(ElementNames.System));
        ref var value = ref into.Add(leaf, contact, IndexKind.Token);
        value.First = system;
        value.Second = code;
        value.Flags = system.IsEmpty ? IndexFlags.None : IndexFlags.SystemImplied;

        // Same clause: "ignoring punctuation" in telephone numbers is the server's choice; 138-0571-0001 is found as 13805710001.
        if (IsTelephone(into.Text(system)))
        {
            TakeDigits(contact, code, system, leaf, into);
        }
    }

    private static bool IsTelephone(ReadOnlySpan<byte> system) =>
        system.SequenceEqual("phone"u8) || system.SequenceEqual("fax"u8) || system.SequenceEqual("sms"u8);

    private static void TakeDigits(Element contact, TextSlice code, TextSlice system, IndexLeaf leaf, IndexValues into)
    {
        Span<byte> digits = stackalloc byte[32];
        var written = 0;
        foreach (var b in into.Text(code))
        {
            if (b is (>= (byte)'0' and <= (byte)'9') or (byte)'+')
            {
                if (written == digits.Length)
                {
                    return;
                }

                digits[written++] = b;
            }
            else if (b is not ((byte)' ' or (byte)'-' or (byte)'(' or (byte)')' or (byte)'.'))
            {
                return;
            }
        }

        if (written == 0 || written == code.Length)
        {
            return;
        }

        var plain = into.Put(digits[..written]);
        ref var value = ref into.Add(leaf, contact, IndexKind.Token);
        value.First = system;
        value.Second = plain;
        value.Flags = IndexFlags.SystemImplied;
    }

    private static void TakeText(Element text, IndexLeaf leaf, IndexValues into)
    {
        var written = into.Written(text);
        if (written.IsEmpty)
        {
            return;
        }

        ref var value = ref into.Add(leaf, text, IndexKind.TokenText);
        value.Third = written;
    }
}

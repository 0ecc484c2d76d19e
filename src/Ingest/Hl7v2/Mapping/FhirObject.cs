using System.Text.Json;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>A number as its digits stand: 7.80 stays 7.80.</summary>
internal readonly record struct Digits(string Text);

/// <summary>
/// A FHIR object while it is being put together. Values are text, <see cref="Digits"/>, a truth value, a number, an object or a
/// list of them; what stayed empty is not written.
/// </summary>
internal sealed class FhirObject
{
    private readonly List<KeyValuePair<string, object>> members = new(8);

    public object? this[string name]
    {
        get
        {
            foreach (var member in members)
            {
                if (member.Key == name)
                {
                    return member.Value;
                }
            }

            return null;
        }
    }

    public bool HasContent
    {
        get
        {
            foreach (var member in members)
            {
                if (IsSomething(member.Value))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Sets a member; nothing happens for null and empty text.</summary>
    public FhirObject Set(string name, object? value)
    {
        if (value is null or "")
        {
            return this;
        }

        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Key == name)
            {
                members[i] = new(name, value);
                return this;
            }
        }

        members.Add(new(name, value));
        return this;
    }

    public void Remove(string name) => members.RemoveAll(member => member.Key == name);

    public bool Has(string name) => this[name] is { } value && IsSomething(value);

    /// <summary>The object of that name, made if need be.</summary>
    public FhirObject Object(string name)
    {
        if (this[name] is FhirObject there)
        {
            return there;
        }

        var made = new FhirObject();
        Set(name, made);
        return made;
    }

    public List<object> List(string name)
    {
        if (this[name] is List<object> there)
        {
            return there;
        }

        var made = new List<object>(2);
        Set(name, made);
        return made;
    }

    /// <summary>Adds to a list; nothing happens for null and empty text.</summary>
    public FhirObject Add(string name, object? value)
    {
        if (value is not (null or ""))
        {
            List(name).Add(value);
        }

        return this;
    }

    /// <summary>The first object of a list, made if need be.</summary>
    public FhirObject First(string name)
    {
        var list = List(name);
        if (list.Count > 0)
        {
            return (FhirObject)list[0];
        }

        var made = new FhirObject();
        list.Add(made);
        return made;
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            if (IsSomething(value))
            {
                writer.WritePropertyName(name);
                Write(writer, value);
            }
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case string text:
                writer.WriteStringValue(text);
                break;
            case ReadOnlyMemory<byte> base64:
                writer.WriteStringValue(base64.Span);
                break;
            case Digits digits:
                writer.WriteRawValue(digits.Text, skipInputValidation: true);
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case FhirObject inner:
                inner.Write(writer);
                break;
            default:
                writer.WriteStartArray();
                foreach (var item in (List<object>)value)
                {
                    if (IsSomething(item))
                    {
                        Write(writer, item);
                    }
                }

                writer.WriteEndArray();
                break;
        }
    }

    private static bool IsSomething(object value) => value switch
    {
        FhirObject inner => inner.HasContent,
        List<object> list => list.Exists(IsSomething),
        _ => true,
    };
}

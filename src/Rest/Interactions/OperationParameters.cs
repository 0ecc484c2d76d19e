using Kangqiao.Fhir.Reading;

namespace Kangqiao.Rest.Interactions;

/// <summary>What a Parameters resource hands to an operation (R4 operations.html).</summary>
internal readonly struct OperationParameters(Element parameters)
{
    /// <summary>The value or resource of the first parameter of that name.</summary>
    public string? Text(string name) => Texts(name) is [var first, ..] ? first : null;

    public List<string> Texts(string name)
    {
        var found = new List<string>();
        foreach (var parameter in parameters.ChildrenNamed("parameter"))
        {
            if (parameter.ChildText("name") == name && parameter.Child("value") is { Exists: true } value && value.Text() is { } text)
            {
                found.Add(text);
            }
        }

        return found;
    }

    /// <summary>The default where there is none.</summary>
    public Element Resource(string name) => Part(name, "resource");

    /// <inheritdoc cref="Resource"/>
    public Element Value(string name) => Part(name, "value");

    private Element Part(string name, string part)
    {
        foreach (var parameter in parameters.ChildrenNamed("parameter"))
        {
            if (parameter.ChildText("name") == name && parameter.Child(part) is { Exists: true } found)
            {
                return found;
            }
        }

        return default;
    }
}

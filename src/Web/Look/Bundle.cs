using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Web.Look;

/// <summary>Scripts, styles and pictures as the build made them, named by their content, so that a browser asks for each once.</summary>
public sealed class Bundle
{
    /// <summary>Where they are: below <c>/assets/</c>.</summary>
    public const string Folder = "/assets/";

    private const string Prefix = "bundle/";

    private static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, byte[]> files;
    private readonly FrozenDictionary<string, string> manifest;
    private readonly FrozenDictionary<string, string> icons;

    private Bundle(FrozenDictionary<string, byte[]> files)
    {
        this.files = files;
        manifest = Map(files["manifest.json"]);
        icons = Map(files["icons.json"]);
    }

    /// <summary>Address of a script or of the style sheet by the name of its source.</summary>
    public string Address(string source) => Folder + manifest[source];

    /// <summary>What stands inside the svg element of an icon.</summary>
    public string Icon(string name) => icons.TryGetValue(name, out var drawing) ? drawing : throw new KeyNotFoundException($"Look/icons.txt has no '{name}'.");

    /// <summary>Addresses of all scripts and styles.</summary>
    internal IEnumerable<string> Addresses => manifest.Values.Select(v => Folder + v);

    internal static Bundle Embedded()
    {
        var assembly = typeof(Bundle).Assembly;
        return new(assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(n => n[Prefix.Length..], name =>
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }));
    }

    internal async Task WriteAsync(HttpContext http, string name)
    {
        if (!ContentTypes.TryGetValue(Path.GetExtension(name), out var type) || !files.TryGetValue(name, out var bytes))
        {
            http.Response.StatusCode = 404;
            return;
        }

        var response = http.Response;
        response.ContentType = type;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.CacheControl = manifest.Values.Contains(name) || name.StartsWith("chunk-", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "public, max-age=3600";
        if (http.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal) && files.TryGetValue(name + ".br", out var packed))
        {
            response.Headers.ContentEncoding = "br";
            bytes = packed;
        }

        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    private static FrozenDictionary<string, string> Map(byte[] json) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(json)!.ToFrozenDictionary(StringComparer.Ordinal);
}

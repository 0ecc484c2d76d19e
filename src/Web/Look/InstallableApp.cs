using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kangqiao.Web.Look;

/// <summary>What makes the pages installable on a telephone: the manifest, and the worker that says kindly when there is no network.</summary>
internal static class InstallableApp
{
    public static void Map(IEndpointRouteBuilder routes, Bundle bundle)
    {
        var worker = Worker(bundle);
        routes.MapGet(Bundle.Folder + "{name}", (HttpContext http, string name) => bundle.WriteAsync(http, name)).WithMetadata(Gate.PageRule.Everybody);
        routes.MapGet("/app.webmanifest", () => Results.Bytes(Manifest(), "application/manifest+json")).WithMetadata(Gate.PageRule.Everybody);
        routes.MapGet("/worker.js", (HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "no-cache";
            http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; connect-src 'self'";
            return Results.Text(worker, "text/javascript; charset=utf-8");
        }).WithMetadata(Gate.PageRule.Everybody);
    }

    private static byte[] Manifest() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        name = "康桥 · 我的健康",
        short_name = "康桥",
        lang = "zh-CN",
        start_url = "/home",
        display = "standalone",
        background_color = "#f4f7f7",
        theme_color = "#0b5452",
        icons = new[] { new { src = Bundle.Folder + "mark.svg", sizes = "any", type = "image/svg+xml", purpose = "any" } },
    });

    /// <summary>It keeps what all pages share and one page without anything of anybody: records never stay on the telephone.</summary>
    private static string Worker(Bundle bundle)
    {
        var shared = JsonSerializer.Serialize(bundle.Addresses.Append(Bundle.Folder + "mark.svg").Append("/offline").Order(StringComparer.Ordinal));
        var version = JsonSerializer.Serialize("kangqiao " + string.Join(' ', bundle.Addresses.Order(StringComparer.Ordinal)));
        return $$"""
            const version = {{version}};
            const shared = {{shared}};
            self.addEventListener('install', event => event.waitUntil(caches.open(version).then(cache => cache.addAll(shared)).then(() => self.skipWaiting())));
            self.addEventListener('activate', event => event.waitUntil(
              caches.keys().then(keys => Promise.all(keys.filter(k => k !== version).map(k => caches.delete(k)))).then(() => self.clients.claim())));
            self.addEventListener('fetch', event => {
              const address = new URL(event.request.url);
              if (event.request.mode === 'navigate') {
                event.respondWith(fetch(event.request).catch(() => caches.match('/offline')));
              } else if (address.origin === location.origin && address.pathname.startsWith('/assets/')) {
                event.respondWith(caches.match(event.request).then(kept => kept ?? fetch(event.request)));
              }
            });
            """;
    }
}

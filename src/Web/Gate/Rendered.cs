using System.Diagnostics.CodeAnalysis;
using System.Text;
using Kangqiao.Web.Look;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kangqiao.Web.Gate;

/// <summary>A page or a part as an answer.</summary>
internal sealed class Rendered(Visit visit, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] Type view, object? model, int status) : IResult
{
    public int Status => status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = Encoding.UTF8.GetBytes(await visit.TextAsync(view, model));
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }
}

/// <summary>Turns components into text. There is no browser script behind it and nothing lives on.</summary>
internal sealed class Renderer(IServiceProvider services, ILoggerFactory log)
{
    public async Task<string> TextAsync(Visit visit, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] Type view, object? model)
    {
        await using var renderer = new HtmlRenderer(services, log);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var root = await renderer.RenderComponentAsync<Root>(ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                [nameof(Root.Visit)] = visit,
                [nameof(Root.View)] = view,
                [nameof(Root.Model)] = model,
            }));
            return root.ToHtmlString();
        });
    }
}

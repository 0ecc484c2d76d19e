using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Host.Commands;

/// <summary><c>reindex</c>: has a running server write its index anew, and tells how far it is until it has ended.</summary>
internal static class ReindexCommand
{
    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "Where the server listens", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var data = DataFolder.Option();
        var show = new Option<bool>("--show") { Description = "Only tell how far the index is" };
        var command = new Command("reindex", "Write the index of a running server anew, while it serves.") { url, data, show };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetRequiredValue(url), parsed.GetRequiredValue(data), parsed.GetValue(show), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string url, string data, bool isOnlyShown, CancellationToken cancel)
    {
        if (!TokenKey.In(data).Try(out var key, out var problem))
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return ExitCode.Failure;
        }

        using var http = new HttpClient { BaseAddress = new Uri(url.TrimEnd('/') + "/fhir/") };
        var tokens = new BearerTokens(key, TimeProvider.System);
        try
        {
            if (!isOnlyShown)
            {
                using var started = await SendAsync(http, HttpMethod.Post, tokens, cancel);
                if (started.StatusCode != HttpStatusCode.Accepted)
                {
                    return await FailAsync(started, cancel);
                }
            }

            for (var told = ""; ; await Task.Delay(TimeSpan.FromSeconds(1), cancel))
            {
                using var answer = await SendAsync(http, HttpMethod.Get, tokens, cancel);
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    return await FailAsync(answer, cancel);
                }

                var (state, isCurrent, line) = Read(await answer.Content.ReadAsStringAsync(cancel));
                if (line != told)
                {
                    await Console.Error.WriteLineAsync(told = line);
                }

                if (isOnlyShown || state is not ("waiting" or "running"))
                {
                    return isCurrent ? ExitCode.Yes : ExitCode.No;
                }
            }
        }
        catch (HttpRequestException failure)
        {
            await Console.Error.WriteLineAsync($"{url} does not answer ({failure.HttpRequestError}): the index is written by a running server.");
            return ExitCode.Failure;
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpMethod method, BearerTokens tokens, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, "$reindex");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Issue(new Caller(Roles.System), TimeSpan.FromMinutes(5)));
        return await http.SendAsync(request, cancel);
    }

    private static (string State, bool IsCurrent, string Line) Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var values = document.RootElement.GetProperty("parameter").EnumerateArray().ToDictionary(
            p => p.GetProperty("name").GetString()!, p => p.EnumerateObject().Last().Value.ToString(), StringComparer.Ordinal);
        var result = values.TryGetValue("result", out var told) ? $": {told}" : "";
        return (values["state"], values["current"] == "True", $"{values["state"]}, {values["done"]} of {values["total"]} records{result}");
    }

    private static async Task<int> FailAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        await Console.Error.WriteLineAsync($"The server answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancel)}");
        return ExitCode.Failure;
    }
}

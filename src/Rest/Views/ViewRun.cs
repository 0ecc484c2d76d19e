using System.Buffers;
using Kangqiao.Analytics.Extraction;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.Findings;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Callers;
using Kangqiao.Store.Queries;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Rest.Views;

/// <summary>
/// $viewdefinition-run (https://sql-on-fhir.org/ig/): the rows of a view over the records that the caller may see, found by the usual
/// search and sent as they are made. What fails before the first page is sent is answered as any refusal; later the connection ends
/// short, so that half a table is never taken for a whole one.
/// </summary>
internal static class ViewRun
{
    public const string Operation = "$viewdefinition-run";

    private const int PageSize = 1000;

    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (ask.IsEntry)
        {
            return Answer.Refused(Problems.ViewRunAlone());
        }

        if (!ViewRunAsk.Read(ask).Try(out var asked, out var problem))
        {
            return Answer.Refused(problem);
        }

        var findings = new FindingList();
        if (View.Read(asked.View, findings) is not { } view)
        {
            return Answer.Findings(findings, 422);
        }

        if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out problem)
            || !(await PageAsync(room, ask, asked, view, sight, null, cancel)).Try(out var first, out problem))
        {
            return Answer.Refused(problem);
        }

        // The first page is made before anything is sent: most faults of a view show on it.
        var pages = new Pages(room, ask, asked, view, sight);
        return asked.Format == "parquet" ? await ParquetAsync(room, pages, first, cancel) : await TextAsync(pages, first, cancel);
    }

    private static ValueTask<Outcome<SearchAnswer>> PageAsync(
        RestRoom room, Ask ask, ViewRunAsk asked, View view, Sight sight, string? page, CancellationToken cancel)
    {
        var criteria = page is null ? asked.Criteria : [.. asked.Criteria, new(SearchRequestParser.PageParameter, page)];
        return SearchRequestParser.Parse(room.Book, view.Resource.Name, criteria, room.SearchContext(ask.Base), new SearchOptions { PageSize = PageSize })
            .Try(out var request, out var problem)
            ? room.Planner.SearchAsync(request, sight.Reader, cancel)
            : ValueTask.FromResult<Outcome<SearchAnswer>>(problem);
    }

    private sealed record Pages(RestRoom Room, Ask Ask, ViewRunAsk Asked, View View, Sight Sight)
    {
        public ValueTask<Outcome<SearchAnswer>> AfterAsync(string page, CancellationToken cancel) => PageAsync(Room, Ask, Asked, View, Sight, page, cancel);

        /// <summary>Makes the rows of a page.</summary>
        /// <returns>Null if they were made; <paramref name="isFull"/> where the limit is reached.</returns>
        public Problem? Take(SearchAnswer page, RecordRows rows, out bool isFull)
        {
            isFull = false;
            var json = new ArrayBufferWriter<byte>(4096);
            foreach (var entry in page.Entries)
            {
                json.ResetWrittenCount();
                entry.Record.WriteResource(json);
                if (rows.Add(json.WrittenMemory) is { } problem)
                {
                    return problem;
                }

                if (rows.Rows >= Asked.Limit)
                {
                    isFull = true;
                    break;
                }
            }

            return rows.Flush();
        }
    }

    private static async ValueTask<Answer> TextAsync(Pages pages, SearchAnswer first, CancellationToken cancel)
    {
        var made = new MemoryStream();
        var rows = RecordRows.To(pages.View, made, pages.Asked.Format);
        if (pages.Take(first, rows, out var isFull) is { } problem)
        {
            rows.Dispose();
            await made.DisposeAsync();
            return Answer.Refused(problem);
        }

        return new Answer(200)
        {
            Send = async http =>
            {
                using (rows)
                await using (made)
                {
                    http.Response.ContentType = pages.Asked.Format switch
                    {
                        "csv" => "text/csv; charset=utf-8",
                        "ndjson" => "application/x-ndjson",
                        _ => "application/json",
                    };
                    await SendRestAsync(http, pages, first.Next, isFull, made, rows, cancel);
                }
            },
        };
    }

    private static async Task SendRestAsync(HttpContext http, Pages pages, string? next, bool isFull, MemoryStream made, RecordRows rows, CancellationToken cancel)
    {
        while (next is not null && !isFull)
        {
            await PassOnAsync(http, made, cancel);
            if (!(await pages.AfterAsync(next, cancel)).Try(out var page, out _) || pages.Take(page, rows, out isFull) is not null)
            {
                http.Abort();
                return;
            }

            next = page.Next;
        }

        if (rows.Finish() is not null)
        {
            http.Abort();
            return;
        }

        await PassOnAsync(http, made, cancel);
    }

    private static async Task PassOnAsync(HttpContext http, MemoryStream made, CancellationToken cancel)
    {
        await http.Response.Body.WriteAsync(made.GetBuffer().AsMemory(0, (int)made.Length), cancel);
        made.SetLength(0);
    }

    private static async ValueTask<Answer> ParquetAsync(RestRoom room, Pages pages, SearchAnswer first, CancellationToken cancel)
    {
        var folder = Path.Combine(room.Options.WorkFolder ?? Path.GetTempPath(), "views");
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, $"{room.Ids.NextId()}.parquet");
        var problem = await ToFileAsync(pages, first, file, cancel);
        if (problem is not null)
        {
            File.Delete(file);
            return Answer.Refused(problem);
        }

        return new Answer(200)
        {
            Send = async http =>
            {
                await using var rows = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
                http.Response.ContentType = "application/vnd.apache.parquet";
                http.Response.ContentLength = rows.Length;
                await rows.CopyToAsync(http.Response.Body, cancel);
            },
        };
    }

    private static async Task<Problem?> ToFileAsync(Pages pages, SearchAnswer first, string file, CancellationToken cancel)
    {
        if (!RecordRows.ToParquet(pages.View, file).Try(out var rows, out var problem))
        {
            return problem;
        }

        using (rows)
        {
            var page = first;
            while (true)
            {
                if (pages.Take(page, rows, out var isFull) is { } fault)
                {
                    return fault;
                }

                if (isFull || page.Next is null)
                {
                    return rows.Finish();
                }

                if (!(await pages.AfterAsync(page.Next, cancel)).Try(out page!, out problem))
                {
                    return problem;
                }
            }
        }
    }
}

using System.Text.Encodings.Web;
using System.Text.Unicode;
using Kangqiao.Audit.Trail;
using Kangqiao.Ingest;
using Kangqiao.Ingest.Desk;
using Kangqiao.PatientIndex;
using Kangqiao.Rest.Callers;
using Kangqiao.Rest.Inside;
using Kangqiao.Store;
using Kangqiao.Web.Doctor;
using Kangqiao.Web.Front;
using Kangqiao.Web.Gate;
using Kangqiao.Web.Integrator;
using Kangqiao.Web.Live;
using Kangqiao.Web.Look;
using Kangqiao.Web.Records;
using Kangqiao.Web.Resident;
using Kangqiao.Web.SignIn;
using Kangqiao.Web.Steward;
using Kangqiao.Web.Supervisor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kangqiao.Web;

/// <summary>The door of the pages.</summary>
public static class WebServices
{
    public static IServiceCollection AddWeb(this IServiceCollection services) =>
        // Chinese is written as it is, and not as numbers of characters.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));

    /// <summary>Serves every page from <c>/</c> on. What no page answers gets a page that says so: map it last.</summary>
    /// <param name="key">32 secret bytes, the same on all servers of a city.</param>
    public static void MapWeb(this IEndpointRouteBuilder routes, Door door, byte[] key, WebOptions options)
    {
        var services = routes.ServiceProvider;
        var log = services.GetRequiredService<ILoggerFactory>();
        var bundle = Bundle.Embedded();
        var time = services.GetRequiredService<TimeProvider>();
        var records = services.GetRequiredService<InsideRecords>();
        var room = new WebRoom(options, records, new Sessions(services.GetRequiredService<BearerTokens>()), new PageKey(key), new Renderer(services, log), bundle, time);
        var life = services.GetRequiredService<IHostApplicationLifetime>();
        var numbers = new CityNumbers(services.GetRequiredService<IRecordStore>(), door.Senders, time);
        life.ApplicationStopped.Register(numbers.Dispose);

        var pages = new PageRoutes(routes, room, log.CreateLogger("Kangqiao.Web"), life.ApplicationStopping);
        FrontPages.Map(pages, numbers);
        var cast = new Cast(options, records, door.Senders);
        life.ApplicationStopped.Register(cast.Dispose);

        // Looking for them takes a moment that the first visitor need not wait for.
        life.ApplicationStarted.Register(() => _ = Task.Run(() => cast.AllAsync(life.ApplicationStopping).AsTask(), life.ApplicationStopping));
        SignInPages.Map(pages, room, cast);
        var desk = new DoorDesk(door);
        new IntegratorPages(desk).Map(pages);
        var reading = new PersonReading(records, door.Senders);
        new ResidentPages(reading, services.GetRequiredService<AuditTrail>()).Map(pages);
        new ConsentPages(records, reading, door.Senders, time).Map(pages);
        new DoctorPages(reading, room.Sessions).Map(pages);
        if (services.GetService<PersonIndex>() is { } persons)
        {
            new StewardPages(persons.Desk).Map(pages);
        }

        new SupervisorPages(desk, door.Senders, numbers).Map(pages);
        pages.Get("/offline", PageRule.Everybody, visit => visit.Show<OfflinePage, string>(visit.Path));
        InstallableApp.Map(routes, bundle);
        pages.Otherwise();
    }
}

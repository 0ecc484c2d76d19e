using Kangqiao.Access.Roles;
using Kangqiao.Audit.Trail;
using Kangqiao.Fhir.Validation;
using Kangqiao.PatientIndex;
using Kangqiao.Rest.Callers;
using Kangqiao.Rest.Emergency;
using Kangqiao.Rest.Http;
using Kangqiao.Rest.Inside;
using Kangqiao.Standard.Sensitivity;
using Kangqiao.Store;
using Kangqiao.Terminology;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kangqiao.Rest;

/// <summary>The door of the FHIR interface.</summary>
public static class RestServices
{
    /// <summary>Needs an <see cref="IRecordStore"/>, a <see cref="Validator"/>, a <see cref="TerminologyService"/>, <see cref="SensitivityRules"/>, a <see cref="RoleBook"/>, a <see cref="TimeProvider"/>, an <see cref="AuditTrail"/> and <see cref="BearerTokens"/> among the services.</summary>
    public static IServiceCollection AddRest(this IServiceCollection services, RestOptions? options = null)
    {
        services.AddSingleton(provider => new RestRoom(
            provider.GetRequiredService<IRecordStore>(),
            provider.GetRequiredService<Validator>(),
            provider.GetRequiredService<TerminologyService>(),
            provider.GetRequiredService<SensitivityRules>(),
            provider.GetRequiredService<RoleBook>(),
            provider.GetRequiredService<TimeProvider>(),
            options ?? RestOptions.Default,
            provider.GetRequiredService<AuditTrail>(),
            provider.GetService<PersonIndex>()));
        services.AddSingleton(provider => new FhirEndpoint(
            provider.GetRequiredService<RestRoom>(),
            provider.GetRequiredService<BearerTokens>(),
            provider.GetRequiredService<ILogger<FhirEndpoint>>()));
        services.AddSingleton(provider => new InsideRecords(provider.GetRequiredService<RestRoom>()));
        services.AddSingleton(provider => new EmergencyEndpoint(provider.GetRequiredService<RestRoom>(), provider.GetRequiredService<BearerTokens>()));
        services.AddHostedService<BackgroundWork>();
        return services;
    }

    /// <summary>Serves every FHIR interaction below <c>/fhir</c>, and emergency access below <c>/access</c>.</summary>
    public static void MapRest(this IEndpointRouteBuilder routes)
    {
        var endpoint = routes.ServiceProvider.GetRequiredService<FhirEndpoint>();
        var emergency = routes.ServiceProvider.GetRequiredService<EmergencyEndpoint>();
        routes.Map("/access/{**path}", http => emergency.HandleAsync(http, http.Request.Path.Value!["/access".Length..]));
        routes.Map("/fhir/{**path}", http => endpoint.HandleAsync(http, http.Request.Path.Value!["/fhir".Length..]));
    }
}

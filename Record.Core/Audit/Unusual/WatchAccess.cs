using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Record.Core.Identity.Matching;
using Record.Core.Organisations;

namespace Record.Core.Audit.Unusual;

/// <summary>Looks through what has been sealed, in order and once, and raises what the rules of <c>config/audit/unusual-access.yaml</c> name.</summary>
public sealed partial class WatchAccess : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly Access access = Access.OfService("unusual-access");
    private readonly UnusualAccessStore store;
    private readonly IReadOnlyList<UnusualRule> rules;
    private readonly IReadOnlyList<StaffMember> members;
    private readonly StaffRegister staff;
    private readonly Func<string, string[]> parties; // an organisation and its teams
    private readonly TimeProvider clock;
    private readonly ILogger<WatchAccess> logger;

    internal WatchAccess(UnusualAccessStore store, IReadOnlyList<UnusualRule> rules, IReadOnlyList<StaffMember> members, Func<string, string[]> parties, TimeProvider clock, ILogger<WatchAccess> logger) =>
        (this.store, this.rules, this.members, staff, this.parties, this.clock, this.logger) = (store, rules, members, new(members), parties, clock, logger);

    /// <summary>The watch of a host; a fault in its files stops the host at start.</summary>
    internal static WatchAccess Of(NpgsqlDataSource database, IConfiguration configuration, CareSystem system, TimeProvider clock, ILogger<WatchAccess> logger)
    {
        var folder = configuration["Config:Directory"] ?? throw new InvalidOperationException("Config__Directory is missing: the folder that holds audit/unusual-access.yaml.");
        if (!UnusualRule.ReadAll(folder).TryGet(out var rules, out var wrong)) throw new InvalidOperationException(wrong.Detail);
        var register = configuration["Audit:StaffFile"] ?? Path.Combine(folder, "audit", "staff.yaml");
        if (!StaffMember.ReadAll(register).TryGet(out var members, out wrong)) throw new InvalidOperationException(wrong.Detail);
        string[] Parties(string organisation) => [organisation, .. system.Organisations.Where(team => team.PartOf == organisation).Select(team => team.Id)];
        return new(new(database, clock), rules, members, Parties, clock, logger);
    }

    /// <summary>Looks through all that is sealed.</summary>
    public async Task LookOnce(CancellationToken cancellation)
    {
        while (await store.Step(access, (connection, touches) => Judge(connection, touches, cancellation), cancellation) is not null)
        {
        }
    }

    /// <summary>Takes over the register of staff.</summary>
    public Task KeepStaff(CancellationToken cancellation) => store.KeepStaffOf(access, members, cancellation);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var kept = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!kept) await KeepStaff(stoppingToken);
                kept = true;
                await LookOnce(stoppingToken);
            }
            catch (Exception problem) when (problem is NpgsqlException or TimeoutException && !stoppingToken.IsCancellationRequested)
            {
                LogFailed(problem.GetType().Name); // what is left is looked at next time
            }

            await Task.Delay(Every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<IReadOnlyList<Raised>> Judge(NpgsqlConnection connection, IReadOnlyList<Touch> touches, CancellationToken cancellation)
    {
        if (touches.Count == 0) return [];
        var patients = await UnusualAccessStore.Patients(connection, [.. touches.Select(touch => touch.Patient).Distinct()], cancellation);
        var raised = new List<Raised>();
        foreach (var together in touches.GroupBy(touch => (touch.Actor, touch.Person)))
            if (await Kin(connection, [.. together], patients, cancellation) is { } kin) raised.Add(kin);
        if (rules.FirstOrDefault(rule => rule is { Enabled: true, Rule: UnusualRule.Strangers }) is { } strangers)
            foreach (var stretch in touches.GroupBy(touch => (touch.Actor, touch.At.UtcTicks / TimeSpan.FromMinutes(strangers.WithinMinutes).Ticks)))
            {
                var (people, run) = await UnusualAccessStore.Run(connection, strangers, stretch.MaxBy(touch => touch.At)!, parties(stretch.First().Organisation), cancellation);
                if (people > strangers.Patients) raised.Add(run);
            }

        return raised;
    }

    private async Task<Raised?> Kin(NpgsqlConnection connection, IReadOnlyList<Touch> touches, Dictionary<string, MatchSubject> patients, CancellationToken cancellation)
    {
        foreach (var touch in touches)
        {
            if (!patients.TryGetValue(touch.Patient, out var patient) || KinRules.Of(touch, patient, staff, rules) is not (var rule, var why)) continue;
            if (rule.Rule == UnusualRule.SameSurname && await UnusualAccessStore.Namesakes(connection, staff.Find(touch.Actor)!.Family, rule.AtMost + 1, cancellation) > rule.AtMost) continue;
            return new(rule, touch, touch.Person, why)
            {
                Patients = [.. touches.Select(one => one.Patient).Distinct()], Rows = [.. touches.Select(one => one.Row).Distinct().Take(100)], LastAt = touches.Max(one => one.At),
            };
        }

        return null;
    }

    [LoggerMessage(8011, LogLevel.Error, "Unusual access could not be looked for: {Problem}")]
    private partial void LogFailed(string problem);
}

using System.Text;
using Record.Core;
using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Fhir;

/// <summary>Single writes of the API share a commit, and each has its own result: docs/adr/0010.</summary>
public class WriteGroupTests(RecordStore record) : IClassFixture<RecordStore>
{
    private static byte[] Patient(string family) => Encoding.UTF8.GetBytes($$"""{"resourceType":"Patient","name":[{"family":"{{family}}"}]}""");

    private Task<Result<Written>> Write(ResourceWrite write) => record.Store.Write(record.Machine, write, CancellationToken.None);

    [Fact]
    public async Task Two_hundred_creates_at_once_make_two_hundred_resources_with_an_audit_row_each()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => Task.Run(() => Write(ResourceWrite.Create("Patient", Patient($"Together{n}"))))));

        var ids = results.Select(result => result.TryGet(out var made, out _) ? made.Resource.Id : "").ToArray();
        Assert.Equal(200, ids.Distinct().Count(id => id.Length == 22));
        var list = string.Join(",", ids.Select(id => $"'{id}'"));
        Assert.Equal(200L, await record.Database.Scalar($"select count(*) from record.resource where id in ({list}) and version = 1"));
        Assert.Equal(200L, await record.Database.Scalar($"select count(*) from record.audit where resource_id in ({list}) and action = 'C' and actor = 'local-system'"));
        Assert.Equal(200L, await record.Database.Scalar($"select count(*) from record.change where id in ({list})"));
        Assert.Equal(200L, await record.Database.Scalar("select count(*) from record.search_value where parameter = record.search_parameter('Patient', 'family') and value like 'together%'"));
    }

    [Fact]
    public async Task One_that_is_refused_does_not_touch_the_others()
    {
        await Write(ResourceWrite.Update("Patient", "refused", Patient("First")));

        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(n => Task.Run(() => n % 2 == 0
            ? Write(ResourceWrite.Update("Patient", "refused", Patient($"Wrong{n}"), ifMatch: 99))
            : Write(ResourceWrite.Update("Patient", $"neighbour-{n}", Patient("Right"))))));

        Assert.All(results.Where((_, n) => n % 2 == 0), result => Assert.Equal(ErrorKind.PreconditionFailed, result.Error().Kind));
        Assert.All(results.Where((_, n) => n % 2 == 1), result => Assert.True(result.IsSuccess));
        Assert.Equal(1, await record.Database.Scalar("select version from record.resource where type = 'Patient' and id = 'refused'"));
        Assert.Equal(16L, await record.Database.Scalar("select count(*) from record.audit where resource_id = 'refused' and outcome = 'fhir.version-conflict'"));
    }

    [Fact]
    public async Task Sixty_four_updates_of_one_resource_follow_one_another()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(n => Task.Run(() => Write(ResourceWrite.Update("Patient", "one-of-64", Patient($"Version{n}"))))));

        var written = results.Count(result => result.IsSuccess);
        Assert.All(results.Where(result => !result.IsSuccess), result => Assert.Equal("fhir.written-meanwhile", result.Error().Code));
        Assert.Equal(written, await record.Database.Scalar("select version from record.resource where id = 'one-of-64'"));
        Assert.Equal(written - 1L, await record.Database.Scalar("select count(*) from record.resource_history where id = 'one-of-64'"));
        Assert.Equal(1L, await record.Database.Scalar("select count(*) from record.search_value s join record.resource r using (rid) where r.id = 'one-of-64' and s.parameter = record.search_parameter('Patient', 'family')"));
    }

    [Fact]
    public async Task Who_may_not_write_is_refused_and_recorded()
    {
        var board = record.Machine with { User = "board.member", Role = "board-member" };

        var result = await record.Store.Write(board, ResourceWrite.Create("Patient", Patient("Nobody")), CancellationToken.None);

        Assert.Equal(ErrorKind.Forbidden, result.Error().Kind);
        Assert.Equal(1L, await record.Database.Scalar("select count(*) from record.audit where actor = 'board.member' and outcome = 'fhir.forbidden'"));
    }
}

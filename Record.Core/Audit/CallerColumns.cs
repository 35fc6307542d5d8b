using Npgsql;

namespace Record.Core.Audit;

/// <summary>The columns of audit rows that say who asked: request, actor, role, organisation, purpose, client, network.</summary>
internal static class CallerColumns
{
    /// <summary>An array a column, in this order.</summary>
    public static IEnumerable<NpgsqlParameter> Of(IReadOnlyCollection<Access> callers)
    {
        NpgsqlParameter Column<T>(Func<Access, T> of) => new NpgsqlParameter<T[]> { TypedValue = [.. callers.Select(of)] };
        return
        [
            Column(caller => caller.Request), Column(caller => caller.User), Column(caller => caller.Role), Column(caller => caller.Organisation),
            Column(caller => caller.Purpose), Column(caller => caller.Client), Column(caller => caller.From),
        ];
    }

    /// <summary>Adds them to a statement's parameters.</summary>
    public static void AddTo(NpgsqlParameterCollection parameters, IReadOnlyCollection<Access> callers)
    {
        foreach (var column in Of(callers)) parameters.Add(column);
    }
}

namespace Record.Core.Feeds.Rebuild;

/// <summary>
/// Replays raw log and command log of one database into an empty one, in the order of time: the messages up to a command, everything
/// that follows from them, the command, what follows from it.
/// </summary>
/// <param name="replay">The two databases.</param>
/// <param name="carry">Carries out commands in the database that is built.</param>
/// <param name="settle">Maps what was received and runs every consumer until nothing is left.</param>
public sealed class RebuildRecord(ReplayStore replay, ReplayCommands carry, Func<CancellationToken, Task> settle)
{
    /// <summary>Does it; Conflict if the database is not empty, or if a command cannot be carried out again.</summary>
    /// <returns>How many commands were carried out again.</returns>
    public async Task<Result<int>> Run(CancellationToken cancellation)
    {
        var access = Access.OfService("rebuild");
        if (!await replay.IsEmpty(access, cancellation)) return new RecordError(ErrorKind.Conflict, "rebuild.not-empty", "The database that is to be built is not empty.");
        DateTimeOffset? copied = null;
        var commands = await replay.Commands(access, cancellation);
        foreach (var command in commands)
        {
            if (copied is null || command.At > copied)
            {
                await replay.CopyMessages(access, copied, command.At, cancellation);
                copied = command.At;
            }

            await settle(cancellation);
            if (await carry.Again(command, cancellation) is { } error)
                return new RecordError(ErrorKind.Conflict, "rebuild.command", $"The command {command.Kind} {command.Type}/{command.Id} of {command.At:O} could not be carried out again: {error.Code}.");
        }

        await replay.CopyMessages(access, copied, null, cancellation);
        await settle(cancellation);
        await replay.Finish(access, cancellation);
        return commands.Count;
    }
}

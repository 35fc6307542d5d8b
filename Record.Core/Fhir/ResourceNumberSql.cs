using Npgsql;

namespace Record.Core.Fhir;

/// <summary>Hands out resources' numbers from blocks that the database's sequence gives; numbers of a block not used are lost, which harms nothing.</summary>
internal sealed class ResourceNumberSql(NpgsqlDataSource database)
{
    private const string Block = "select nextval('record.resource_number')";

    /// <summary>Numbers in a block: the sequence's increment.</summary>
    private const int Size = 256;

    private readonly Lock gate = new();
    private readonly Queue<(long Next, long End)> blocks = new();

    /// <summary>As many new numbers as asked for, rising.</summary>
    public async ValueTask<long[]> Take(int count, CancellationToken cancellation)
    {
        var taken = new long[count];
        var have = TakeFromBlocks(taken, 0);
        while (have < count)
        {
            await using var command = database.CreateCommand(Block);
            var first = (long)(await command.ExecuteScalarAsync(cancellation))!;
            lock (gate) blocks.Enqueue((first, first + Size));
            have = TakeFromBlocks(taken, have);
        }

        return taken;
    }

    private int TakeFromBlocks(long[] into, int have)
    {
        lock (gate)
        {
            while (have < into.Length && blocks.TryDequeue(out var block))
            {
                while (have < into.Length && block.Next < block.End) into[have++] = block.Next++;
                if (block.Next < block.End) PutBack(block);
            }
        }

        return have;
    }

    private void PutBack((long, long) block)
    {
        var rest = blocks.ToArray();
        blocks.Clear();
        blocks.Enqueue(block);
        foreach (var other in rest) blocks.Enqueue(other);
    }
}

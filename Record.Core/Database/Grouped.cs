using System.Diagnostics;

namespace Record.Core.Database;

/// <summary>
/// Carries out together what concurrent callers ask: while one group is under way, the next gathers. A lone caller waits for nobody.
/// </summary>
/// <param name="run">Carries out a group; gives a result for each, in order. What it throws, every caller of the group gets.</param>
/// <param name="most">Requests a group has at most.</param>
/// <param name="atOnce">Groups under way at most.</param>
internal sealed class Grouped<TRequest, TResult>(Func<IReadOnlyList<TRequest>, Task<IReadOnlyList<TResult>>> run, int most, int atOnce) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Queue<(TRequest Request, TaskCompletionSource<TResult> Done)> waiting = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int running;
    private long begun; // when the last group was taken up
    private bool closed;

    /// <summary>Whether as many groups as may be are under way and none has been taken up for so long.</summary>
    public bool IsStuck(TimeSpan since) => Volatile.Read(ref running) >= atOnce && Stopwatch.GetElapsedTime(Volatile.Read(ref begun)) > since;

    /// <summary>The result of one request. Once it is under way it is not cancelled: the database decides.</summary>
    public Task<TResult> Do(TRequest request)
    {
        var done = new TaskCompletionSource<TResult>(); // what follows runs on the group's thread: no hop to another for each of many short answers
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            waiting.Enqueue((request, done));
            if (running < atOnce)
            {
                running++;
                begun = Stopwatch.GetTimestamp();
                ThreadPool.UnsafeQueueUserWorkItem(static grouped => _ = grouped.RunAll(), this, preferLocal: false);
            }
        }

        return done.Task;
    }

    /// <summary>Takes no more and waits for what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            closed = true;
            if (running == 0) return;
        }

        await ended.Task;
    }

    private async Task RunAll()
    {
        while (Next() is { } group)
        {
            try
            {
                var results = await run([.. group.Select(item => item.Request)]);
                for (var i = 0; i < group.Count; i++) group[i].Done.SetResult(results[i]);
            }
#pragma warning disable CA1031 // handed on to every caller of the group, none is swallowed
            catch (Exception problem)
#pragma warning restore CA1031
            {
                foreach (var (_, done) in group) done.TrySetException(problem);
            }
        }
    }

    private List<(TRequest Request, TaskCompletionSource<TResult> Done)>? Next()
    {
        lock (gate)
        {
            if (waiting.Count == 0)
            {
                if (--running == 0 && closed) ended.TrySetResult();
                return null;
            }

            begun = Stopwatch.GetTimestamp();
            var group = new List<(TRequest, TaskCompletionSource<TResult>)>(Math.Min(most, waiting.Count));
            while (group.Count < most && waiting.TryDequeue(out var next)) group.Add(next);
            return group;
        }
    }
}

namespace Bench.Load;

/// <summary>The run is worth nothing: an answer was not the right one. Says which.</summary>
internal sealed class LoadFailure(string message) : Exception(message);

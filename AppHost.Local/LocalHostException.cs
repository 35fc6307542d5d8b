namespace AppHost.Local;

/// <summary>Something a person has to mend before the stack can run; the message says what to do.</summary>
public sealed class LocalHostException(string message) : Exception(message);

namespace Testing;

/// <summary>The checkout that the tests run in.</summary>
public static class Checkout
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Its folder <c>config</c>.</summary>
    public static string Config => Path.Combine(Root, "config");

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "MseEpr.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}

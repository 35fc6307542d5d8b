namespace Bench.Running;

/// <summary>The checkout that is measured.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "MseEpr.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}

namespace AppHost.Local;

/// <summary>A lock between processes of this machine, held while the file is open.</summary>
internal static class FileLock
{
    /// <summary>Waits for the lock.</summary>
    public static async Task<FileStream> Take(string path, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(200, cancellation);
            }
        }
    }
}

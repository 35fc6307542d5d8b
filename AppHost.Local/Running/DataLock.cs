namespace AppHost.Local.Running;

/// <summary>One stack at a time uses a data folder.</summary>
internal static class DataLock
{
    public static FileStream Take(string dataFolder)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(dataFolder)!);
            return new FileStream(dataFolder + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            throw new LocalHostException($"The folder {Path.GetDirectoryName(dataFolder)} cannot be written. Give another with -- --Postgres:DataDirectory=FOLDER.");
        }
        catch (IOException)
        {
            throw new LocalHostException($"Another stack is running on the data in {dataFolder}. Stop it, or give this one its own with -- --Postgres:DataDirectory=FOLDER --Ports:Base=0.");
        }
    }
}

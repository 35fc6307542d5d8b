namespace Record.Core.Organisations;

/// <summary>The organisations and source systems of one care system, read from <c>config/</c> once at start.</summary>
public sealed class CareSystem
{
    private readonly Dictionary<string, SourceSystem> byCode;
    private readonly Dictionary<(string Application, string Facility), SourceSystem> bySender;
    private readonly Dictionary<string, Organisation> organisations;

    /// <summary>Organisations and sources that have been checked against each other.</summary>
    internal CareSystem(IReadOnlyList<Organisation> organisations, IReadOnlyList<SourceSystem> sources)
    {
        Organisations = organisations;
        Sources = sources;
        byCode = sources.ToDictionary(source => source.Code, StringComparer.Ordinal);
        bySender = sources.ToDictionary(Sender);
        this.organisations = organisations.ToDictionary(organisation => organisation.Id, StringComparer.Ordinal);
    }

    /// <summary>Trusts, boards and teams.</summary>
    public IReadOnlyList<Organisation> Organisations { get; }

    /// <summary>The systems that send.</summary>
    public IReadOnlyList<SourceSystem> Sources { get; }

    /// <summary>The source with that code, if there is one.</summary>
    public SourceSystem? Source(string code) => byCode.GetValueOrDefault(code);

    /// <summary>The source that sends under that MSH-3 and MSH-4, if there is one.</summary>
    public SourceSystem? Sender(string application, string facility) => bySender.GetValueOrDefault((application, facility));

    /// <summary>The organisation with that id, if there is one.</summary>
    public Organisation? Organisation(string id) => organisations.GetValueOrDefault(id);

    internal static (string Application, string Facility) Sender(SourceSystem source) =>
        (source.SendingApplication ?? source.Code, source.SendingFacility ?? source.Organisation);
}

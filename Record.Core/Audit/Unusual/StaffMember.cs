using System.Globalization;
using Record.Core.Identity.Matching;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Record.Core.Audit.Unusual;

/// <summary>What the employer's register says of somebody who signs in.</summary>
public sealed record StaffMember
{
    /// <summary>Name of the account: <c>sub</c> of the token.</summary>
    public string Actor { get; init; } = "";

    /// <summary>Name that people see.</summary>
    public string Name { get; init; } = "";

    /// <summary>Given name.</summary>
    public string Given { get; init; } = "";

    /// <summary>Family name.</summary>
    public string Family { get; init; } = "";

    /// <summary>ODS code of the employer.</summary>
    public string Organisation { get; init; } = "";

    /// <summary>NHS number, where the employer knows it.</summary>
    public string? NhsNumber { get; init; }

    /// <summary>Date of birth, yyyy-mm-dd.</summary>
    public string? BirthDate { get; init; }

    /// <summary>House and street.</summary>
    public string? Address { get; init; }

    /// <summary>Postcode.</summary>
    public string? Postcode { get; init; }

    /// <summary>Words of the family name.</summary>
    internal IReadOnlyList<string> Families => Folding.Names(Family);

    /// <summary>Reads a register.</summary>
    /// <returns>The staff, or what is wrong.</returns>
    public static Result<IReadOnlyList<StaffMember>> ReadAll(string path)
    {
        var yaml = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build();
        try
        {
            var staff = yaml.Deserialize<List<StaffMember>>(File.ReadAllText(path)) ?? [];
            if (staff.FirstOrDefault(member => member.Actor.Length == 0 || member.Family.Length == 0 || member.Organisation.Length == 0) is not null) return Wrong("somebody has no actor, family or organisation");
            if (staff.Any(member => member.NhsNumber is { } number && !Patients.NhsNumber.TryParse(number, CultureInfo.InvariantCulture, out _))) return Wrong("an NHS number is not one");
            return staff.DistinctBy(member => member.Actor).Count() == staff.Count ? Result<IReadOnlyList<StaffMember>>.Of(staff) : Wrong("somebody stands twice");
        }
        catch (YamlException wrong)
        {
            return Wrong($"line {wrong.Start.Line}: it cannot be read");
        }
        catch (IOException)
        {
            return Wrong("the file cannot be read");
        }
    }

    /// <summary>Whether a patient is this person: by NHS number, or by names and date of birth together.</summary>
    internal bool Is(MatchSubject patient) => NhsNumber is not null && patient.NhsNumber is not null
        ? patient.NhsNumber == NhsNumber
        : BirthDate is { } born && patient.BirthDate == born.Replace("-", "", StringComparison.Ordinal) && patient.Family.Intersect(Families).Any() && patient.Given.Intersect(Folding.Names(Given)).Any();

    /// <summary>Whether a patient lives at the same address: postcode and house.</summary>
    internal bool LivesWith(MatchSubject patient) => Folding.Code(Postcode) is { } code && patient.Postcodes.Contains(code)
        && Folding.Words(Address) is [var house, ..] && patient.Addresses.Any(address => address.Split(' ')[0] == house);

    private static RecordError Wrong(string what) => new(ErrorKind.Invalid, "audit.staff-invalid", $"The register of staff: {what}.");
}

using System.Text.Json.Nodes;
using Record.Core.Identity.Matching;
using Xunit;

namespace Record.Tests.Identity;

/// <summary>Who links by itself, who is asked about, who is left alone: the cases that linkage goes wrong on.</summary>
public class LinkageRulesTests
{
    private const string One = "9990000018", Two = "9990000026";
    private static readonly LinkageRules Rules = new(MatchWeights.Default(1_200_000), new LinkageOptions());

    [Fact]
    public void The_same_verified_number_with_agreeing_demographics_links_by_itself() =>
        Assert.Equal((Zone.Auto, "nhs-number"), Judge(People.Patient("Mary", "Jones", "1950-01-02", number: One), People.Patient("Mary", "Smith", "1950-01-02", number: One, postcode: "SS0 1AA", street: "2 Other Road")));

    [Fact]
    public void The_same_verified_number_on_another_person_is_asked_about() =>
        Assert.Equal((Zone.Review, "nhs-number-other-person"), Judge(People.Patient("Mary", "Jones", "1950-01-02", number: One), People.Patient("Peter", "Okafor", "1981-07-30", "male", number: One)));

    [Fact]
    public void Verified_numbers_that_differ_never_link_by_themselves() =>
        Assert.Equal((Zone.Review, "nhs-number-conflict"), Judge(People.Patient("Mary", "Featherstone", "1950-01-02", number: One, phone: "01245 123456"), People.Patient("Mary", "Featherstone", "1950-01-02", number: Two, phone: "01245 123456")));

    [Fact]
    public void A_changed_sex_marker_with_a_new_number_never_links_by_itself()
    {
        var (zone, _) = Judge(People.Patient("Daniel", "Hart", "1992-03-04", "male", number: One), People.Patient("Danielle", "Hart", "1992-03-04", "female", number: Two));

        Assert.NotEqual(Zone.Auto, zone);
    }

    [Fact]
    public void A_superseded_number_is_the_same_person_where_one_source_still_has_the_old_one()
    {
        var renewed = People.Patient("Mary", "Jones", "1950-01-02", number: Two);
        var old = People.Number(One, "01");
        old["use"] = "old";
        renewed["identifier"]!.AsArray().Add(old);

        Assert.Equal((Zone.Auto, "nhs-number"), Judge(renewed, People.Patient("Mary", "Jones", "1950-01-02", number: One)));
    }

    [Fact]
    public void A_number_that_its_source_no_longer_uses_says_nothing_by_itself()
    {
        var invalidated = People.Patient("Mary", "Jones", "1950-01-02", postcode: null);
        var old = People.Number(One, "01");
        old["use"] = "old";
        invalidated["identifier"]!.AsArray().Add(old);

        Assert.Null(MatchFeatures.Of(invalidated, "a").NhsNumber);
        Assert.Equal(MatchLevel.Missing, SubjectComparison.Compare(MatchFeatures.Of(invalidated, "a"), MatchFeatures.Of(People.Patient("X", "Y", "1999-01-01", number: One), "b"))[MatchField.NhsNumber]);
    }

    [Theory]
    [InlineData("02")]
    [InlineData("03")]
    [InlineData("04")]
    [InlineData("05")]
    [InlineData("06")]
    public void A_number_that_is_not_verified_counts_but_does_not_link_by_itself(string status)
    {
        var (zone, reason) = Judge(People.Patient("", "", "1950-01-02", number: One, postcode: null), People.Patient("", "", "1950-01-02", number: One, status: status, postcode: null));

        Assert.NotEqual(Zone.Auto, zone);
        Assert.Equal("weight", reason);
    }

    [Theory]
    [InlineData("9999999999")]
    [InlineData("3333333333")]
    public void A_number_that_stands_for_none_is_none(string number) =>
        Assert.Null(MatchFeatures.Of(People.Patient("Mary", "Jones", "1950-01-02", number: number), "a").NhsNumber);

    [Fact]
    public void Twins_are_two_people_until_a_steward_says_otherwise() =>
        Assert.Equal((Zone.Review, "given-name"), Judge(People.Patient("Oliver", "Featherstone", "2015-06-01", "male", phone: "01245 123456"), People.Patient("Arthur", "Featherstone", "2015-06-01", "male", phone: "01245 123456")));

    [Fact]
    public void Newborn_twins_without_names_do_not_link_by_themselves() =>
        Assert.Equal((Zone.Review, "unnamed"), Judge(People.Patient("Baby", "Featherstone", "2026-01-01", "male", phone: "01245 123456"), People.Patient("Baby", "Featherstone", "2026-01-01", "male", phone: "01245 123456")));

    [Fact]
    public void A_parent_and_child_of_one_name_at_one_address_do_not_link_by_themselves() =>
        Assert.NotEqual(Zone.Auto, Judge(People.Patient("John", "Featherstone", "1950-06-01", "male", phone: "01245 123456"), People.Patient("John", "Featherstone", "1978-11-23", "male", phone: "01245 123456")).Zone);

    [Fact]
    public void People_of_one_house_are_not_one_person() =>
        Assert.Equal(Zone.None, Judge(People.Patient("Maria", "Nowak", "1980-02-02"), People.Patient("Peter", "Okafor", "1991-12-12", "male")).Zone);

    [Fact]
    public void A_shared_home_and_telephone_do_not_make_siblings_one_nor_ask_a_steward() =>
        Assert.Equal(Zone.None, Judge(People.Patient("Maria", "Nowak", "2010-02-02", phone: "07700 900123"), People.Patient("Ewa", "Nowak", "2013-09-17", phone: "+44 7700 900123")).Zone);

    [Theory]
    [InlineData("José", "Núñez-O'Brien", "1971-05-06", "Jose", "Nunez OBrien", "1971-05-06")]
    [InlineData("Robert", "Featherstone", "1971-05-06", "Bob", "Featherstone", "1971-05-06")]
    [InlineData("Mary", "Featherstone", "1971-05-06", "Featherstone", "Mary", "1971-05-06")]
    [InlineData("Mary", "Featherstone", "1971-05-06", "Mary", "Featherstone", "1971-06-05")]
    [InlineData("Mary", "Featherstone", "1971-05-06", "Mary", "Featherstone", "1971-05-16")]
    [InlineData("Mary", "Featherstone", "1971-05-06", "Mray", "Fetherstone", "1971-05-06")]
    [InlineData("Mary", "Featherstone-Jones", "1971-05-06", "Mary", "Featherstone", "1971-05-06")]
    public void Slips_of_the_pen_at_one_address_still_link(string given, string family, string born, string otherGiven, string otherFamily, string otherBorn) =>
        Assert.Equal(Zone.Auto, Judge(People.Patient(given, family, born), People.Patient(otherGiven, otherFamily, otherBorn)).Zone);

    [Fact]
    public void Where_a_restricted_person_lives_is_not_kept_for_matching()
    {
        var restricted = People.Patient("Mary", "Jones", "1950-01-02", number: One, phone: "01245 123456");
        restricted["meta"] = new JsonObject { ["security"] = new JsonArray(new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", ["code"] = "R" }) };

        var subject = MatchFeatures.Of(restricted, "a");

        Assert.Equal((0, 0, 0, 0), (subject.Postcodes.Count, subject.Addresses.Count, subject.Localities.Count, subject.Phones.Count));
        Assert.Equal(One, subject.NhsNumber); // a verified number still links: protection must not lose the record
    }

    [Theory]
    [InlineData("Mary", "Jones", "1950-01-02", "Mary", "Smith", "1950-01-02", false)] // a marriage
    [InlineData("Baby", "Jones", "2026-01-02", "Oliver", "Smith", "2026-01-02", false)] // a name given
    [InlineData("Mary", "Jones", "1950-01-02", "Mary", "Jones", "1985-01-20", false)] // a mended date
    [InlineData("Mary", "Jones", "1950-01-02", "Olga", "Petrova", "1988-09-09", true)]
    [InlineData("Mary", "Jones", "1950-01-02", "Oliver", "Jones", "1985-06-20", true)]
    public void A_record_that_becomes_somebody_else_is_recognised(string given, string family, string born, string nowGiven, string nowFamily, string nowBorn, bool overlay) =>
        Assert.Equal(overlay, Overlay.IsSuspected(MatchFeatures.Of(People.Patient(given, family, born), "a"), MatchFeatures.Of(People.Patient(nowGiven, nowFamily, nowBorn), "a")));

    private static (Zone Zone, string Reason) Judge(JsonObject a, JsonObject b)
    {
        var score = Rules.Score(MatchFeatures.Of(a, "a"), MatchFeatures.Of(b, "b"));
        Assert.Equal(score.Zone, Rules.Score(MatchFeatures.Of(b, "b"), MatchFeatures.Of(a, "a")).Zone); // the order never matters
        return (score.Zone, score.Reason);
    }
}

using System.Text.Json.Nodes;
using Xunit;

namespace Record.Tests.Validation;

/// <summary>NHS numbers by check digit. https://www.datadictionary.nhs.uk/attributes/nhs_number.html</summary>
public class NhsNumberTests
{
    [Theory]
    [InlineData("9990000018")]
    [InlineData("9990000026")]
    public void A_number_with_the_right_check_digit_is_taken(string number) => Checked.Valid(Patient(number));

    [Theory]
    [InlineData("9990000019")]
    [InlineData("999000001")]
    [InlineData("99900000180")]
    [InlineData("999 000 0018")]
    [InlineData("999000001X")]
    public void Any_other_is_refused(string number) => Checked.OneFault(Patient(number), "value", "Patient.identifier[0].value");

    [Fact]
    public void An_identifier_of_another_system_may_be_anything() => Checked.Valid(Patient("9990000019").With(p => p["identifier"]![0]!["system"] = "http://example.org"));

    private static JsonObject Patient(string number) => Checked.Patient.With(p => p["identifier"]![0]!["value"] = number);
}

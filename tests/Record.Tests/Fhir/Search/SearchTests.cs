using Record.Core;
using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Fhir.Search;

/// <summary>Search over a small record whose answers can be seen at a glance. https://hl7.org/fhir/R4/search.html</summary>
public class SearchTests(SmallRecord record) : IClassFixture<SmallRecord>
{
    [Theory]
    [InlineData("Observation", "subject:Patient.name=aoife", "hb potassium pressure")]
    [InlineData("Observation", "patient.birthdate=1957", "hb potassium pressure")]
    [InlineData("Observation", "subject.family=o'donnell", "hb potassium pressure")]
    [InlineData("Observation", "patient.organization.name=Southend", "hb potassium pressure")]
    [InlineData("Observation", "patient.organization:Organization.partof.name=Mid and South Essex", "hb potassium pressure")]
    [InlineData("Observation", "patient.organization.name:contains=OUTHE&code=718-7", "hb")]
    [InlineData("Observation", "encounter.status=finished", "hb")]
    [InlineData("Observation", "patient=aoife&encounter:Encounter.location.name=ward", "hb")]
    [InlineData("Observation", "performer:Practitioner.identifier=urn:gmc|1234567", "potassium")]
    [InlineData("Patient", "_has:Observation:patient:code=718-7", "aoife")]
    [InlineData("Patient", "_has:Observation:patient:code=718-7&_has:Observation:subject:value-quantity=gt100", "aoife")]
    [InlineData("Patient", "_has:Encounter:patient:_has:Observation:encounter:code=718-7", "aoife")]
    [InlineData("Patient", "_has:Group:member:code=trial", "aoife brendan")]
    [InlineData("Organization", "_has:Patient:organization:family=o'donnell", "southend")]
    [InlineData("Encounter", "_has:Observation:encounter:code=718-7", "stay")]
    public async Task Chains_and_has_follow_references_both_ways(string type, string question, string ids) => Assert.Equal(ids, await Ids(type, question));

    [Theory]
    [InlineData("value-quantity=5.4|http://unitsofmeasure.org|mmol/L", "potassium")]
    [InlineData("value-quantity=0.0054|http://unitsofmeasure.org|mol/L", "potassium")]
    [InlineData("value-quantity=gt5399|http://unitsofmeasure.org|umol/L", "potassium")]
    [InlineData("value-quantity=5.0|http://unitsofmeasure.org|mmol/L", "")]
    [InlineData("value-quantity=142|http://unitsofmeasure.org|g/L", "hb")]
    [InlineData("value-quantity=14.2|http://unitsofmeasure.org|g/dL", "hb")]
    [InlineData("value-quantity=0.142|http://unitsofmeasure.org|kg/L,99", "hb")]
    [InlineData("value-quantity=142||g/L", "hb")]
    [InlineData("value-quantity=lt6", "potassium")]
    [InlineData("value-quantity=ap150", "hb")]
    [InlineData("code-value-quantity=http://loinc.org|718-7$gt100", "hb")]
    [InlineData("code-value-quantity=http://loinc.org|718-7$lt100", "")]
    [InlineData("component-code-value-quantity=http://loinc.org|8480-6$140|http://unitsofmeasure.org|mm[Hg]", "pressure")]
    [InlineData("component-code-value-quantity=8480-6$90", "")]
    [InlineData("component-code-value-quantity=8462-4$gt80,8480-6$gt200", "pressure")]
    [InlineData("component-code-value-quantity=8480-6$18.665|http://unitsofmeasure.org|kPa", "pressure")]
    [InlineData("combo-code-value-quantity=8480-6$gt100", "pressure")]
    [InlineData("combo-code-value-quantity=718-7$gt100", "hb")]
    [InlineData("combo-code=8480-6", "pressure")]
    [InlineData("combo-code=718-7", "hb")]
    [InlineData("combo-value-quantity=gt100", "hb pressure")]
    public async Task Quantities_are_found_in_every_unit_of_their_kind_and_composites_where_their_parts_stand_together(string question, string ids) =>
        Assert.Equal(ids, await Ids("Observation", "patient=aoife&" + question));

    [Theory]
    [InlineData("code:text=haemo", "hb")]
    [InlineData("code:not=718-7", "potassium pressure")]
    [InlineData("code:not=718-7,http://loinc.org|2823-3", "pressure")]
    [InlineData("encounter:missing=true", "potassium pressure")]
    [InlineData("patient:missing=false", "hb potassium pressure")]
    [InlineData("subject:missing=true", "")]
    [InlineData("status=http://hl7.org/fhir/observation-status|final", "hb potassium")]
    [InlineData("status=http://hl7.org/fhir/observation-status|", "hb potassium pressure")]
    [InlineData("status=urn:other|final", "")]
    [InlineData("status=|preliminary", "pressure")]
    [InlineData("date=2024-03", "hb potassium")]
    [InlineData("date=ge2024-03-02&date=lt2024-04", "potassium")]
    [InlineData("date=sa2024-03", "pressure")]
    [InlineData("date=2024-03-01,2024-05-01", "hb pressure")]
    [InlineData("_lastUpdated=gt2020", "hb potassium pressure")]
    [InlineData("_lastUpdated=lt2020", "")]
    [InlineData("_id=hb,potassium,nobody", "hb potassium")]
    [InlineData("_text=narrated", "hb")]
    [InlineData("_content=narrated", "hb")]
    [InlineData("subject=Patient/aoife", "hb potassium pressure")]
    [InlineData("subject=aoife", "hb potassium pressure")]
    [InlineData("subject:Patient=aoife", "hb potassium pressure")]
    [InlineData("subject:Group=aoife", "")]
    [InlineData("performer:identifier=urn:gmc|7654321", "hb")]
    [InlineData("code=718-7&code=2823-3", "")]
    [InlineData("code=718-7,2823-3", "hb potassium")]
    public async Task Modifiers_prefixes_and_alternatives_mean_what_the_specification_says(string question, string ids) =>
        Assert.Equal(ids, await Ids("Observation", "patient=aoife&" + question));

    [Theory]
    [InlineData("identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|A\\|1", "aoife")]
    [InlineData("identifier=urn:mrn|A\\|1", "aoife")]
    [InlineData("family=donn", "")]
    [InlineData("family:contains=DÓNN", "aoife")]
    [InlineData("family:exact=O'Dónnell", "aoife")]
    [InlineData("family:exact=o'donnell", "")]
    [InlineData("name=Walsh\\, junior", "brendan")]
    [InlineData("deceased=true", "brendan")]
    [InlineData("deceased=false", "aoife")]
    [InlineData("active=true", "aoife")]
    [InlineData("active=http://terminology.hl7.org/CodeSystem/special-values|true", "aoife")]
    [InlineData("gender=http://hl7.org/fhir/administrative-gender|female", "aoife")]
    [InlineData("telecom=0300 1", "")]
    [InlineData("phone=03001", "aoife")]
    [InlineData("email=03001", "")]
    [InlineData("address-city=southend", "aoife")]
    [InlineData("general-practitioner=Practitioner/gp", "aoife")]
    [InlineData("organization=https://mse.test/fhir/Organization/southend", "aoife")]
    [InlineData("_tag=urn:t|", "aoife")]
    public async Task People_are_found_by_what_they_are_called_and_known_by(string question, string ids) =>
        Assert.Equal(ids, await Ids("Patient", question));

    [Theory]
    [InlineData("Location", "near=51.54|0.71|10|km", "ward")]
    [InlineData("Location", "near=51.54|0.71|1|km", "")]
    [InlineData("ValueSet", "url:below=http://example.org/vs", "colours")]
    [InlineData("ValueSet", "url:above=http://example.org/vs/colours/red", "colours")]
    [InlineData("ValueSet", "url=http://example.org/vs", "")]
    [InlineData("Person", "patient=Patient/aoife", "both")]
    [InlineData("Person", "link:Patient=brendan", "both")]
    public async Task Places_addresses_and_links_are_found(string type, string question, string ids) => Assert.Equal(ids, await Ids(type, question));

    [Theory]
    [InlineData("Observation", "_id=hb&_include=Observation:subject", "Patient/aoife")]
    [InlineData("Observation", "_id=hb&_include=Observation:patient:Patient&_include=Observation:encounter", "Encounter/stay Patient/aoife")]
    [InlineData("Observation", "_id=hb&_include=Observation:subject:Group", "")]
    [InlineData("Observation", "_id=hb&_include=Observation:subject&_include:iterate=Patient:organization&_include:iterate=Organization:partof", "Organization/mse Organization/southend Patient/aoife")]
    [InlineData("Observation", "_id=hb,potassium&_include=*", "Encounter/stay Patient/aoife Practitioner/doctor")]
    [InlineData("Patient", "_id=aoife&_revinclude=Observation:patient", "Observation/hb Observation/potassium Observation/pressure")]
    [InlineData("Patient", "_id=aoife&_revinclude=Encounter:subject&_revinclude:iterate=Observation:encounter", "Encounter/stay Observation/hb")]
    [InlineData("Organization", "_id=southend&_revinclude=Patient:organization", "Patient/aoife")]
    [InlineData("Practitioner", "_id=doctor&_revinclude=*", "Observation/potassium")]
    public async Task Includes_come_with_the_matches_each_once(string type, string question, string included)
    {
        var page = await record.Store.Page(type, question);

        Assert.Equal(included, string.Join(' ', page.Included.Select(resource => resource.Reference).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("Observation", "patient=aoife&_sort=date", "hb potassium pressure")]
    [InlineData("Observation", "patient=aoife&_sort=-date", "pressure potassium hb")]
    [InlineData("Observation", "patient=aoife&_sort=-status,code", "pressure potassium hb")]
    [InlineData("Observation", "patient=aoife&_sort=value-quantity", "potassium hb pressure")]
    [InlineData("Observation", "patient=aoife&_sort=-_id", "pressure potassium hb")]
    [InlineData("Patient", "_sort=-family", "brendan aoife")]
    [InlineData("Patient", "_sort=birthdate", "aoife brendan")]
    [InlineData("Patient", "_sort=-_lastUpdated,_id", "brendan aoife")]
    public async Task The_order_is_the_one_asked_for(string type, string question, string ids)
    {
        var page = await record.Store.Page(type, question);

        Assert.Equal(ids, string.Join(' ', page.Matches.Select(match => match.Id)));
    }

    [Fact]
    public async Task Another_source_patient_of_the_person_is_searched_only_where_that_is_said()
    {
        await record.Link("aoife", "brendan");

        Assert.Equal("hb potassium pressure", await Ids("Observation", "patient=brendan&_person=true"));
        Assert.Equal("", await Ids("Observation", "patient=brendan"));
        Assert.Equal("hb", await Ids("Observation", "patient=brendan&code=718-7&_person=true"));
    }

    [Fact]
    public async Task The_whole_record_is_searched_by_what_every_resource_has()
    {
        var page = await record.Store.Page("", "_type=Patient,Organization&_tag=urn:t|simulated");
        var everything = await record.Store.Page("", "_id=aoife,southend");

        Assert.Equal(["Patient/aoife"], page.Matches.Select(match => match.Reference));
        Assert.Equal(["Organization/southend", "Patient/aoife"], everything.Matches.Select(match => match.Reference).Order());
    }

    [Fact]
    public async Task Totals_and_counts_are_given_as_asked()
    {
        Assert.Equal(3, (await record.Store.Page("Observation", "patient=aoife&_count=1")).Total);
        Assert.Equal(3, (await record.Store.Page("Observation", "patient=aoife&_count=1&_total=accurate")).Total);
        Assert.Null((await record.Store.Page("Observation", "patient=aoife&_total=none")).Total);
        Assert.Equal((3, 0), ((await record.Store.Page("Observation", "patient=aoife&_summary=count")).Total, (await record.Store.Page("Observation", "patient=aoife&_count=0")).Matches.Count));
        Assert.Contains((await record.Store.Page("Observation", "_count=5000")).Notes, note => note.Text.Contains("1000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_may_read_no_patient_finds_none_by_any_way()
    {
        var board = new Access("board.member", "board-member", "QH8", "TREAT", "test", Guid.CreateVersion7());
        var organisations = await record.Store.Page("Organization", "_revinclude=Patient:organization", access: board);
        var through = await record.Store.Page("Organization", "_has:Patient:organization:family=o'donnell", access: board);
        var everywhere = await record.Store.Page("", "", access: board);

        Assert.Equal(2, organisations.Matches.Count);
        Assert.Empty(organisations.Included);
        Assert.Empty(through.Matches);
        Assert.DoesNotContain(everywhere.Matches, match => match.Patient is not null || match.Type is "Person" or "Group");
        Assert.Equal(ErrorKind.Forbidden, (await record.Store.Store.Search(board, Parsed("Patient", "family=o'donnell"), CancellationToken.None)).Error().Kind);
    }

    private static SearchQuery Parsed(string type, string question)
    {
        Assert.True(SearchQuery.Parse(type, Searching.Parameters(question)).TryGet(out var query, out _));
        return query;
    }

    private async Task<string> Ids(string type, string question) =>
        string.Join(' ', (await record.Store.Page(type, question)).Matches.Select(match => match.Id).Order(StringComparer.Ordinal));
}

using System.Text.Json.Nodes;
using Xunit;

namespace Record.Tests.Validation;

/// <summary>One thing broken in a valid resource gives exactly one fault, at its place, whatever the place.</summary>
public class MutationTests
{
    [Fact]
    public void An_unknown_property_in_any_object_is_found_there()
    {
        foreach (var resource in new[] { Checked.Observation, Checked.Patient })
            foreach (var (place, node) in Objects(resource, (string)resource["resourceType"]!))
            {
                node["zzz"] = 1;
                Checked.OneFault(resource, "structure", $"{place}.zzz");
                node.Remove("zzz");
            }
    }

    [Fact]
    public void A_value_of_a_wrong_kind_is_found_in_any_place()
    {
        foreach (var resource in new[] { Checked.Observation, Checked.Patient })
            foreach (var (place, node) in Objects(resource, (string)resource["resourceType"]!).ToList())
                foreach (var (name, value) in node.Where(property => property.Value is JsonValue && property.Key != "resourceType").ToList())
                {
                    node[name] = new JsonArray(1);
                    Assert.Contains($"{place}.{name.TrimStart('_')}", Checked.Issues(resource).Select(issue => issue.Expression));
                    node[name] = value!.DeepClone();
                    Checked.Valid(resource);
                }
    }

    [Fact]
    public void An_emptied_string_is_found_in_any_place()
    {
        foreach (var resource in new[] { Checked.Observation, Checked.Patient })
            foreach (var (place, node) in Objects(resource, (string)resource["resourceType"]!).ToList())
                foreach (var (name, value) in node.Where(property => property.Value?.GetValueKind() == System.Text.Json.JsonValueKind.String && property.Key != "resourceType").ToList())
                {
                    node[name] = "";
                    Assert.Contains(("value", $"{place}.{name}"), Checked.Issues(resource).Select(issue => (issue.Code, issue.Expression)));
                    node[name] = value!.DeepClone();
                }
    }

    private static IEnumerable<(string Place, JsonObject Node)> Objects(JsonNode? node, string place) => node switch
    {
        JsonObject inner => inner.ToList().SelectMany(property => Objects(property.Value, $"{place}.{property.Key.TrimStart('_')}")).Prepend((place, inner)),
        JsonArray list => list.SelectMany((item, index) => Objects(item, $"{place}[{index}]")),
        _ => [],
    };
}

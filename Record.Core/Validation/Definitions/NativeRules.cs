using System.Text.Json;
using Record.Core.Validation.Values;

namespace Record.Core.Validation.Definitions;

/// <summary>An invariant in C#: whether a value keeps it; null where FHIRPath has to say.</summary>
internal delegate bool? NativeRule(JsonElement value);

/// <summary>
/// The invariants that most writes meet, in C#. Each is bound to the exact text of its expression:
/// when a text changes, the rule falls back to FHIRPath, and the test that compares the two fails.
/// </summary>
internal static class NativeRules
{
    private const string ClinicalStatus = "http://terminology.hl7.org/CodeSystem/condition-clinical";
    private const string ConditionStatus = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
    private const string AllergyStatus = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";

    private static readonly Dictionary<(string, string), NativeRule> Rules = new()
    {
        [("con-4", $"abatement.empty() or clinicalStatus.coding.where(system='{ClinicalStatus}' and (code='resolved' or code='remission' or code='inactive')).exists()")] =
            condition => HasCoding(condition, "clinicalStatus"u8, ClinicalStatus, "resolved", "remission", "inactive") ? true : null,
        [("org-2", "where(use = 'home').empty()")] = contact => !Is(contact, "use"u8, "home"),
        [("org-3", "where(use = 'home').empty()")] = contact => !Is(contact, "use"u8, "home"),
        [("per-1", "start.hasValue().not() or end.hasValue().not() or (start <= end)")] = PeriodInOrder,
        [("org-1", "(identifier.count() + name.count()) > 0")] = HasIdentifierOrName,
        [("ipn-1", "(identifier.count() + name.count()) > 0")] = HasIdentifierOrName,
        [("tim-4", "duration.exists() implies duration >= 0")] = timing => NotNegative(timing, "duration"u8),
        [("tim-5", "period.exists() implies period >= 0")] = timing => NotNegative(timing, "period"u8),
        // The text asks for System.Boolean, which no element has; FHIR's boolean is meant, as HL7's own examples show.
        [("que-7", "operator = 'exists' implies (answer is Boolean)")] =
            enable => !Is(enable, "operator"u8, "exists") || enable.TryGetProperty("answerBoolean"u8, out _) || enable.TryGetProperty("_answerBoolean"u8, out _),
        [("obs-7", "value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()")] = ObservationRules.NoComponentHasTheCode,
        [("con-5", $"verificationStatus.coding.where(system='{ConditionStatus}' and code='entered-in-error').empty() or clinicalStatus.empty()")] =
            condition => !HasStatus(condition, "clinicalStatus"u8) || !HasCoding(condition, "verificationStatus"u8, ConditionStatus, "entered-in-error"),
        [("ait-2", $"verificationStatus.coding.where(system = '{AllergyStatus}' and code = 'entered-in-error').empty() or clinicalStatus.empty()")] =
            allergy => !HasStatus(allergy, "clinicalStatus"u8) || !HasCoding(allergy, "verificationStatus"u8, AllergyStatus, "entered-in-error"),
        [("bdl-3", "entry.all(request.exists() = (%resource.type = 'batch' or %resource.type = 'transaction' or %resource.type = 'history'))")] =
            bundle => BundleRules.AllOrNone(bundle, "request"u8, "batch", "transaction", "history"),
        [("bdl-4", "entry.all(response.exists() = (%resource.type = 'batch-response' or %resource.type = 'transaction-response' or %resource.type = 'history'))")] =
            bundle => BundleRules.AllOrNone(bundle, "response"u8, "batch-response", "transaction-response", "history"),
        [("bdl-2", "entry.search.empty() or (type = 'searchset')")] = bundle => Is(bundle, "type"u8, "searchset") || BundleRules.None(bundle, "search"u8),
        [("bdl-8", "fullUrl.exists() implies fullUrl.contains('/_history/').not()")] = BundleRules.FullUrlHasNoVersion,
        [("bdl-9", "type = 'document' implies (identifier.system.exists() and identifier.value.exists())")] = IsNoDocument,
        [("bdl-10", "type = 'document' implies (timestamp.hasValue())")] = IsNoDocument,
        [("bdl-11", "type = 'document' implies entry.first().resource.is(Composition)")] = IsNoDocument,
        [("bdl-12", "type = 'message' implies entry.first().resource.is(MessageHeader)")] = bundle => Is(bundle, "type"u8, "message") ? null : true,
        [("bdl-7", "(type = 'history') or entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()")] = BundleRules.FullUrlsAreDistinct,
    };

    /// <summary>Invariants that the walk checks where it meets their places, which it can name exactly.</summary>
    private static readonly HashSet<string> KeptByTheWalk = ["ele-1", "ext-1", "ref-1", "dom-2", "dom-3", "dom-4", "dom-5", "txt-1", "txt-2"];

    public static IEnumerable<(string Key, string Expression)> All => Rules.Keys;

    public static NativeRule? Find(string key, string expression) => Rules.GetValueOrDefault((key, expression));

    public static bool IsKeptByTheWalk(Invariant rule) => KeptByTheWalk.Contains(rule.Key);

    private static bool? PeriodInOrder(JsonElement period) =>
        !period.TryGetProperty("start"u8, out var start) || !period.TryGetProperty("end"u8, out var end) || TimeOrder.IsPossible(start, end);

    private static bool? HasIdentifierOrName(JsonElement value) =>
        value.TryGetProperty("identifier"u8, out _) || value.TryGetProperty("name"u8, out _) || value.TryGetProperty("_name"u8, out _);

    private static bool NotNegative(JsonElement value, ReadOnlySpan<byte> name) =>
        !value.TryGetProperty(name, out var number) || number.ValueKind != JsonValueKind.Number || !number.TryGetDouble(out var size) || size >= 0;

    private static bool HasStatus(JsonElement value, ReadOnlySpan<byte> name) => value.TryGetProperty(name, out _);

    private static bool? IsNoDocument(JsonElement bundle) => Is(bundle, "type"u8, "document") ? null : true;

    private static bool HasCoding(JsonElement value, ReadOnlySpan<byte> name, string system, params ReadOnlySpan<string> codes)
    {
        if (!value.TryGetProperty(name, out var concept) || concept.ValueKind != JsonValueKind.Object) return false;
        if (!concept.TryGetProperty("coding"u8, out var codings) || codings.ValueKind != JsonValueKind.Array) return false;
        foreach (var coding in codings.EnumerateArray())
            foreach (var code in codes)
                if (Is(coding, "code"u8, code) && Is(coding, "system"u8, system)) return true;
        return false;
    }

    private static bool Is(JsonElement value, ReadOnlySpan<byte> name, string text) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String && found.ValueEquals(text);
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Record.Core.Fhir;

/// <summary>
/// Eight bytes that stand for a patient's id in search rows, the same as the database's <c>record.patient_key</c>.
/// What is found by it is compared with the id itself, so a collision never shows.
/// </summary>
public static class PatientKey
{
    /// <summary>The first eight bytes of the SHA-256 of the id.</summary>
    public static long Of(string patientId)
    {
        Span<byte> text = stackalloc byte[256];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (Encoding.UTF8.TryGetBytes(patientId, text, out var length)) SHA256.HashData(text[..length], hash);
        else SHA256.HashData(Encoding.UTF8.GetBytes(patientId), hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }
}

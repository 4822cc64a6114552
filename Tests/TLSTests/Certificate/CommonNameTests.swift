import COpenSSL
import Testing

@testable import TLS

/// The common name of a client's certificate, as its entry has it.
@Suite struct CommonNameTests {
    private struct Entry {
        var identifier = NID_commonName
        var type = V_ASN1_UTF8STRING
        let bytes: [UInt8]

        init(_ text: String, identifier: CInt = NID_commonName) {
            bytes = Array(text.utf8)
            self.identifier = identifier
        }

        init(_ type: CInt, _ bytes: [UInt8]) {
            self.type = type
            self.bytes = bytes
        }
    }

    private func name(_ entries: Entry..., joined: Bool = false) -> String? {
        let name = unsafe X509_NAME_new()
        defer { unsafe X509_NAME_free(name) }
        for (index, entry) in entries.enumerated() {
            // -1: an RDN of the previous entry; 0: one of its own.
            let set: CInt = joined && index > 0 ? -1 : 0
            let added = unsafe X509_NAME_add_entry_by_NID(
                name, entry.identifier, entry.type, entry.bytes, CInt(entry.bytes.count), -1, set)
            guard added == 1 else {
                Issue.record("X509_NAME_add_entry_by_NID")
                return nil
            }
        }
        return unsafe PeerCertificate.commonName(in: name)
    }

    @Test func anotherEntryIsNotTakenForIt() {
        let organization = Entry("x,CN=admin", identifier: NID_organizationName)
        #expect(name(organization, Entry("user")) == "user")
        #expect(name(Entry("user"), organization) == "user")
        #expect(name(organization, Entry("user"), joined: true) == "user")
        #expect(name(organization) == nil)
        #expect(name() == nil)
    }

    @Test(arguments: ["Jürgen", "a,b+c=\"d\" <e>;#\\", " space ", "李", "CN=admin", "🦆"])
    func itIsToldAsItIs(_ text: String) { #expect(name(Entry(text)) == text) }

    @Test func theFirstOfSeveralCounts() {
        #expect(name(Entry("first"), Entry("second")) == "first")
        #expect(name(Entry("first"), Entry("second"), joined: true) == "first")
        // One that cannot be told is not replaced by another.
        #expect(name(Entry("first\n"), Entry("second")) == nil)
    }

    @Test func everyKindOfStringBecomesUTF8() {
        #expect(name(Entry(V_ASN1_BMPSTRING, [0, 74, 0, 0xFC, 0x67, 0x4E])) == "Jü李")
        // T.61 is read as Latin-1, as all libraries do.
        #expect(name(Entry(V_ASN1_T61STRING, [74, 0xFC])) == "Jü")
        #expect(name(Entry(V_ASN1_UNIVERSALSTRING, [0, 0, 0, 74, 0, 1, 0xF9, 0x86])) == "J🦆")
        #expect(name(Entry(V_ASN1_PRINTABLESTRING, [74])) == "J")
        #expect(name(Entry(V_ASN1_IA5STRING, [74, 64])) == "J@")
    }

    @Test(
        arguments: [
            [97, 0, 98], [97, 10], [13], [27, 91], [0x7F], Array("\u{9B}".utf8),
            Array("a\u{2028}b".utf8), Array("a\u{202E}b".utf8), Array("\u{2066}".utf8),
            // No UTF-8.
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [],
        ] as [[UInt8]])
    func whatMeansSomethingElseToAReaderIsNone(_ bytes: [UInt8]) {
        #expect(name(Entry(V_ASN1_UTF8STRING, bytes)) == nil)
    }

    @Test func aNULInWideCharactersIsNone() {
        #expect(name(Entry(V_ASN1_BMPSTRING, [0, 97, 0, 0, 0, 98])) == nil)
        // Half a surrogate pair.
        #expect(name(Entry(V_ASN1_BMPSTRING, [0xD8, 0x3E])) == nil)
    }

    @Test func aNameOfAnySizeHurtsNobody() {
        #expect(name(Entry(String(repeating: "a", count: 1_024)))?.utf8.count == 1_024)
        #expect(name(Entry(String(repeating: "a", count: 1_025))) == nil)
        #expect(name(Entry(String(repeating: "a", count: 100_000))) == nil)
    }
}

import Serving
import Testing

@testable import SocketServerDaemon

@Suite struct EventCatalogTests {
    @Test func messageIDsAreUnique() {
        let ids = EventKind.allCases.map(\.messageID)
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
    }

    @Test(arguments: EventKind.allCases)
    func everyKindHasSentences(_ kind: EventKind) {
        let entry = kind.catalogEntry
        #expect(!entry.subject.contains("\n") && !entry.subject.hasSuffix("."))
        for text in [entry.cause, entry.remedy] {
            #expect(text.hasSuffix(".") && !text.contains("\n"), "\(text)")
            #expect(
                text.first?.isLowercase == false || text.hasPrefix("@SYSLOG_IDENTIFIER@")
                    || text.contains(":")
            )
        }
    }

    @Test func linesFitATerminal() {
        let lines = EventCatalog.text.split(separator: "\n").dropFirst()
        #expect(lines.allSatisfy { $0.count <= 76 })
        #expect(EventCatalog.text.contains("\nSubject: Host @HOST_TAG@ is down\n"))
    }
}

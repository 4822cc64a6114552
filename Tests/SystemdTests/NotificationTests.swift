import Testing

@testable import Systemd

@Suite struct NotificationTests {
    @Test func namesTheStatesAsSystemdDoes() {
        #expect(Notification.ready.text == "READY=1")
        #expect(Notification.stopping.text == "STOPPING=1")
        #expect(Notification.watchdog.text == "WATCHDOG=1")
        #expect(Notification.status("3 of 3 hosts up").text == "STATUS=3 of 3 hosts up")
    }

    @Test func asksForDescriptorsToBeKept() {
        final class Owner: Sendable {}
        let store = Notification.store(name: "x", descriptor: 7, owner: .init(object: Owner()))
        #expect(store.text == "FDSTORE=1\nFDNAME=x")
        #expect(store.descriptor == 7)
        #expect(Notification.forget(name: "x").text == "FDSTOREREMOVE=1\nFDNAME=x")
        #expect(Notification.forget(name: "x").descriptor == nil)
        #expect(Notification.extendTimeout(microseconds: 5).text == "EXTEND_TIMEOUT_USEC=5")
    }

    @Test func keepsAStatusThatJustFits() {
        let line = String(repeating: "x", count: 493)
        #expect(Notification.status(line).text == "STATUS=" + line)
    }

    @Test(arguments: ["x", "ü", "€", "😀", "👨‍👩‍👧", "e\u{301}"])
    func cutsALongStatusBetweenCharacters(_ character: String) {
        let text = Notification.status("a" + String(repeating: character, count: 500)).text
        #expect(text.utf8.count <= 500)
        #expect(text.utf8.count > 500 - "…".utf8.count - character.utf8.count)
        #expect(text.hasSuffix("…"))
        #expect(text.dropFirst("STATUS=a".count).dropLast().allSatisfy { String($0) == character })
    }

    @Test(arguments: ["\n", "\r\n", "\0", "\t", "\u{85}"])
    func keepsAStatusOnOneLine(_ control: String) {
        #expect(Notification.status("a\(control)READY=1").text == "STATUS=a READY=1")
    }
}

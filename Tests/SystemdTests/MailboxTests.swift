import Platform
import Testing

@testable import Systemd

@Suite struct MailboxTests {
    let mailbox: Mailbox

    init() throws { mailbox = try Mailbox() }

    @Test func keepsTheOrder() {
        for message in [Notification.ready, .status("up"), .watchdog, .stopping] {
            mailbox.put(message)
        }
        #expect(everything() == [.ready, .status("up"), .watchdog, .stopping])
    }

    @Test func holdsOneOfAKind() {
        for number in 1...1000 {
            mailbox.put(.status("\(number) clients"))
            mailbox.put(.watchdog)
        }
        #expect(everything() == [.status("1000 clients"), .watchdog])
    }

    @Test func isNotEmptyWhileAMessageIsOnItsWay() {
        mailbox.put(.ready)
        #expect(!mailbox.waitUntilSent(within: .zero))
        #expect(mailbox.take() == .ready)
        #expect(!mailbox.waitUntilSent(within: .milliseconds(1)))
        mailbox.close()
        #expect(mailbox.take() == nil)
        #expect(mailbox.waitUntilSent(within: .zero))
    }

    @Test func aWaitEndsWithTheLastMessage() throws {
        for number in 0..<100 { mailbox.put(store("\(number)")) }
        let thread = try Thread(name: "sender") { [mailbox] in while mailbox.take() != nil {} }
        #expect(mailbox.waitUntilSent(within: .seconds(60)))
        mailbox.close()
        thread.join()
    }

    @Test func aForgottenDescriptorIsNotStoredBefore() {
        mailbox.put(store("a"))
        mailbox.put(store("b"))
        mailbox.put(.forget(name: "a"))
        #expect(everything().map(\.text) == ["FDSTORE=1\nFDNAME=b", "FDSTOREREMOVE=1\nFDNAME=a"])
    }

    @Test func aDescriptorMayComeAfterItsNameWasForgotten() {
        mailbox.put(.forget(name: "a"))
        mailbox.put(store("a"))
        #expect(everything().map(\.text) == ["FDSTOREREMOVE=1\nFDNAME=a", "FDSTORE=1\nFDNAME=a"])
    }

    @Test func keepsTheOwnerOfADescriptorUntilItIsSent() {
        final class Owner: Sendable {}
        var owner: Owner? = Owner()
        weak let kept = owner
        if let owner { mailbox.put(.store(name: "a", descriptor: 0, owner: .init(object: owner))) }
        owner = nil
        #expect(kept != nil)
        mailbox.put(.forget(name: "a"))
        #expect(kept == nil)
    }

    private func store(_ name: String) -> Notification {
        .store(name: name, descriptor: 0, owner: Notification.Owner(object: mailbox))
    }

    private func everything() -> [Notification] {
        mailbox.close()
        var messages: [Notification] = []
        while let message = mailbox.take() { messages.append(message) }
        return messages
    }
}

import Testing

@testable import Systemd

@Suite struct MailboxTests {
    let mailbox = Mailbox()

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

    private func everything() -> [Notification] {
        mailbox.close()
        var messages: [Notification] = []
        while let message = mailbox.take() { messages.append(message) }
        return messages
    }
}

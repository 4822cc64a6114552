import Glibc
import Platform
import Testing

@testable import Systemd

/// Each test runs in a process of its own, for setenv(3) while other threads read the environment
/// is undefined.
@Suite struct NotifierTests {
    @Test(arguments: ["/tmp/icshostd-notify.", "@icshostd-notify."])
    func speaksToTheSocketOfTheEnvironment(_ prefix: String) async {
        await #expect(processExitsWith: .success) { [prefix] in
            let socket = try NotifySocket(name: prefix + "\(getpid())")
            unsafe setenv("NOTIFY_SOCKET", socket.name, 1)
            let notifier = try Notifier()
            #expect(notifier.isActive)
            notifier.ready()
            #expect(try socket.receive() == "READY=1")
            notifier.status("2 of 3 hosts up: SHOP: no key\nREADY=1")
            #expect(try socket.receive() == "STATUS=2 of 3 hosts up: SHOP: no key READY=1")
            notifier.keepAlive()
            #expect(try socket.receive() == "WATCHDOG=1")
            notifier.stopping()
            #expect(try socket.receive() == "STOPPING=1")
            #expect(notifier.flush(within: .seconds(2)))
        }
    }

    @Test func isSilentWithoutASocket() async {
        await #expect(processExitsWith: .success) {
            unsafe unsetenv("NOTIFY_SOCKET")
            unsafe setenv("WATCHDOG_USEC", "1000000", 1)
            let notifier = try Notifier { _ in #expect(Bool(false), "nothing to fail") }
            #expect(!notifier.isActive)
            #expect(notifier.watchdogInterval == nil)
            notifier.ready()
            notifier.status("up")
            #expect(notifier.flush(within: .zero))
        }
    }

    @Test func readsTheWatchdogOfThisProcessOnly() async {
        await #expect(processExitsWith: .success) {
            unsafe setenv("NOTIFY_SOCKET", "@icshostd-nobody.\(getpid())", 1)
            unsafe setenv("WATCHDOG_USEC", "30000000", 1)
            let (mine, others) = ("\(getpid())", "1")
            for (pid, interval) in [(mine, Duration.seconds(30)), (others, nil)] {
                unsafe setenv("WATCHDOG_PID", pid, 1)
                let notifier = try Notifier()
                #expect(notifier.watchdogInterval == interval)
            }
        }
    }

    @Test func neverWaitsForASystemdThatDoesNotRead() async {
        await #expect(processExitsWith: .success) {
            let socket = try NotifySocket(name: "@icshostd-full.\(getpid())", receiveBuffer: 1)
            unsafe setenv("NOTIFY_SOCKET", socket.name, 1)
            let notifier = try Notifier()
            notifier.ready()
            // More than net.unix.max_dgram_qlen lets into the socket, one by one.
            var sent = 0
            repeat {
                sent += 1
                notifier.status("\(sent) clients")
            } while notifier.flush(within: .milliseconds(200)) && sent < 100_000
            #expect(sent < 100_000, "the socket is never full")
            notifier.status("never seen")
            notifier.status("newest")
            notifier.stopping()

            #expect(try socket.receive() == "READY=1")
            for number in 1...sent {
                #expect(try socket.receive() == "STATUS=\(number) clients")
            }
            #expect(try socket.receive() == "STATUS=newest")
            #expect(try socket.receive() == "STOPPING=1")
        }
    }

    @Test func endsAProcessWhoseSystemdDoesNotRead() async {
        await #expect(processExitsWith: .exitCode(7)) {
            let socket = try NotifySocket(name: "@icshostd-end.\(getpid())", receiveBuffer: 1)
            unsafe setenv("NOTIFY_SOCKET", socket.name, 1)
            let notifier = try Notifier()
            var sent = 0
            repeat {
                sent += 1
                notifier.status("\(sent) clients")
            } while notifier.flush(within: .milliseconds(200)) && sent < 100_000
            // Mentions the socket, so that it is open until here.
            exit(sent < 100_000 && !socket.name.isEmpty ? 7 : 1)
        }
    }

    @Test func reportsAFailureOnceUntilItWorksAgain() async throws {
        let answers: [CInt] = [-ECONNREFUSED, -ECONNREFUSED, 1, -ENOENT]
        let failures = AsyncStream.makeStream(of: SystemError.self)
        let calls = AsyncStream.makeStream(of: String.self)
        let notifier = try Notifier(
            watchdogInterval: nil,
            send: { text, _ in
                calls.continuation.yield(text)
                return answers[(text.utf8.last.map { Int($0) } ?? 0) - Int(UInt8(ascii: "0"))]
            },
            onFailure: { failures.continuation.yield($0) })
        var texts = calls.stream.makeAsyncIterator()
        for number in 0..<answers.count {
            notifier.status("\(number)")
            #expect(await texts.next() == "STATUS=\(number)")
        }
        #expect(notifier.flush(within: .seconds(2)))
        failures.continuation.finish()
        let seen = await failures.stream.reduce(into: []) { $0.append($1.description) }
        #expect(
            seen == [
                "sd_notify: Connection refused", "sd_notify: No such file or directory",
            ])
    }
}

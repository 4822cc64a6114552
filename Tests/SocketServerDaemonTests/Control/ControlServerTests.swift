import EventLoops
import Glibc
import NetworkTypes
import Platform
import TestSupport
import Testing
import TextFormats

@testable import SocketServerDaemon

/// The control server on a loop of its own, with clients over its real socket.
@Suite struct ControlServerTests {
    /// A control server that answers `status` with a line, and `clients` with very many.
    private final class Serving: Sendable {
        static let lines = 5_000

        let address: UnixAddress
        private let directory: TemporaryDirectory
        private let loop: EventLoop
        private let thread: Thread

        init() throws {
            directory = try TemporaryDirectory()
            address = try #require(UnixAddress(directory("control")))
            let loop = try EventLoop()
            self.loop = loop
            thread = try Thread(name: "control") { loop.run() }
            let opened = try EventBell()
            loop.perform { [address] in
                // The loop keeps the server, as a source of its events.
                let server = try? ControlServer(at: address, on: loop) { request, session in
                    Serving.answer(request, session)
                }
                try? server?.open()
                opened.ring()
            }
            opened.wait()
        }

        deinit {
            loop.stop()
            thread.join()
        }

        private static func answer(_ request: ControlRequest, _ session: ControlSession) {
            switch request {
            case .status:
                var line = JSONLine(part: "service")
                line.add("version", "test")
                session.add(line)
                session.finish()
            case .clients:
                var numbers = (0..<lines).makeIterator()
                session.stream {
                    numbers.next().map { number in
                        var line = JSONLine(part: "client")
                        line.add("id", number)
                        return line
                    }
                } then: {
                    session.finish()
                }
            case .disconnect, .reload, .plan:
                session.fail(ControlRequest.Mistake(code: "not-applied", message: "not here"))
            }
        }

        func connect() throws -> Peer { Peer(try UnixConnection(to: address)) }
    }

    /// A client of the control server.
    private final class Peer {
        private let connection: UnixConnection

        init(_ connection: consuming UnixConnection) {
            self.connection = connection
        }

        func send(_ text: String) throws { try connection.send(Array(text.utf8)) }

        func receive() throws -> [UInt8] { try connection.receive(within: .seconds(20)) }
    }

    private let serving: Serving

    init() throws {
        serving = try Serving()
    }

    /// Sends lines, and reads answers until as many have ended, or the server closes.
    private func exchange(
        _ text: String, answers: Int = 1, on peer: Peer
    ) throws -> [JSONValue] {
        try peer.send(text)
        var bytes: [UInt8] = []
        var parts: [JSONValue] = []
        while parts.count(where: { $0["part"]?.text == "end" }) < answers {
            let more = try peer.receive()
            guard !more.isEmpty else { break }
            bytes += more
            while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                parts.append(try #require(JSONValue(bytes[..<end])))
                bytes.removeFirst(end + 1)
            }
        }
        return parts
    }

    private static func request(_ command: String) -> String {
        #"{"icshostd": 1, "command": "\#(command)"}"# + "\n"
    }

    @Test func anAnswerIsItsPartsAndAnEnd() throws {
        let parts = try exchange(Self.request("status"), on: serving.connect())
        #expect(parts.map { $0["part"]?.text } == ["service", "end"])
        #expect(parts.last?["ok"] == .boolean(true))
    }

    @Test func aLongAnswerArrivesCompleteAndInOrder() throws {
        let parts = try exchange(Self.request("clients"), on: serving.connect())
        #expect(parts.compactMap { $0["id"]?.integer } == Array(0..<Serving.lines))
    }

    @Test func severalRequestsMayBeSentAtOnce() throws {
        let parts = try exchange(
            Self.request("status") + Self.request("reload") + Self.request("status"), answers: 3,
            on: serving.connect())
        let ends = parts.filter { $0["part"]?.text == "end" }
        #expect(ends.map { $0["ok"]?.isTrue } == [true, false, true])
        #expect(ends[1]["error"]?.text == "not-applied" && ends[1]["message"]?.text == "not here")
    }

    @Test(arguments: [
        ("nonsense", "bad-request"), (#"{"icshostd": 2, "command": "status"}"#, "bad-version"),
        (#"{"icshostd": 1, "command": "stop"}"#, "unknown-command"),
    ])
    func aMistakeIsAnsweredAndTheSessionContinues(_ line: String, _ code: String) throws {
        let connection = try serving.connect()
        let refused = try exchange(line + "\n", on: connection)
        #expect(refused.map { $0["error"]?.text } == [code])
        #expect(try exchange(Self.request("status"), on: connection).count == 2)
    }

    @Test func aRequestThatIsTooLongEndsTheSession() throws {
        let connection = try serving.connect()
        let long = String(repeating: " ", count: ControlSession.requestLimit + 1)
        let parts = try exchange(long, on: connection)
        #expect(parts.map { $0["error"]?.text } == ["too-long"])
        #expect(try connection.receive().isEmpty)
    }

    @Test func clientsBeyondTheLimitAreRefusedWithTheReason() throws {
        let first = try (0..<ControlServer.sessionLimit).map { _ in
            let connection = try serving.connect()
            #expect(try exchange(Self.request("status"), on: connection).count == 2)
            return connection
        }
        let parts = try exchange("", on: serving.connect())
        #expect(parts.map { $0["error"]?.text } == ["busy"])
        #expect(try exchange(Self.request("status"), on: first[0]).count == 2)
    }

    @Test func theClientReadsPartsAndTheEnd() throws {
        var request = JSONLine()
        request.add("command", "clients")
        var count = 0
        let end = try ControlClient(path: serving.address.name).exchange(request) { text, part in
            if part["part"]?.text == "client", !text.isEmpty { count += 1 }
        }
        #expect(count == Serving.lines && end["ok"]?.isTrue == true)
    }
}

@Suite struct ControlFailureTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func failure(at path: String) -> ControlFailure? {
        do throws(ControlFailure) {
            _ = try ControlClient(path: path).exchange(JSONLine()) { _, _ in }
            return nil
        } catch {
            return error
        }
    }

    @Test func aMissingSocketMeansThatNoDaemonAnswers() throws {
        let path = directory("control")
        let found = try #require(self.failure(at: path))
        #expect(found.code == "unreachable" && found.status == ExitStatus.unreachable)
        #expect(
            found.message
                == "no daemon answers at \(path): No such file or directory; is it running?"
                + " (systemctl status icshostd)")
        #expect(!found.isRefusal)
    }

    @Test func aRelativePathIsNoSocket() throws {
        let found = try #require(self.failure(at: "control"))
        #expect(found.message.hasPrefix("no daemon answers at control: that is no absolute path"))
    }

    /// The socket of a daemon that was killed stays, and nothing listens on it.
    @Test func aSocketWithoutAListenerIsRefused() throws {
        let address = try #require(UnixAddress(directory("dead")))
        do {
            let socket = try ListeningSocket(on: .unix(address), backlog: 1)
            socket.keepFile()
        }
        let found = try #require(self.failure(at: address.name))
        #expect(found.code == "unreachable" && found.message.contains("Connection refused"))
    }

    @Test func aDaemonThatDoesNotAnswerTimesOut() throws {
        let address = try #require(UnixAddress(directory("silent")))
        let error = SystemError("recv", code: ETIMEDOUT)
        #expect(
            ControlFailure(error, at: address, after: .seconds(15)).message
                == "the daemon at \(address.name) does not answer within 15.0 seconds")
        #expect(
            ControlFailure(error, at: address, after: nil).message
                == "the daemon at \(address.name) does not answer")
    }

    /// A socket that a process listens on belongs to a daemon, which refuses this user.
    @Test func aForbiddenSocketNamesItsOwner() throws {
        let address = try #require(UnixAddress(directory("forbidden")))
        let error = SystemError("connect", code: EACCES)
        let unreachable = ControlFailure(error, at: address, after: nil)
        #expect(unreachable.message.contains("may not enter its directory; try sudo"))
        var options = ListenerOptions()
        options.unixMode = 0o600
        let socket = try ListeningSocket(on: .unix(address), options: options, backlog: 1)
        let refusal = ControlFailure(error, at: address, after: nil)
        #expect(refusal.isRefusal && refusal.code == ControlFailure.forbidden)
        #expect(
            refusal.message.hasPrefix("a daemon runs at \(address.name), but answers only root"))
        #expect(refusal.message.contains("mode 0600; try sudo"))
        socket.removeFile()
    }
}

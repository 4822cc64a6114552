import Glibc
import HandlerAPI
import NetworkTypes
import Platform
import TLS
import TestSupport
import Testing

@testable import Serving

/// Handlers that dial.
@Suite struct DialingTests {
    /// Says what became of dialing.
    private static func dialing(_ target: DialTarget) -> ScriptedHandler {
        ScriptedHandler { client in
            do throws(any Error) {
                let peer = try await client.connect(to: target)
                try await peer.write("ping")
                let answer = try await peer.readExactly(4)
                peer.close()
                try await client.write(
                    "\(String(decoding: answer, as: UTF8.self)) \(peer.tlsVersion ?? "plain")")
            } catch let error as DialError {
                try await client.write("\(error)")
            }
            return .close
        }
    }

    @Test(arguments: Transport.allCases)
    func aPeerIsReadAndWrittenLikeAClient(_ transport: Transport) throws {
        let target = try TestServer(.echo, over: transport)
        let front = try TestServer(Self.dialing(try target.dialTarget()))
        let version = transport == .tls ? "TLSv1.3" : "plain"
        #expect(try front.connect().receiveText() == "ping \(version)")
        #expect(try target.event(.clientClosed).reason == .peerClosed)
    }

    @Test func aTargetThatRefusesIsUnreachable() throws {
        let port = try ReservedPort()
        let front = try TestServer(
            Self.dialing(DialTarget(.host("127.0.0.1", port: port.number))))
        let text = try front.connect().receiveText()
        #expect(text == "Connection refused")
    }

    @Test func anUncaughtDialErrorIsATargetThatFailed() throws {
        let port = try ReservedPort()
        let target = DialTarget(.host("127.0.0.1", port: port.number))
        let front = try TestServer(
            ScriptedHandler { client in
                .relay(to: try await client.connect(to: target), idleTimeout: nil)
            })
        #expect(try !front.connect().receiveToEnd().isWhole)
        let end = try front.event(.clientClosed)
        #expect(end.reason == .targetFailed)
        #expect(end.detail == "Connection refused")
    }

    @Test(arguments: [
        ("b.test", "hostname mismatch"), ("127.0.0.1", "IP address mismatch"),
    ])
    func aCertificateForAnotherNameIsRefused(_ sample: (String, String)) throws {
        let server = try TestServer(.echo, over: .tls)
        var target = try server.dialTarget()
        target.serverName = sample.0
        let front = try TestServer(Self.dialing(target))
        let text = try front.connect().receiveText()
        #expect(text == "its certificate was refused: \(sample.1)")
    }

    /// In TLS a name has no final dot (RFC 6066, 3) and no letters beyond ASCII.
    @Test(arguments: ["a.test.", "A.Test", "a。test"])
    func theServerNameOfATargetIsNormalized(_ name: String) throws {
        let asked = Lock<String?>(nil)
        let server = try TestServer(
            ScriptedHandler { client in
                asked.withLock { $0 = client.serverName }
                while try await client.read({ client.send($0) }) {}
                return .close
            }, over: .tls)
        var target = try server.dialTarget()
        target.serverName = name
        let front = try TestServer(Self.dialing(target))
        #expect(try front.connect().receiveText() == "ping TLSv1.3")
        #expect(asked.withLock { $0 } == "a.test")
    }

    @Test func aCertificateOfAnUnknownAuthorityIsRefusedUnlessNobodyVerifies() throws {
        let server = try TestServer(.echo, over: .tls)
        var target = try server.dialTarget()
        target.tls = DialingPolicy(try TLSClientContext(TLSClientContext.Settings()))
        let strict = try TestServer(Self.dialing(target))
        let text = try strict.connect().receiveText()
        #expect(text.hasPrefix("its certificate was refused: "))
        let front = try TestServer(Self.dialing(try server.dialTarget(verifies: false)))
        #expect(try front.connect().receiveText() == "ping TLSv1.3")
    }

    @Test func theNextConnectionResumesTheSession() throws {
        let resumed = Lock<[Bool]>([])
        let server = try TestServer(
            ScriptedHandler { client in
                guard let tls = (client.core as? Connection)?.tls else { return .close }
                resumed.withLock { $0.append(tls.session.isResumed) }
                while try await client.read({ client.send($0) }) {}
                return .close
            }, over: .tls)
        let front = try TestServer(Self.dialing(try server.dialTarget()))
        for _ in 0..<2 { #expect(try front.connect().receiveText() == "ping TLSv1.3") }
        #expect(resumed.withLock { $0 } == [false, true])
    }

    @Test func aTargetThatNeverShakesHandsTimesOut() throws {
        let silent = try TestServer(
            ScriptedHandler { client in
                _ = try await client.readAll(upTo: 1 << 20)
                return .close
            })
        var target = try TestServer(.echo, over: .tls).dialTarget()
        target.place = .host("127.0.0.1", port: silent.port)
        target.timeout = .milliseconds(300)
        let front = try TestServer(Self.dialing(target))
        #expect(try front.connect().receiveText() == "timed out")
    }

    @Test func namesAreResolvedOffTheLoopAndAllAddressesAreTried() throws {
        let target = try TestServer(.echo)
        let asked = Lock<[String]>([])
        let resolver = try Resolver { (name) throws(NameLookup.Failure) in
            asked.withLock { $0.append(name) }
            guard name == "two.test" else { throw NameLookup.Failure("name or service not known") }
            // Nobody listens on the first one.
            return ["127.9.9.9", "127.0.0.1"].compactMap { IPAddress($0) }
        }
        var dialed = DialTarget(.host("two.test", port: target.port))
        let front = try TestServer(Self.dialing(dialed), resolver: resolver)
        for _ in 0..<3 { #expect(try front.connect().receiveText() == "ping plain") }
        #expect(asked.withLock { $0 } == ["two.test"])
        dialed.place = .host("none.test", port: target.port)
        let other = try TestServer(Self.dialing(dialed), resolver: resolver)
        let text = try other.connect().receiveText()
        #expect(text == "name or service not known")
        dialed.place = .host("two.test", port: target.port)
        dialed.family = .onlyIPv6
        let third = try TestServer(Self.dialing(dialed), resolver: resolver)
        let answer = try third.connect().receiveText()
        #expect(answer == "no address of the family asked for")
    }

    @Test(arguments: ["127.0.0.1", "0.0.0.0", "::ffff:127.0.0.1", "self.test"])
    func avoidingTheOwnHostRefusesALoop(_ name: String) throws {
        let resolver = try Resolver { (_) throws(NameLookup.Failure) in
            [IPAddress("127.0.0.1")].compactMap(\.self)
        }
        let front = try TestServer(
            ScriptedHandler { client in
                var target = DialTarget(.host(name, port: client.localAddress.port))
                target.avoidsOwnHost = true
                do throws(any Error) {
                    _ = try await client.connect(to: target)
                } catch let error as DialError {
                    try await client.write("\(error)")
                }
                return .close
            }, resolver: resolver)
        #expect(
            try front.connect().receiveText()
                == "this host itself listens there, which would be a loop")
        #expect(front.server.status.accepted == 1)
    }

    @Test func avoidingTheOwnHostAllowsAnother() throws {
        let target = try TestServer(.echo)
        var dialed = try target.dialTarget()
        dialed.avoidsOwnHost = true
        let front = try TestServer(Self.dialing(dialed))
        #expect(try front.connect().receiveText() == "ping plain")
    }

    @Test func aSlowResolverKeepsNeitherTheLoopNorTheTimeout() throws {
        let gate = try EventBell()
        defer { gate.ring() }
        let resolver = try Resolver { (_) throws(NameLookup.Failure) in
            gate.wait()
            throw NameLookup.Failure("late")
        }
        var dialed = DialTarget(.host("slow.test", port: 1))
        dialed.timeout = .milliseconds(300)
        let front = try TestServer(Self.dialing(dialed), resolver: resolver)
        let first = try front.connect()
        #expect(try front.connect().receiveText() == "timed out")
        #expect(try first.receiveText() == "timed out")
    }

    @Test func theSystemResolverKnowsLocalhost() throws {
        let target = try TestServer(.echo)
        var dialed = DialTarget(.host("localhost", port: target.port))
        dialed.family = .onlyIPv4
        let front = try TestServer(Self.dialing(dialed))
        #expect(try front.connect().receiveText() == "ping plain")
    }

    @Test func aPrefaceComesFirstAndInTheClear() throws {
        let target = try TestServer(
            ScriptedHandler { client in
                let line = try await client.readLine() ?? ""
                try await client.write(Array(line.utf8.prefix(4)))
                return .close
            })
        var dialed = try target.dialTarget()
        dialed.preface = Array("PROX ".utf8)
        let prefaced = dialed
        let front = try TestServer(
            ScriptedHandler { client in
                let peer = try await client.connect(to: prefaced)
                try await peer.write("\n")
                try await client.write(try await peer.readExactly(4))
                return .close
            })
        #expect(try front.connect().receiveText() == "PROX")
    }

    @Test func whatAHandlerDialedEndsWithItsClient() throws {
        let counts = Lock<[Int]>([])
        let target = try TestServer(
            ScriptedHandler { client in
                let all = try await client.readAll(upTo: 100)
                counts.withLock { $0.append(all.count) }
                return .close
            })
        let dialed = try target.dialTarget()
        let front = try TestServer(
            ScriptedHandler { client in
                let peer = try await client.connect(to: dialed)
                peer.send("unsent")
                _ = try await client.connect(to: dialed)
                return .close
            })
        #expect(try front.connect().receiveAll() == [])
        try waitUntil("the end of both") { counts.withLock { $0.count } == 2 }
        #expect(counts.withLock { $0.sorted() } == [0, 6])
    }
}

import HandlerAPI
import HandlerTesting
import NetworkTypes
import Synchronization
import Testing

@testable import Handlers

/// Which target a client gets, and what the target is told.
@Suite struct ProxyHandlerTests {
    private static func target(_ host: String, isBackup: Bool = false) -> TargetOptions {
        TargetOptions(section: "Target \(host)", host: host, port: 80, isBackup: isBackup)
    }

    private static func handler(
        _ texts: [String: String], _ targets: [TargetOptions]
    ) throws -> ProxyHandler {
        try ProxyHandler(HandlerOptions(of: ProxyHandler.self, texts, targets: targets))
    }

    private static func handler(_ targets: [TargetOptions]) throws -> ProxyHandler {
        try handler([:], targets)
    }

    /// A client that says one word, and targets that answer.
    private static func client(
        facts: ClientFacts = ClientFacts(), reachable: [String]
    ) -> ScriptedClient {
        let client = ScriptedClient([.send("word"), .end], facts: facts)
        for host in reachable { client.answer("\(host):80", with: [.send("from \(host)"), .end]) }
        return client
    }

    private static func serve(
        _ handler: ProxyHandler, _ client: ScriptedClient
    ) async throws -> String {
        _ = try await client.serve(with: handler)
        return client.text
    }

    @Test func joinsAClientWithItsTarget() async throws {
        let handler = try Self.handler([Self.target("a")])
        let client = Self.client(reachable: ["a"])
        guard case .relayed(let traffic) = try await client.serve(with: handler) else {
            Issue.record("not relayed")
            return
        }
        #expect(traffic == Traffic(sent: 4, received: 6))
        #expect(client.text == "from a" && client.peers[0].text == "word")
        #expect(client.hasFinishedSending && client.peers[0].hasFinishedSending)
    }

    @Test func tellsHowItsTargetsAre() async throws {
        let handler = try Self.handler(
            ["TarFall": "2", "TarRise": "1", "TarDownTime": "0"],
            [Self.target("a"), Self.target("b", isBackup: true)])
        #expect(handler.targets.map(\.state) == [.unknown, .unknown])
        #expect(handler.targets.map(\.address) == ["a:80", "b:80"])
        #expect(handler.targets.map(\.section) == ["Target a", "Target b"])
        #expect(handler.targets.map(\.isBackup) == [false, true])
        _ = try await Self.serve(handler, Self.client(reachable: ["b"]))
        #expect(handler.targets.map(\.state) == [.up, .up])
        _ = try await Self.serve(handler, Self.client(reachable: ["b"]))
        #expect(handler.targets.map(\.state) == [.down, .up])
        #expect(handler.targets.map { $0.since == nil } == [false, true])
        _ = try await Self.serve(handler, Self.client(reachable: ["a"]))
        #expect(handler.targets.map(\.state) == [.up, .up])
        #expect(handler.targets.map(\.clients) == [0, 0])
    }

    @Test func takesTurns() async throws {
        let handler = try Self.handler(["a", "b", "c"].map { Self.target($0) })
        var texts: [String] = []
        for _ in 0..<6 {
            texts.append(try await Self.serve(handler, Self.client(reachable: ["a", "b", "c"])))
        }
        #expect(texts == ["from a", "from b", "from c", "from a", "from b", "from c"])
    }

    @Test func prefersTheTargetWithTheFewestClients() async throws {
        let handler = try Self.handler(
            ["Balance": "leastclients"], ["a", "b"].map { Self.target($0) })
        // Kept: a client that was relayed by the server has not gone yet.
        var clients: [ScriptedClient] = []
        for _ in 0..<4 {
            let client = Self.client(reachable: ["a", "b"])
            _ = try await handler.serve(client.client)
            clients.append(client)
        }
        #expect(Set(clients[..<2].flatMap(\.tried)) == ["a:80", "b:80"])
        #expect(Set(clients[2...].flatMap(\.tried)) == ["a:80", "b:80"])
        for client in clients where client.tried == ["b:80"] { client.peers[0].close() }
        for _ in 0..<2 {
            let client = Self.client(reachable: ["a", "b"])
            _ = try await handler.serve(client.client)
            #expect(client.tried == ["b:80"])
        }
    }

    @Test func anAddressKeepsItsTarget() async throws {
        let hosts = ["a", "b", "c", "d"]
        let handler = try Self.handler(["Balance": "source"], hosts.map { Self.target($0) })
        var chosen: [Int: String] = [:]
        for number in 0..<40 {
            var facts = ClientFacts()
            let ip = try #require(IPAddress("198.51.100.\(number)"))
            facts.remoteAddress = SocketAddress(ip, port: 1)
            for _ in 0..<2 {
                let text = try await Self.serve(
                    handler, Self.client(facts: facts, reachable: hosts))
                #expect(chosen[number] ?? text == text)
                chosen[number] = text
            }
            // When its target is gone it goes elsewhere, and nobody else has to.
            let others = hosts.filter { "from \($0)" != chosen[number] }
            let other = try await Self.serve(handler, Self.client(facts: facts, reachable: others))
            #expect(other != chosen[number] && other.hasPrefix("from "))
        }
        #expect(Set(chosen.values).count == 4)
    }

    @Test func triesOthersWhenOneCannotBeReached() async throws {
        let handler = try Self.handler(
            ["TarRetries": "2"], ["a", "b", "c"].map { Self.target($0) })
        let client = Self.client(reachable: ["c"])
        #expect(try await Self.serve(handler, client) == "from c")
        #expect(client.tried == ["a:80", "b:80", "c:80"])
        #expect(
            client.records.map(\.message) == [
                "cannot connect to target a:80: Connection refused",
                "cannot connect to target b:80: Connection refused",
            ])
    }

    @Test func triesNoMoreThanItMay() async throws {
        let handler = try Self.handler(
            ["TarRetries": "1"], ["a", "b", "c"].map { Self.target($0) })
        let client = Self.client(reachable: ["c"])
        guard case .threw(let error) = try await client.serve(with: handler) else {
            Issue.record("reached")
            return
        }
        #expect(error as? DialError == .unreachable(reason: "Connection refused"))
        #expect(client.tried == ["a:80", "b:80"])
        #expect(client.output == [])
    }

    @Test func aTargetThatFailsInARowIsDownAndUpAgainAfterSuccesses() async throws {
        let handler = try Self.handler(
            ["TarFall": "2", "TarRise": "2", "TarDownTime": "1h"],
            ["a", "b"].map { Self.target($0) })
        var tried: [[String]] = []
        for _ in 0..<6 {
            let client = Self.client(reachable: ["b"])
            #expect(try await Self.serve(handler, client) == "from b")
            tried.append(client.tried)
        }
        // Down after two failures: from then on nobody loses time with it.
        #expect(tried.filter { $0 == ["a:80", "b:80"] }.count == 2)
        #expect(tried.suffix(2) == [["b:80"], ["b:80"]])
        // The last hope is tried all the same.
        for _ in 0..<2 {
            #expect(try await Self.serve(handler, Self.client(reachable: ["a"])) == "from a")
        }
        let next = [Self.client(reachable: ["a", "b"]), Self.client(reachable: ["a", "b"])]
        for client in next { _ = try await client.serve(with: handler) }
        // Two successes, and it is up; two failures, and the other is down.
        #expect(next.flatMap(\.tried) == ["a:80", "a:80"])
    }

    @Test func aTargetThatIsDownIsTriedAgainAfterAWhile() async throws {
        let handler = try Self.handler(
            ["TarFall": "1", "TarRise": "1", "TarDownTime": "0"],
            ["a", "b"].map { Self.target($0) })
        _ = try await Self.client(reachable: ["b"]).serve(with: handler)
        let next = [Self.client(reachable: ["a", "b"]), Self.client(reachable: ["a", "b"])]
        for client in next { _ = try await client.serve(with: handler) }
        #expect(Set(next.flatMap(\.tried)) == ["a:80", "b:80"])
        let records = next.flatMap(\.records).map(\.message)
        #expect(records == ["target a:80 is up again"])
    }

    @Test func aBackupIsForWhenAllOthersAreGone() async throws {
        let targets = [Self.target("spare", isBackup: true), Self.target("a"), Self.target("b")]
        let handler = try Self.handler(targets)
        for _ in 0..<4 {
            let client = Self.client(reachable: ["spare", "a", "b"])
            #expect(try await Self.serve(handler, client) != "from spare")
        }
        let client = Self.client(reachable: ["spare"])
        #expect(try await Self.serve(handler, client) == "from spare")
    }

    @Test func portZeroIsThePortOfTheClient() async throws {
        let target = TargetOptions(section: "T", host: "a", port: 0)
        let client = ScriptedClient([.end])
        _ = try await client.serve(with: try Self.handler([target]))
        #expect(client.tried == ["a:80"])
    }

    @Test(arguments: ["/run/app.sock", "@app"])
    func aTargetMayBeAUnixSocket(_ name: String) async throws {
        let target = TargetOptions(section: "T", host: "unix:\(name)", port: 0)
        let client = ScriptedClient([.end])
        client.answer("unix:\(name)", with: [.send("here"), .end])
        #expect(try await Self.serve(try Self.handler([target]), client) == "here")
    }

    @Test func withoutATargetThereIsNothingToProxy() {
        #expect(throws: HandlerOptionError.self) { try Self.handler([]) }
    }

    @Test func versionOneOfTheProxyProtocolIsALine() async throws {
        let handler = try Self.handler(["SendProxy": "v1"], [Self.target("a")])
        let client = Self.client(reachable: ["a"])
        _ = try await client.serve(with: handler)
        #expect(client.peers[0].text == "PROXY TCP4 192.0.2.1 192.0.2.2 4711 80\r\nword")
    }

    @Test func versionOneTellsAddressesOfIPv6AndNoOthers() async throws {
        let handler = try Self.handler(["SendProxy": "v1"], [Self.target("a")])
        var facts = ClientFacts()
        facts.remoteAddress = SocketAddress(try #require(IPAddress("2001:db8::1")), port: 1)
        facts.localAddress = SocketAddress(try #require(IPAddress("2001:db8::2")), port: 2)
        let client = Self.client(facts: facts, reachable: ["a"])
        _ = try await client.serve(with: handler)
        #expect(client.peers[0].text == "PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\nword")
        facts.remoteAddress = SocketAddress(UnixPeer(processID: 1, userID: 2))
        let local = Self.client(facts: facts, reachable: ["a"])
        _ = try await local.serve(with: handler)
        #expect(local.peers[0].text == "PROXY UNKNOWN\r\nword")
    }

    @Test(arguments: [false, true])
    func aTargetWithThePortOfItsClientsSpeaksTLSAsTheyDo(_ isTLS: Bool) async throws {
        let handler = try Self.handler([TargetOptions(section: "T", host: "a", port: 0)])
        var facts = ClientFacts()
        if isTLS { facts.tlsVersion = "TLSv1.3" }
        let client = Self.client(facts: facts, reachable: ["a"])
        _ = try await client.serve(with: handler)
        #expect(client.peers[0].client.isTLS == isTLS)
    }

    @Test func keysOfTLSWithoutATargetThatSpeaksItAreWarnedOf() throws {
        let warnings = Mutex<[String]>([])
        func warn(_ texts: [String: String], _ target: TargetOptions) throws -> [String] {
            warnings.withLock { $0 = [] }
            _ = try ProxyHandler(
                HandlerOptions(of: ProxyHandler.self, texts, targets: [target]) { key, _ in
                    warnings.withLock { $0.append(key) }
                })
            return warnings.withLock { $0 }
        }
        let tls = TargetOptions(section: "T", host: "a", port: 443, usesTLS: true)
        let files = ["TarCA": "/a", "TarCert": "/b", "TarKey": "/c"]
        #expect(try warn(files, Self.target("a")) == ["TarCA", "TarCert", "TarKey"])
        #expect(try warn(files, tls) == [])
        #expect(try warn(["TarCA": "/a", "TarVerify": "False"], tls) == ["TarCA"])
        #expect(try warn(["TarKey": "/c"], tls) == ["TarKey"])
    }

    /// A header of the client's own is what it says after ours.
    @Test func aClientCannotSayThatItIsSomebodyElse() async throws {
        let handler = try Self.handler(["SendProxy": "v1"], [Self.target("a")])
        let lie = "PROXY TCP4 198.51.100.1 192.0.2.2 1 80\r\n"
        let client = ScriptedClient([.send(lie), .end])
        client.answer("a:80", with: [.end])
        _ = try await client.serve(with: handler)
        #expect(client.peers[0].text == "PROXY TCP4 192.0.2.1 192.0.2.2 4711 80\r\n" + lie)
    }

    @Test func versionTwoTellsNameProtocolAndTLS() async throws {
        let handler = try Self.handler(["SendProxy": "v2"], [Self.target("a")])
        var facts = ClientFacts()
        facts.serverName = "www.test"
        facts.applicationProtocol = "h2"
        facts.tlsVersion = "TLSv1.3"
        facts.tlsCipher = "TLS_X"
        facts.certificate = ClientCertificate(
            subject: "CN=al\\,ice,O=x\\,CN=admin", issuer: "CN=CA", commonName: "al,ice",
            fingerprint: "")
        facts.remoteAddress = SocketAddress(try #require(IPAddress("2001:db8::1")), port: 258)
        facts.localAddress = SocketAddress(try #require(IPAddress("2001:db8::2")), port: 443)
        let client = Self.client(facts: facts, reachable: ["a"])
        _ = try await client.serve(with: handler)
        let head: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x21, 0x21]
        let v6: [UInt8] = [0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11)
        let addresses = v6 + [1] + v6 + [2] + [1, 2, 1, 187]
        let fields: [UInt8] =
            [1, 0, 2] + Array("h2".utf8) + [2, 0, 8] + Array("www.test".utf8)
            + [0x20, 0, 32, 7, 0, 0, 0, 0, 0x21, 0, 7] + Array("TLSv1.3".utf8)
            + [0x22, 0, 6] + Array("al,ice".utf8) + [0x23, 0, 5] + Array("TLS_X".utf8)
        let count = addresses.count + fields.count
        #expect(
            client.peers[0].output
                == head + [0, UInt8(count)] + addresses + fields + Array("word".utf8))
    }

    /// The first byte of what is told of TLS says whether a certificate was shown, now or earlier; the
    /// next four are 0 only for one that was verified (2.2.6 of the specification).
    @Test(
        arguments: [
            (nil, [1, 0, 0, 0, 1]), (false, [7, 0, 0, 0, 0]), (true, [5, 0, 0, 0, 0]),
        ] as [(Bool?, [UInt8])])
    func versionTwoTellsWhetherACertificateIsVerified(
        _ isOfEarlierConnection: Bool?, _ told: [UInt8]
    ) async throws {
        let handler = try Self.handler(["SendProxy": "v2"], [Self.target("a")])
        var facts = ClientFacts()
        facts.tlsVersion = "TLSv1.3"
        facts.certificate = isOfEarlierConnection.map {
            ClientCertificate(
                subject: "O=x", issuer: "CN=CA", fingerprint: "", isOfEarlierConnection: $0)
        }
        let client = Self.client(facts: facts, reachable: ["a"])
        _ = try await client.serve(with: handler)
        // After 16 bytes of head and 12 of addresses and ports; without a name of the certificate.
        let fields: [UInt8] = [0x20, 0, 15] + told + [0x21, 0, 7] + Array("TLSv1.3".utf8)
        #expect(client.peers[0].output.dropFirst(28) == (fields + Array("word".utf8))[...])
    }

    @Test func versionTwoOfAUnixClientHasNoAddresses() async throws {
        let handler = try Self.handler(["SendProxy": "v2"], [Self.target("a")])
        var facts = ClientFacts()
        facts.remoteAddress = SocketAddress(UnixPeer(processID: 1, userID: 2))
        let client = Self.client(facts: facts, reachable: ["a"])
        _ = try await client.serve(with: handler)
        #expect(client.peers[0].output.dropFirst(12).prefix(4) == [0x21, 0, 0, 0])
    }
}

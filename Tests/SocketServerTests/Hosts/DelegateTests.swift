import NetworkTypes
import Platform
import Serving
import TestSupport
import Testing

@testable import SocketServer

/// Handlers that hand their clients to others, which the host makes for them.
@Suite struct DelegateTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("a page\n", to: "index.html")
    }

    private var options: SocketServer.Options {
        var options = SocketServer.Options()
        options.handlers = BuiltinHandlers.all + [SortingHandler.self]
        return options
    }

    /// How a host in code gets the handler.
    enum Way: CaseIterable { case named, made }

    private func source(_ way: Way) -> HandlerSource {
        let path = directory.path
        return switch way {
        case .named: .named("sorting", ["WebDocDir": path])
        case .made:
            .made { options in
                SortingHandler(
                    web: try options.handler(named: "WEB", ["webdocdir": path]),
                    rest: try options.handler(named: "echo"))
            }
        }
    }

    private func host(_ handler: HandlerSource, tag: String = "sorting") -> IcsHost {
        var host = IcsHost(on: ["127.0.0.1"], plain: 0, ssl: 0, handler: handler)
        host.tag = tag
        return host
    }

    /// A plain and a TLS client.
    private func clients(_ server: SocketServer) throws -> [any TestClient] {
        try server.listeners.map { listener in
            let plain = try PlainClient(to: "127.0.0.1", port: listener.address?.port ?? 0)
            return listener.isTLS ? try TLSClient(over: plain, name: nil) : plain
        }
    }

    private func expectPage(_ client: any TestClient) throws {
        // The handler sees the beginning first.
        try client.send("GE")
        try client.send("T / HTTP/1.0\r\n\r\n")
        let answer = try client.receiveText()
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.hasSuffix("\r\n\r\na page\n"))
    }

    @Test(arguments: Way.allCases)
    func theFirstBytesDecide(_ way: Way) async throws {
        let server = SocketServer([host(source(way))], options: options)
        try await server.listen()
        for client in try clients(server) { try expectPage(client) }
        for client in try clients(server) {
            #expect(try client.echoes("no request"))
            #expect(try client.echoes("again"))
        }
        await server.drain(within: .zero)
    }

    @Test func clientsStayOverAChangeOfOtherHosts() async throws {
        let sorting = host(source(.made))
        let server = SocketServer([sorting, EchoHost.host(tag: "gone")], options: options)
        try await server.listen()
        let before = try clients(server).prefix(2)
        for client in before { #expect(try client.echoes("before")) }
        try await server.apply([sorting, EchoHost.host(tag: "added")])
        for client in before { #expect(try client.echoes("after")) }
        for client in try clients(server).prefix(2) { try expectPage(client) }
        try await server.apply([host(source(.named))])
        for client in try clients(server) { try expectPage(client) }
        await server.drain(within: .zero)
    }

    @Test func targetsAreThoseOfTheHost() async throws {
        let target = SocketServer([EchoHost.host(EchoHost.greeting("target"))])
        try await target.listen()
        var host = host(.named("sorting", ["WebDocDir": directory.path, "Rest": "proxy"]))
        host.targets = [
            IcsHost.Target("127.0.0.1", port: Int(target.listeners[0].address?.port ?? 0))
        ]
        let server = SocketServer([host], options: options)
        try await server.listen()
        for client in try clients(server) {
            try client.send("no request")
            #expect(try client.receive("target\nno request"))
        }
        for client in try clients(server) { try expectPage(client) }
        await server.drain(within: .zero)
        await target.drain(within: .zero)
    }

    @Test func aFileNamesTheHandlerAndItsKeys() async throws {
        let text = """
            [IcsHost a]
            Hosts=*
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            BindSslPort=auto
            DrainTimeout=3600
            Handler=sorting

            """
        let path = try directory.write(text + "WebDocDir=\(directory.path)\n", to: "a.conf")
        let server = try SocketServer(file: path, handlers: options.handlers)
        try await server.listen()
        for client in try clients(server) { try expectPage(client) }
        let old = try clients(server)
        for client in old { #expect(try client.echoes("before")) }
        try directory.write(
            text + "WebDocDir=\(directory.path)\nRest=discard\n", to: "a.conf")
        try await server.apply(file: path)
        for client in old { #expect(try client.echoes("after")) }
        for client in try clients(server) {
            try client.send("thrown away")
            client.endOutput()
            #expect(try client.receiveAll() == [])
        }
        await server.drain(within: .zero)
    }

    /// A mistake in what a handler asks for, with the message about its host.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let message: String
        let source: HandlerSource
        var testDescription: String { message }
    }

    private static func asking(
        _ message: String, _ name: String, _ keys: KeyValuePairs<String, String> = [:]
    ) -> Mistake {
        Mistake(
            message: message,
            source: .made { options in
                let rest = try options.handler(named: name, keys)
                return SortingHandler(web: rest, rest: rest)
            })
    }

    static let mistakes = [
        asking("Handler: no handler named \"ech\": did you mean \"echo\"?", "ech"),
        asking("Handler: echo: Word: the handler echo has no keys", "echo", ["Word": "a"]),
        asking(
            "Handler: web: WebDocDirs: the handler web has no such key: did you mean "
                + "\"WebDocDir\"?", "web", ["WebDocDirs": "/"]),
        asking(
            "Handler: web: WebHsts: must be a number from 0 to 63072000, not \"-1\"", "web",
            ["WebDocDir": "/", "WebHsts": "-1"]),
        asking(
            "Handler: web: WebHsts: is given 2 times: give it once", "web",
            ["WebDocDir": "/", "WebHsts": "1", "webhsts": "2"]),
        asking(
            "Handler: web: WebDocDir: must be a local path, not \"C:\\web\": [PathMap] is for "
                + "files", "web", ["WebDocDir": "C:\\web"]),
        asking(
            "Handler: web: WebDocDir: must name the directory of the documents", "web"),
        asking(
            "Handler: web: WebDocDir: /no/such: No such file or directory", "web",
            ["WebDocDir": "/no/such"]),
        asking("Handler: no handler named \"sorting#1\": there are ", "sorting#1"),
    ]

    @Test(arguments: mistakes)
    func mistakesNameHandlerKeyAndPlace(_ mistake: Mistake) async throws {
        let line = #line + 1
        let host = IcsHost(on: ["127.0.0.1"], plain: 0, handler: mistake.source)
        let server = SocketServer([host])
        let error = await #expect(throws: ListenError.self) { try await server.listen() }
        let text = try #require(error).description
        #expect(text.contains(mistake.message))
        #expect(text.contains("DelegateTests.swift:\(line)"))
    }

    @Test func aKeyOfTheFileIsBlamedAtItsPlace() async throws {
        let text = """
            [IcsHost a]
            Hosts=*
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            Handler=sorting
            WebDocDir=\(directory.path)
            WebDefDoc=a/b

            """
        let path = try directory.write(text, to: "a.conf")
        let server = try SocketServer(file: path, handlers: options.handlers)
        let error = await #expect(throws: ListenError.self) { try await server.listen() }
        let message = try #require(error).description
        #expect(message.contains("\(path):7:11: error: WebDefDoc: must be names of files"))
    }

    @Test func aHandlerThatMakesItselfIsRefused() async throws {
        struct Circle: Handler {
            static let name = "circle"
            static let summary = "makes itself"
            init(_ options: HandlerOptions) throws { _ = try options.handler(named: "circle") }
            func serve(_ client: Client) async throws -> Afterwards { .close }
        }
        var options = SocketServer.Options()
        options.handlers = [Circle.self]
        let server = SocketServer([EchoHost.host(.named("circle"))], options: options)
        let error = await #expect(throws: ListenError.self) { try await server.listen() }
        #expect(try #require(error).description.contains("circle, which makes circle"))
    }

    @Test func aHandlerWithoutTheTraitsIsRefused() async throws {
        let host = EchoHost.host(.made { ExecOnly(try $0.handler(named: "exec")) })
        let server = SocketServer([host])
        let error = await #expect(throws: ListenError.self) { try await server.listen() }
        #expect(
            try #require(error).description.contains(
                "exec-only hands clients to exec: its traits must have extraDescriptors: 1"))
    }

    private struct ExecOnly: Handler {
        static let name = "exec-only"
        static let summary = "runs a program"
        init(_ options: HandlerOptions) throws {}
        init(_ rest: any Handler) {}
        func serve(_ client: Client) async throws -> Afterwards { .close }
    }

    @Test func nothingIsMadeAfterTheInit() async throws {
        struct Late: Handler {
            static let name = "late"
            static let summary = "asks when a client comes"
            let options: HandlerOptions
            init(_ options: HandlerOptions) { self.options = options }
            func serve(_ client: Client) async throws -> Afterwards {
                do { return .delegate(to: try options.handler(named: "echo")) } catch {
                    try await client.write("\((error as? HandlerOptionError)?.message ?? "")")
                    return .close
                }
            }
        }
        let server = SocketServer([EchoHost.host(.made { Late($0) })])
        try await server.listen()
        let text = try server.connect().receiveText()
        #expect(
            text
                == "late asks for the handler echo after its init: ask in init, and keep the handler"
        )
        await server.drain(within: .zero)
    }

    /// Notes its start and its stop.
    private struct Noting: LastingHandler {
        static let name = "noting"
        static let summary = "notes its start and stop"
        static let notes = Lock<[String]>([])
        static let keys: [any DeclaredKey] = [inner]
        static let inner = HandlerKey("Inner", .text, default: "", help: "Who is made.")
        let title: String
        let next: (any Handler)?

        init(_ options: HandlerOptions) throws {
            title = options[Self.inner]
            next = title == "outer" ? try options.handler(named: "inner-noting") : nil
        }

        func start(_ host: HostContext) async throws { note("start \(title) \(host.hostTag)") }
        func stop() async { note("stop \(title)") }
        func serve(_ client: Client) async throws -> Afterwards { .delegate(to: next ?? self) }
        private func note(_ text: String) { Self.notes.withLock { $0.append(text) } }
    }

    /// The same as a handler of another name, which serves.
    private struct InnerNoting: LastingHandler {
        static let name = "inner-noting"
        static let summary = "notes, and echoes"
        init(_ options: HandlerOptions) {}
        func start(_ host: HostContext) async throws {
            Noting.notes.withLock { $0.append("start inner \(host.hostTag)") }
        }
        func stop() async { Noting.notes.withLock { $0.append("stop inner") } }
        func reopenLogs() { Noting.notes.withLock { $0.append("reopen") } }
        var targets: [TargetStatus] {
            [TargetStatus(section: "T", address: "a:1", state: .down, clients: 0)]
        }
        func serve(_ client: Client) async throws -> Afterwards {
            while try await client.read({ client.send($0) }) {}
            return .close
        }
    }

    @Test func handlersThatLastLiveAsLongAsTheirHost() async throws {
        var options = SocketServer.Options()
        options.handlers = [Noting.self, InnerNoting.self]
        let host = EchoHost.host(.named("noting", ["Inner": "outer"]), tag: "H")
        let server = SocketServer([host], options: options)
        try await server.listen()
        #expect(Noting.notes.withLock { $0 } == ["start inner H", "start outer H"])
        #expect(try server.connect().echoes("hello"))
        #expect(server.hosts[0].reasons.contains { $0.contains("target") })
        server.control?.server.reopenLogs()
        try await server.apply([host, EchoHost.host(tag: "another")])
        await server.drain(within: .zero)
        #expect(
            Noting.notes.withLock { $0 } == [
                "start inner H", "start outer H", "reopen", "stop outer", "stop inner",
            ])
    }
}

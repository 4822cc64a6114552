import HandlerAPI
import NetworkTypes
import Platform
import TestSupport
import Testing

@testable import SocketServer

/// The events of a server, as its consumers get them.
@Suite struct EventsTests {
    private struct Oops: Error, Equatable {}

    /// Takes events until one has this word.
    private static func take(
        _ events: SocketServer.Events, until word: String
    ) async -> [String] {
        var words: [String] = []
        for await event in events {
            words.append(event.word)
            if event.word == word { return words }
        }
        return words + ["the end"]
    }

    @Test func aClientIsAcceptedConnectedAndDisconnected() async throws {
        let server = SocketServer([EchoHost.host(tag: "echo")])
        let events = server.events()
        try await server.listen()
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        client.endOutput()
        #expect(try client.receiveAll() == [])
        var infos: [ClientInfo] = []
        var words: [String] = []
        for await event in events {
            words.append(event.word)
            switch event {
            case .accepted(let info), .connected(let info): infos.append(info)
            case .disconnected(let info, let reason):
                infos.append(info)
                #expect(reason == .peerClosed)
                #expect(info.bytesIn == 5)
                #expect(info.bytesOut == 5)
                #expect(info.phase == .closed)
                #expect(info.duration > .zero)
            default: break
            }
            if event.word == "disconnected" { break }
        }
        let expected = ["up echo", "listening", "accepted", "connected", "disconnected"]
        #expect(words == expected)
        #expect(Set(infos.map(\.id)).count == 1)
        #expect(infos.map(\.hostTag) == [nil, "echo", "echo"])
        #expect(infos.allSatisfy { $0.listener.id == server.listeners[0].id })
        await server.drain()
        #expect(await Self.take(events, until: "ended") == ["draining", "ended"])
    }

    @Test func refusedClientsFailedHandshakesAndErrorsOfHandlers() async throws {
        var options = SocketServer.Options()
        options.maxClients = 1
        let failing = HandlerSource.serve { client in
            _ = try await client.readLine()
            throw Oops()
        }
        let server = SocketServer([EchoHost.host(failing)], options: options)
        try await server.listen()
        let events = server.events()
        let client = try server.connect()
        #expect(await Self.take(events, until: "connected") == ["accepted", "connected"])
        _ = try server.connect().receiveToEnd()
        let refused = ["accepted", "refused too-many-clients"]
        #expect(await Self.take(events, until: "refused too-many-clients") == refused)
        try client.send("\n")
        let iterator = events.makeAsyncIterator()
        guard case .handlerFailed(_, let error)? = await iterator.next() else {
            throw TestFailure("no error of the handler")
        }
        #expect(error as? Oops == Oops())
        #expect(await Self.take(events, until: "disconnected") == ["disconnected"])
        await server.drain()
    }

    @Test func aHandshakeFails() async throws {
        let server = SocketServer([
            IcsHost(["a.test"], on: ["127.0.0.1"], ssl: 0, handler: EchoHost.echo)
        ])
        try await server.listen()
        let events = server.events()
        let client = try server.connect()
        try client.send("GET / HTTP/1.1\r\n\r\n")
        _ = try client.receiveToEnd()
        #expect(
            await Self.take(events, until: "handshakeFailed") == ["accepted", "handshakeFailed"])
        await server.drain()
        #expect(await Self.take(events, until: "ended") == ["draining", "ended"])
    }

    @Test func hostsComeUpAndGoDown() async throws {
        let port = try ReservedPort(isListening: true)
        let good = EchoHost.host(tag: "good")
        let server = SocketServer([good, EchoHost.host(tag: "taken", port: .number(port.number))])
        let events = server.events()
        try await server.listen()
        #expect(
            await Self.take(events, until: "listening") == ["up good", "down taken", "listening"])
        try await server.apply([EchoHost.host(tag: "new")])
        let news = await Self.take(events, until: "down good")
        #expect(news == ["up new", "down good"])
        await server.drain()
    }

    @Test func eachConsumerHasItsOwnBuffer() async throws {
        let feed = EventFeed()
        let small = EventSubscription(to: feed, limit: 4)
        let large = EventSubscription(to: feed, limit: 100)
        for number in 0..<10 { feed.post(.hostUp(tag: "\(number)")) }
        var words: [String] = []
        for _ in 0..<5 { words.append(await small.buffer.next()?.word ?? "-") }
        #expect(words == ["up 0", "up 1", "up 2", "up 3", "dropped 6"])
        feed.post(.hostUp(tag: "10"))
        #expect(await small.buffer.next()?.word == "up 10")
        for number in 0...10 { #expect(await large.buffer.next()?.word == "up \(number)") }
    }

    /// The number of dropped events stands where they are missing.
    @Test func droppedEventsAreCountedInTheirPlace() async throws {
        let feed = EventFeed()
        let consumer = EventSubscription(to: feed, limit: 3)
        for number in 0..<5 { feed.post(.hostUp(tag: "\(number)")) }
        #expect(await consumer.buffer.next()?.word == "up 0")
        #expect(await consumer.buffer.next()?.word == "up 1")
        feed.post(.hostUp(tag: "5"))
        feed.post(.hostUp(tag: "6"))
        var words: [String] = []
        for _ in 0..<4 { words.append(await consumer.buffer.next()?.word ?? "-") }
        #expect(words == ["up 2", "dropped 2", "up 5", "dropped 1"])
    }

    @Test func nothingIsBuiltWhenNobodyListens() async throws {
        let feed = EventFeed()
        #expect(!feed.isWatching)
        feed.post(unwanted())
        do {
            let consumer = EventSubscription(to: feed, limit: 1)
            #expect(feed.isWatching)
            withExtendedLifetime(consumer) {}
        }
        #expect(!feed.isWatching)
        feed.post(unwanted())
    }

    private func unwanted() -> SocketServer.Event {
        Issue.record("an event was built")
        return .dropped(0)
    }

    @Test func aCancelledConsumerAndTheLastOfAServerEnd() async throws {
        var server = Optional(SocketServer([EchoHost.host()]))
        let events = try #require(server).events()
        let cancelled = Task { await events.makeAsyncIterator().next()?.word }
        cancelled.cancel()
        #expect(await cancelled.value == nil)
        let last = Task { await events.makeAsyncIterator().next()?.word }
        server = nil
        #expect(await last.value == nil)
    }
}

extension SocketServer.Event {
    /// A short form.
    fileprivate var word: String {
        switch self {
        case .stateChanged(let state): "\(state)"
        case .accepted: "accepted"
        case .connected: "connected"
        case .disconnected: "disconnected"
        case .refused(_, let reason): "refused \(reason.rawValue)"
        case .handshakeFailed: "handshakeFailed"
        case .handlerFailed: "handlerFailed"
        case .hostUp(let tag): "up \(tag)"
        case .hostDown(let tag, _): "down \(tag)"
        case .error(let text): "error \(text)"
        case .dropped(let count): "dropped \(count)"
        }
    }
}

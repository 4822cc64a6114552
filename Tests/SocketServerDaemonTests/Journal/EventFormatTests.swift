import HandlerAPI
import NetworkTypes
import Serving
import Testing

@testable import SocketServerDaemon
@testable import Systemd

@Suite struct EventFormatTests {
    /// The client of an event that is about one, nil for the others.
    private static let clientKinds: Set<EventKind> = [
        .clientClosed, .clientRefused, .handshakeFailed, .handlerFailed, .handlerRecord,
    ]
    private static let listenerKinds: Set<EventKind> = [
        .listenerOpened, .listenerClosed, .listenerPaused, .listenerResumed,
    ]

    private static let client = ClientFacts(
        id: 7, address: SocketAddress(IPAddress(v4: 0xC000_0201), port: 4711),
        serverName: "a.test", tlsVersion: "TLSv1.3", tlsGroup: "X25519", bytesIn: 1, bytesOut: 2048,
        microseconds: 1_500_000)

    private static func event(
        _ kind: EventKind, reason: CloseReason? = nil, detail: String = "",
        level: LogLevel = .info
    ) -> ServerEvent {
        var event = ServerEvent(kind, level, hostTag: "SHOP", detail: detail)
        event.handler = "echo"
        event.reason = reason
        if clientKinds.contains(kind) { event.client = client }
        if clientKinds.contains(kind) || listenerKinds.contains(kind) {
            event.listener = "0.0.0.0:443 ssl"
        }
        return event
    }

    private static let subject = "client 192.0.2.1:4711 (a.test) of SHOP on 0.0.0.0:443 ssl"

    @Test func aRefusalNamesTheLimitAndItsLine() {
        var event = Self.event(
            .clientRefused, reason: .addressDenied, detail: "DenyFrom has it (/etc/deny.list:7)")
        event.limit = ServerEvent.Limit(name: "DenyFrom", place: "/etc/deny.list:7")
        #expect(
            EventFormat.message(event)
                == Self.subject
                + " was refused: the address may not connect: DenyFrom has it (/etc/deny.list:7)")
        var record = JournalRecord()
        EventFormat.fill(&record, with: event)
        let text = String(decoding: record.bytes, as: UTF8.self)
        #expect(text.contains("CLOSE_REASON=address-denied"))
        #expect(text.contains("LIMIT=DenyFrom"))
        #expect(text.contains("LIMIT_PLACE=/etc/deny.list:7"))
    }

    @Test(
        arguments: [
            (.listenerOpened, "listener 0.0.0.0:443 ssl is open"),
            (.listenerClosed, "listener 0.0.0.0:443 ssl is closed"),
            (.listenerPaused, "listener 0.0.0.0:443 ssl is paused"),
            (.listenerResumed, "listener 0.0.0.0:443 ssl accepts clients again"),
            (.handlerFailed, "\(subject): handler echo failed"), (.handlerRecord, subject),
            (.hostRecord, "host SHOP"), (.hostUp, "host SHOP is up"),
            (.hostDown, "host SHOP is down"), (.hostDegraded, "host SHOP is degraded"),
            (.hostOutdated, "host SHOP keeps its previous settings"),
            (.hostRemoved, "host SHOP is no longer configured"),
            (.certificateMade, "host SHOP has no certificate"),
            (.certificateWarning, "host SHOP has a certificate problem"),
            (.certificateReplaced, "host SHOP uses a new certificate"),
            (
                .certificateRefused,
                "host SHOP keeps its certificate because the new one cannot be used"
            ),
            (
                .trustReplaced,
                "host SHOP verifies clients against new authorities or revocation lists"
            ),
            (
                .trustRefused,
                "host SHOP keeps its authorities and revocation lists because the new ones cannot be "
                    + "used"
            ),
        ] as [(EventKind, String)])
    func namesTheSubjectAndWhatHappened(_ kind: EventKind, _ message: String) {
        #expect(EventFormat.message(Self.event(kind)) == message)
        #expect(EventFormat.message(Self.event(kind, detail: "why")) == "\(message): why")
    }

    @Test(
        arguments: [
            (.served, "served"), (.peerClosed, "closed by the client"),
            (.disconnected, "connection lost"), (.timeout, "timed out"),
            (.protocolError, "protocol error"), (.targetFailed, "target failed"),
            (.handlerError, "handler failed"), (.aborted, "aborted before all data was sent"),
            (.drained, "DrainTimeout expired"),
            (.disconnectedByOperator, "disconnected by an operator"),
            (.disconnectedByProgram, "disconnected by the program"),
            (.systemError, "system error"),
        ] as [(CloseReason, String)])
    func aClosedClientHasItsReasonAndItsCounters(_ reason: CloseReason, _ words: String) {
        #expect(
            EventFormat.message(Self.event(.clientClosed, reason: reason))
                == "\(Self.subject) closed: \(words), 1 byte in, 2048 bytes out, 1.5 s")
    }

    @Test(
        arguments: [
            (.tooManyClients, "MaxClients are connected"),
            (.hostTooBusy, "the last tenth of MaxClients is reserved for hosts with fewer clients"),
            (.hostDown, "its host is down"), (.unrecognizedName, "no host has its server name"),
        ] as [(CloseReason, String)])
    func aRefusedClientHasItsReason(_ reason: CloseReason, _ words: String) {
        #expect(
            EventFormat.message(Self.event(.clientRefused, reason: reason))
                == "\(Self.subject) was refused: \(words)")
    }

    @Test func aFailedHandshakeHasTheErrorOrTheTimeout() {
        let failed = Self.event(.handshakeFailed, reason: .handshakeFailed, detail: "unknown ca")
        #expect(
            EventFormat.message(failed) == "\(Self.subject) failed its TLS handshake: unknown ca")
        let late = Self.event(.handshakeFailed, reason: .handshakeTimeout)
        #expect(EventFormat.message(late) == "\(Self.subject) failed its TLS handshake: timed out")
    }

    /// Events of the whole daemon are formatted where they are posted.
    @Test(arguments: EventKind.allCases)
    func everyKindHasAMessage(_ kind: EventKind) {
        let message = EventFormat.message(Self.event(kind, reason: .served, detail: "the detail"))
        #expect(message.hasSuffix("the detail"))
        #expect(
            EventFormat.line(Self.event(kind, reason: .served, detail: "the detail"))
                == "info: \(message)\n")
    }

    @Test(
        arguments: [
            (.error, "error"), (.warning, "warning"), (.notice, "notice"), (.info, "info"),
            (.debug, "debug"),
        ] as [(LogLevel, String)])
    func aLineStartsWithItsLevel(_ level: LogLevel, _ word: String) {
        #expect(
            EventFormat.line(Self.event(.hostUp, level: level)) == "\(word): host SHOP is up\n")
    }

    @Test func hostsThatShareATagHaveTheirSection() {
        var event = Self.event(.hostDown, detail: "no address")
        event.hostSection = "Host2"
        #expect(EventFormat.message(event) == "host SHOP [Host2] is down: no address")
    }

    @Test func controlCharactersAreEscapedAndLinesKept() {
        let event = ServerEvent(.configuration, .error, detail: "one\ntwo\u{1B}[31m")
        let message = EventFormat.message(event)
        #expect(message.hasPrefix("one\ntwo") && !message.contains("\u{1B}"))
    }

    @Test(
        arguments: [
            (.clientRefused, .tooManyClients, "312 clients of SHOP were refused"),
            (.handshakeFailed, .handshakeTimeout, "312 handshakes with SHOP failed"),
            (.handlerFailed, nil, "handler echo failed for 312 clients of SHOP"),
            (.handlerRecord, nil, "312 records of handlers about clients"),
            (.clientClosed, .timeout, "312 clients of SHOP closed"),
        ] as [(EventKind, CloseReason?, String)])
    func aFloodIsOneMessage(_ kind: EventKind, _ reason: CloseReason?, _ words: String) throws {
        var event = Self.event(kind, reason: reason)
        let network = try #require(IPNetwork("198.51.100.0/24"))
        event.flood = EventFlood(count: 312, origin: .network(network))
        #expect(EventFormat.message(event).hasPrefix("\(words) from 198.51.100.0/24 in 10 s"))
    }
}

public import CoreMetrics
internal import HandlerAPI
public import SocketServer

/// Counts the events of a server with swift-metrics.
///
/// ```swift
/// let metrics = EventMetrics(server)
/// async let counting: Void = metrics.run()
/// try await server.run()
/// await counting
/// ```
///
/// | metric | kind | dimensions |
/// |---|---|---|
/// | `socketserver_clients`, `socketserver_hosts_up` | meter | |
/// | `socketserver_accepted_total` | counter | `listener` |
/// | `socketserver_disconnected_total`, `socketserver_refused_total` | counter | `host`, `reason` |
/// | `socketserver_handshakes_failed_total`, `socketserver_handler_errors_total` | counter | `host` |
/// | `socketserver_received_bytes_total`, `socketserver_sent_bytes_total` | counter | `host` |
/// | `socketserver_connection_duration` | timer | `host` |
/// | `socketserver_events_dropped_total` | counter | |
///
/// Bytes are counted when their client is disconnected. A host without a tag, or a client without a host, has the
/// dimension `none`.
public struct EventMetrics: Sendable {
    private let server: SocketServer
    private let events: SocketServer.Events
    private let label: String
    private let factory: any MetricsFactory
    private let interval: Duration

    /// Collects the events of a server from now on.
    ///
    /// - Parameters:
    ///   - server: the server.
    ///   - label: what the names of the metrics begin with.
    ///   - interval: how often the meters are set.
    ///   - factory: creates the metrics.
    ///   - limit: how many events may wait to be counted; those beyond are in `events_dropped_total` only.
    public init(
        _ server: SocketServer, label: String = "socketserver",
        every interval: Duration = .seconds(5),
        factory: any MetricsFactory = MetricsSystem.factory, buffering limit: Int = 65_536
    ) {
        self.server = server
        self.label = label
        self.factory = factory
        self.interval = interval
        events = server.events(buffering: limit)
    }

    /// Counts until the server has ended, or until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await measure() }
            await count()
            group.cancelAll()
        }
        setMeters()
    }

    private func measure() async {
        while !Task.isCancelled {
            setMeters()
            try? await Task.sleep(for: interval)
        }
    }

    private func setMeters() {
        Meter(label: "\(label)_clients", factory: factory).set(server.numbers.clients)
        Meter(label: "\(label)_hosts_up", factory: factory)
            .set(server.hosts.count { $0.state == .up || $0.state == .degraded })
    }

    private func count() async {
        var metrics = MetricTable(label: label, factory: factory)
        for await event in events {
            metrics.count(event)
            if case .stateChanged(.ended) = event { return }
        }
    }
}

/// The metrics of one consumer: each is created once.
private struct MetricTable {
    /// The name and dimensions of a metric.
    private struct Key: Hashable {
        let name: String
        let first: String
        let second: String
    }

    private let label: String
    private let factory: any MetricsFactory
    private var counters: [Key: Counter] = [:]
    private var timers: [String: Timer] = [:]

    init(label: String, factory: any MetricsFactory) {
        self.label = label
        self.factory = factory
    }

    mutating func count(_ event: SocketServer.Event) {
        switch event {
        case .accepted(let client):
            add("accepted", [("listener", "\(client.listener)")])
        case .disconnected(let client, let reason):
            let host = Self.host(client)
            add("disconnected", [host, ("reason", reason.rawValue)])
            add("received_bytes", [host], Int(clamping: client.bytesIn))
            add("sent_bytes", [host], Int(clamping: client.bytesOut))
            record(client.duration, host)
        case .refused(let client, let reason):
            add("refused", [Self.host(client), ("reason", reason.rawValue)])
        case .handshakeFailed(let client, _):
            add("handshakes_failed", [Self.host(client)])
        case .handlerFailed(let client, _):
            add("handler_errors", [Self.host(client)])
        case .dropped(let count):
            add("events_dropped", [], count)
        case .stateChanged, .connected, .hostUp, .hostDown, .error:
            break
        }
    }

    private static func host(_ client: ClientInfo) -> (String, String) {
        ("host", client.hostTag.flatMap { $0.isEmpty ? nil : $0 } ?? "none")
    }

    private mutating func add(_ name: String, _ dimensions: [(String, String)], _ amount: Int = 1) {
        let key = Key(
            name: name, first: dimensions.first?.1 ?? "",
            second: dimensions.dropFirst().first?.1 ?? "")
        let counter =
            counters[key]
            ?? Counter(label: "\(label)_\(name)_total", dimensions: dimensions, factory: factory)
        counters[key] = counter
        counter.increment(by: amount)
    }

    private mutating func record(_ duration: Duration, _ host: (String, String)) {
        let timer =
            timers[host.1]
            ?? Timer(label: "\(label)_connection_duration", dimensions: [host], factory: factory)
        timers[host.1] = timer
        timer.recordMicroseconds(duration / .microseconds(1))
    }
}

internal import HandlerAPI
internal import Platform
internal import Serving
internal import Synchronization

/// Gives the events of a server to all who subscribed.
final class EventFeed: Sendable {
    private let buffers = Lock<[EventBuffer]>([])
    private let isSubscribed = Atomic<Bool>(false)

    deinit {
        for buffer in buffers.withLock({ $0 }) { buffer.finish() }
    }

    /// Appends an event to the buffers; from any thread, never waits.
    func post(_ event: @autoclosure () -> SocketServer.Event) {
        guard isWatching else { return }
        let event = event()
        for buffer in buffers.withLock({ $0 }) { buffer.append(event) }
    }

    func add(_ buffer: EventBuffer) { change { $0.append(buffer) } }

    func remove(_ buffer: EventBuffer) { change { $0.removeAll { $0 === buffer } } }

    private func change(_ body: (inout [EventBuffer]) -> Void) {
        buffers.withLock { buffers in
            body(&buffers)
            isSubscribed.store(!buffers.isEmpty, ordering: .relaxed)
        }
    }
}

extension EventFeed: ServerObserver {
    var isWatching: Bool { isSubscribed.load(ordering: .relaxed) }
    func accepted(_ client: ClientInfo) { post(.accepted(client)) }
    func connected(_ client: ClientInfo) { post(.connected(client)) }
    func disconnected(_ client: ClientInfo, _ reason: CloseReason) {
        post(.disconnected(client, reason))
    }
    func refused(_ client: ClientInfo, _ reason: CloseReason) { post(.refused(client, reason)) }
    func handshakeFailed(_ client: ClientInfo, _ detail: String) {
        post(.handshakeFailed(client, reason: detail))
    }
    func handlerFailed(_ client: ClientInfo, _ error: any Error) {
        post(.handlerFailed(client, error))
    }
    func failed(_ event: ServerEvent) { post(.error(event.detail)) }
}

/// The buffer of one consumer, as long as it has the sequence.
final class EventSubscription: Sendable {
    let buffer: EventBuffer
    private weak let feed: EventFeed?

    init(to feed: EventFeed, limit: Int) {
        buffer = EventBuffer(limit: max(1, limit))
        self.feed = feed
        feed.add(buffer)
    }

    deinit { feed?.remove(buffer) }
}

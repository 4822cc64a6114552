internal import EventLoops
package import HandlerAPI
internal import Synchronization

/// The clients of a server, for programs: all from any thread, in batches so that no loop is held up, and
/// without effect once the loops have ended.
extension Server {
    /// Lists some clients of a loop.
    ///
    /// - Parameters:
    ///   - number: the loop's.
    ///   - place: 0, or the last `next`.
    /// - Returns: handles, and the `next` place, nil at the end.
    package func handles(
        ofLoop number: Int, from place: Int
    ) async -> (handles: [ClientHandle], next: Int?) {
        await batch(of: workers[number], from: place) { clients in
            clients.map { ClientHandle($0.needMailbox()) }
        } ?? ([], nil)
    }

    /// Looks for the client with a number.
    package func handle(ofClient id: UInt64) async -> ClientHandle? {
        for worker in workers {
            var place: Int? = 0
            while let from = place {
                let found = await batch(of: worker, from: from) { clients in
                    clients.first { $0.number == id }.map { ClientHandle($0.needMailbox()) }
                }
                if let handle = found?.0 { return handle }
                place = found?.next
            }
        }
        return nil
    }

    /// Whether a client is connected to this server.
    package func serves(_ handle: ClientHandle) -> Bool {
        guard let worker = (handle.mailbox as? Mailbox)?.worker else { return false }
        return workers.contains { $0 === worker }
    }

    /// Sends a message to all clients that have a handler, as ``ClientHandle/send(_:)`` does: with one closure
    /// for each loop.
    ///
    /// - Parameters:
    ///   - message: nobody gets one above ``ClientHandle/waitingLimit``.
    ///   - id: the number of a client that does not get it.
    package func sendToAll(_ message: [UInt8], except id: UInt64? = nil) {
        guard !message.isEmpty, message.count <= ClientHandle.waitingLimit else { return }
        for worker in workers { worker.loop.perform { worker.broadcast(message, except: id) } }
    }

    /// Disconnects the clients that a predicate selects.
    ///
    /// - Parameters:
    ///   - detail: why, for their records.
    ///   - isSelected: called on the loop of each client.
    /// - Returns: how many they were.
    package func disconnectAll(
        _ detail: String = "", where isSelected: @escaping @Sendable (ClientInfo) -> Bool
    ) async -> Int {
        var count = 0
        for worker in workers {
            var place: Int? = 0
            while let from = place {
                let cut = await batch(of: worker, from: from) { clients in
                    let selected = clients.filter { isSelected($0.currentInfo()) }
                    for client in selected { client.cut(.disconnectedByProgram, detail) }
                    return selected.count
                }
                count += cut?.0 ?? 0
                place = cut?.next
            }
        }
        return count
    }

    /// Calls a closure on a loop with some of its clients, on a turn of its own.
    ///
    /// - Returns: nil when the loop has ended.
    private func batch<Value: Sendable>(
        of worker: Worker, from place: Int, _ body: @escaping @Sendable ([Connection]) -> Value
    ) async -> (Value, next: Int?)? {
        await worker.loop.result(later: true) {
            let (clients, next) = worker.clients(from: place)
            return (body(clients), next: next)
        }
    }
}

extension Worker {
    /// The places of a loop that one closure inspects.
    static let placesAtOnce = 512

    /// Some clients of the loop, on it.
    ///
    /// - Parameter place: 0, or the last `next`.
    /// - Returns: the clients, and the `next` place, nil at the end.
    func clients(from place: Int) -> (clients: [Connection], next: Int?) {
        let (sources, next) = loop.sources(from: place, places: Worker.placesAtOnce)
        let clients = sources.compactMap { $0 as? Connection }
        return (clients.filter { $0.isClient && $0.worker === self }, next)
    }

    /// Sends a message to the clients from a place on, a batch on each turn.
    fileprivate func broadcast(_ message: [UInt8], except id: UInt64?, from place: Int = 0) {
        let (clients, next) = clients(from: place)
        for client in clients where client.number != id { client.broadcast(message) }
        guard let next else { return }
        loop.performLater { self.broadcast(message, except: id, from: next) }
    }
}

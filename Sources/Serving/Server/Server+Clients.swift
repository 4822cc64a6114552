internal import EventLoops
internal import HandlerAPI

/// Lists and disconnects clients in batches, so that a loop with a hundred thousand of them serves between
/// two batches.
extension Server {
    /// How many loops there are.
    package var loopCount: Int { workers.count }

    /// Lists some clients of a loop, on that loop.
    ///
    /// - Parameters:
    ///   - number: the loop's.
    ///   - place: 0, or the last `next`.
    ///   - selection: the wanted clients.
    ///   - report: called on the loop with the records and the `next` place, nil at the end.
    package func clients(
        ofLoop number: Int, from place: Int, _ selection: ClientSelection,
        then report: @escaping @Sendable (_ clients: [ClientRecord], _ next: Int?) -> Void
    ) {
        visit(number, from: place, selection) { clients, next in
            report(clients.map { $0.record(loop: number) }, next)
        }
    }

    /// Disconnects some clients of a loop as after a drain period, with the reason `operator`.
    ///
    /// - Parameters:
    ///   - number: the loop's.
    ///   - place: 0, or the last `next`.
    ///   - selection: the clients.
    ///   - report: called on the loop with their number and the `next` place.
    package func disconnect(
        ofLoop number: Int, from place: Int, _ selection: ClientSelection,
        then report: @escaping @Sendable (_ count: Int, _ next: Int?) -> Void
    ) {
        visit(number, from: place, selection) { clients, next in
            for client in clients { client.cut(.disconnectedByOperator) }
            report(clients.count, next)
        }
    }

    private func visit(
        _ number: Int, from place: Int, _ selection: ClientSelection,
        _ body: @escaping @Sendable ([Connection], Int?) -> Void
    ) {
        let worker = workers[number]
        worker.loop.perform {
            let (clients, next) = worker.clients(from: place)
            body(clients.filter { selection.contains($0) }, next)
        }
    }
}

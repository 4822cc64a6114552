internal import EventLoops

/// Looking at clients, and ending some, piece by piece: a loop with a hundred thousand of them serves
/// on between two pieces.
extension Server {
    /// How many places of a loop one errand looks into.
    private static let placesAtOnce = 512

    /// How many loops there are.
    package var loopCount: Int { workers.count }

    /// Reads what is known of some clients of a loop, on that loop.
    ///
    /// - Parameters:
    ///   - number: the loop's.
    ///   - place: 0, or the last `next`.
    ///   - selection: which clients are wanted.
    ///   - report: called on the loop with what was found, and with the `next` place, nil at the end.
    package func clients(
        ofLoop number: Int, from place: Int, _ selection: ClientSelection,
        then report: @escaping @Sendable (_ clients: [ClientRecord], _ next: Int?) -> Void
    ) {
        visit(number, from: place, selection) { clients, next in
            report(clients.map { $0.record(loop: number) }, next)
        }
    }

    /// Ends some clients of a loop as the end of a drain period would, with the reason `operator`.
    ///
    /// - Parameters:
    ///   - number: the loop's.
    ///   - place: 0, or the last `next`.
    ///   - selection: which clients.
    ///   - report: called on the loop with how many they were, and with the `next` place.
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
        let loop = workers[number].loop
        loop.perform {
            let (sources, next) = loop.sources(from: place, places: Server.placesAtOnce)
            body(sources.compactMap { $0 as? Connection }.filter { selection.contains($0) }, next)
        }
    }
}

public import HandlerAPI
internal import Serving

extension SocketServer {
    /// The connected clients; in ICS: `Client[]`.
    ///
    /// None before the server listens, and after its end.
    public var clients: Clients { Clients(server: control?.server) }

    /// The connected clients of a server.
    ///
    /// Handles for all of them: iterated as an asynchronous sequence, in no particular order. The loops are asked for
    /// 512 clients at a time, and serve between two batches. A client that connects or disconnects meanwhile may be
    /// missed, or be gone when its handle is used.
    ///
    /// ```swift
    /// for await client in server.clients where await client.state(Name.self) == name { client.disconnect() }
    /// ```
    public struct Clients: AsyncSequence, Sendable {
        fileprivate let server: Serving.Server?

        /// How many there are; in ICS: `ClientCount`.
        public var count: Int { server?.status.clients ?? 0 }

        /// The client with a number, nil when it is not connected to this server.
        ///
        /// It is looked for among all clients: keep handles rather than numbers.
        public subscript(id: UInt64) -> ClientHandle? {
            get async { await server?.handle(ofClient: id) }
        }

        /// Whether a client is connected to this server; in ICS: `IsClient`.
        public func isClient(_ handle: ClientHandle) -> Bool { server?.serves(handle) ?? false }

        /// Sends a message to all clients whose handlers have started, as `ClientHandle.send` does.
        ///
        /// Cheaper than a loop over handles: one closure for each loop, which serves others after each 512 clients. Messages
        /// to all arrive in their order; one that is sent to a single client later may overtake them.
        ///
        /// - Parameters:
        ///   - message: at most `ClientHandle.waitingLimit` bytes. A client for which more would wait does not get it.
        ///   - client: one that does not get it, such as the one it comes from.
        public func sendToAll(_ message: [UInt8], except client: ClientHandle? = nil) {
            server?.sendToAll(message, except: client?.id)
        }

        /// Sends text in UTF-8, like the bytes of it.
        public func sendToAll(_ text: String, except client: ClientHandle? = nil) {
            sendToAll(Array(text.utf8), except: client)
        }

        /// Disconnects the clients that a predicate selects, as `ClientHandle.disconnect` does.
        ///
        /// - Parameters:
        ///   - detail: why, for their records.
        ///   - isSelected: called on the loop of each client.
        /// - Returns: how many they were.
        @discardableResult
        public func disconnectAll(
            _ detail: String = "",
            where isSelected: @escaping @Sendable (ClientInfo) -> Bool = { _ in true }
        ) async -> Int {
            await server?.disconnectAll(detail, where: isSelected) ?? 0
        }

        /// Begins to iterate.
        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(server: server) }

        /// Iterates over the clients of a server.
        public struct AsyncIterator: AsyncIteratorProtocol {
            private let server: Serving.Server?
            private var loop = 0
            /// Where the next batch of the loop begins.
            private var place = 0
            private var batch: ArraySlice<ClientHandle> = []

            fileprivate init(server: Serving.Server?) {
                self.server = server
            }

            /// The next client, nil at the end and for a cancelled task.
            public mutating func next() async -> ClientHandle? {
                while batch.isEmpty {
                    guard let server, loop < server.loopCount, !Task.isCancelled else { return nil }
                    let (handles, next) = await server.handles(ofLoop: loop, from: place)
                    batch = handles[...]
                    place = next ?? 0
                    if next == nil { loop += 1 }
                }
                return batch.popFirst()
            }
        }
    }
}

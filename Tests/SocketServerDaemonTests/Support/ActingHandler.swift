import HandlerAPI
import Platform

/// A handler whose start does what the act of its test says, and which greets its clients with `Word=`, or echoes
/// when that is blank.
struct ActingHandler: LastingHandler {
    static let name = "acting"
    static let summary = "starts as its test says"
    static let keys: [any DeclaredKey] = [actKey, wordKey]
    private static let actKey = HandlerKey(
        "Act", .text, default: "", help: "The number of the act.")
    private static let wordKey = HandlerKey("Word", .text, default: "", help: "The greeting.")

    private static let acts = Lock<[String: Act]>([:])

    /// How handlers start, and how often they have.
    final class Act: Sendable {
        /// What a start does.
        enum Start {
            case succeeds
            case fails
            /// Waits until it is cancelled.
            case hangs
            /// Waits until ``Act/release()``, cancelled or not.
            case ignoresCancellation
        }

        let name: String
        private let state: Lock<(start: Start, starts: Int, stops: Int)>
        private let waiting = Lock<[CheckedContinuation<Void, Never>]>([])

        init(_ start: Start) {
            state = Lock((start, 0, 0))
            name = ActingHandler.acts.withLock { "act\($0.count)" }
            ActingHandler.acts.withLock { $0[name] = self }
        }

        deinit { release() }

        /// The keys of a host that starts so.
        var settings: String { "Handler=acting\nAct=\(name)\n" }

        func set(_ start: Start) { state.withLock { $0.start = start } }

        var starts: Int { state.withLock { $0.starts } }
        var stops: Int { state.withLock { $0.stops } }

        /// Ends the starts that ignore their cancellation.
        func release() {
            let waiting = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for one in waiting { one.resume() }
        }

        func start() async throws {
            let start = state.withLock { state in
                state.starts += 1
                return state.start
            }
            switch start {
            case .succeeds: break
            case .fails: throw ClientError.overloaded
            case .hangs: try await Task.sleep(for: .seconds(3_600))
            case .ignoresCancellation:
                await withCheckedContinuation { one in waiting.withLock { $0.append(one) } }
            }
        }

        func stop() { state.withLock { $0.stops += 1 } }
    }

    private let act: Act?
    private let word: String

    init(_ options: HandlerOptions) {
        act = ActingHandler.acts.withLock { $0[options[Self.actKey]] }
        word = options[Self.wordKey]
    }

    func start(_ host: HostContext) async throws { try await act?.start() }

    func stop() async { act?.stop() }

    func serve(_ client: Client) async throws -> Afterwards {
        guard word.isEmpty else {
            try await client.write(word)
            return .close
        }
        while try await client.read({ client.send($0) }) { try await client.flush() }
        return .close
    }
}

/// A handler that starts at once.
struct PromptHandler: LastingHandler {
    static let name = "prompt"
    static let summary = "starts at once"

    init(_ options: HandlerOptions) {}

    func start(_ host: HostContext) async throws {}

    func stop() async {}

    func serve(_ client: Client) async throws -> Afterwards {
        try await client.write("prompt")
        return .close
    }
}

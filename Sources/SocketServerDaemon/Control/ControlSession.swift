internal import EventLoops
internal import Platform

/// A control client: reads a request, sends the answer line by line, then reads the next request.
///
/// A long answer is never in memory as a whole: the next part is created when the client has read the
/// previous one.
final class ControlSession: EventSource, @unchecked Sendable {
    // Sendable because it is confined to the supervisor's loop: other threads post their results there.

    /// The maximum length of a request, in bytes.
    static let requestLimit = 4096
    /// The time limit for a request, for a part of the answer to be read, and for the daemon to answer.
    static let patience = Duration.seconds(10)
    /// How long a refused client may take to read the reason.
    private static let farewellTime = Duration.seconds(1)
    /// The number of unread bytes of an answer from which on no more is created.
    private static let outputMark = 65_536

    private let socket: StreamSocket
    private let loop: EventLoop
    private let perform: (ControlRequest, ControlSession) -> Void
    private let onEnd: (ControlSession) -> Void
    private var source: SourceID?
    private var input: [UInt8] = []
    private var output: ArraySlice<UInt8> = []
    private var interest = Readiness.readable
    private var isAnswering = false
    private var isReading = false
    private var isLast = false
    /// Whether the whole answer was sent, and the client only has to read it.
    private(set) var isLeaving = false
    /// Creates the next part of the answer when ``output`` has been sent.
    private var more: (() -> Void)?

    init(
        socket: consuming StreamSocket, on loop: EventLoop,
        onEnd: @escaping (ControlSession) -> Void,
        perform: @escaping (ControlRequest, ControlSession) -> Void
    ) {
        self.socket = socket
        self.loop = loop
        self.onEnd = onEnd
        self.perform = perform
    }

    /// Starts to read requests.
    func begin() {
        let source = loop.add(self)
        self.source = source
        do throws(SystemError) {
            try loop.watch(socket.number, for: source, .readable)
            loop.setDeadline(source, after: ControlSession.patience)
        } catch {
            end()
        }
    }

    /// Whether the client is connected.
    var isOpen: Bool { source != nil }

    /// Adds a line to the answer; ``flush(then:)`` or ``finish()`` sends it.
    func add(_ line: JSONLine) {
        output += Array(line.text.utf8)
    }

    /// Sends the added lines, and then calls a closure for the next part.
    func flush(then more: @escaping () -> Void) {
        self.more = more
        transmit()
    }

    /// Sends lines as fast as the client reads them, and then calls a closure.
    func stream(_ next: @escaping () -> JSONLine?, then: @escaping () -> Void) {
        while output.count < ControlSession.outputMark {
            guard let line = next() else { return flush(then: then) }
            add(line)
        }
        flush { self.stream(next, then: then) }
    }

    /// Ends the answer with success.
    func finish() {
        var line = JSONLine(part: "end")
        line.add("ok", true)
        conclude(line)
    }

    /// Ends the answer with an error.
    ///
    /// - Parameters:
    ///   - mistake: the error.
    ///   - isLast: whether the session ends, too.
    func fail(_ mistake: ControlRequest.Mistake, isLast: Bool = false) {
        self.isLast = self.isLast || isLast
        var line = JSONLine(part: "end")
        line.add("ok", false)
        line.add("error", mistake.code)
        line.add("message", mistake.message)
        conclude(line)
    }

    /// Removes the time limit of the current answer.
    func waitWithoutLimit() {
        if let source { loop.setDeadline(source, after: nil) }
    }

    func descriptorReady(_ readiness: Readiness) {
        if isLeaving {
            receive()
        } else if !output.isEmpty {
            transmit()
        } else if isAnswering {
            // The client no longer waits for the answer.
            if readiness.hasHangUp { end() }
        } else {
            receive()
        }
    }

    func deadlinePassed() {
        guard isAnswering, output.isEmpty, !isLeaving else { return end() }
        fail(
            ControlRequest.Mistake(
                code: "timeout", message: "a loop did not answer within \(ControlSession.patience)"),
            isLast: true)
    }

    /// Closes the connection.
    func end() {
        guard let source else { return }
        self.source = nil
        more = nil
        loop.unwatch(socket.number)
        loop.remove(source)
        onEnd(self)
    }

    private func receive() {
        var transfer = StreamSocket.Transfer.wouldBlock
        loop.lendScratch(filledBy: { transfer = socket.receive(into: &$0) }) { bytes in
            guard !isLeaving else { return }
            for index in bytes.indices { input.append(bytes[index]) }
        }
        switch transfer {
        case .moved: if !isLeaving { readRequests() }
        case .wouldBlock: break
        case .ended, .failed: end()
        }
    }

    /// Executes the requests that have arrived, one after the other.
    private func readRequests() {
        // An answer that is complete at once calls this function again: the loop below continues instead.
        guard !isReading else { return }
        isReading = true
        defer { isReading = false }
        while isOpen, !isAnswering {
            let newline = input.firstIndex(of: UInt8(ascii: "\n"))
            guard newline ?? input.count <= ControlSession.requestLimit else {
                return fail(ControlSession.tooLong, isLast: true)
            }
            guard let newline else { return }
            let line = Array(input[..<newline])
            input.removeFirst(newline + 1)
            answer(line)
        }
    }

    private func answer(_ line: [UInt8]) {
        isAnswering = true
        restartPatience()
        watch([])
        do throws(ControlRequest.Mistake) {
            perform(try ControlRequest(line), self)
        } catch {
            fail(error)
        }
    }

    private static let tooLong = ControlRequest.Mistake(
        code: "too-long", message: "a request may have at most \(requestLimit) bytes")

    private func conclude(_ line: JSONLine) {
        add(line)
        flush { self.awaitNext() }
    }

    /// Continues with the next request, which may have arrived already.
    private func awaitNext() {
        guard !isLast else { return leave() }
        isAnswering = false
        watch(.readable)
        restartPatience()
        readRequests()
    }

    /// Waits a moment for the client to close its side.
    ///
    /// Closing a socket with unread requests resets the connection (unix(7)): a client that is about to
    /// send a request would see the reset instead of the answer.
    private func leave() {
        guard let source else { return }
        isLeaving = true
        (input, output) = ([], [])
        socket.endOutput()
        watch(.readable)
        loop.setDeadline(source, after: ControlSession.farewellTime)
    }

    private func transmit() {
        while !output.isEmpty, isOpen {
            switch socket.send(output.span) {
            case .moved(let count):
                output = output.dropFirst(count)
                restartPatience()
            case .wouldBlock:
                return watch(.writable)
            case .ended, .failed:
                return end()
            }
        }
        guard isOpen, let more else { return }
        watch([])
        self.more = nil
        output = []
        more()
    }

    private func restartPatience() {
        if let source { loop.setDeadline(source, after: ControlSession.patience) }
    }

    private func watch(_ interest: Readiness) {
        guard let source, interest != self.interest else { return }
        self.interest = interest
        do throws(SystemError) {
            try loop.rewatch(socket.number, for: source, interest)
        } catch {
            end()
        }
    }
}

internal import EventLoops
internal import Platform

/// One control client: reads a request, answers it line by line, then reads the next.
///
/// An answer is as long as it has to be, but never in memory as a whole: more of it is made when the
/// client has taken what there was.
final class ControlSession: EventSource, @unchecked Sendable {
    // Sendable because it is confined to the supervisor's loop: what is found out elsewhere is posted
    // there before it gets here.

    /// The longest line of a request, in bytes.
    static let requestLimit = 4096
    /// How long a client may take to ask, to take what it is sent, and the daemon to find an answer.
    static let patience = Duration.seconds(10)
    /// How long a client that was sent away may take to read why.
    private static let farewellTime = Duration.seconds(1)
    /// The bytes of an answer that wait for the client before more is made.
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
    /// Whether all has been said, and the client only has to read it.
    private(set) var isLeaving = false
    /// Makes more of the answer once ``output`` has gone.
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

    /// Begins to listen to the client.
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

    /// Whether the client is still there.
    var isOpen: Bool { source != nil }

    /// Adds a line to the answer; ``flush(then:)`` or ``finish()`` sends it.
    func add(_ line: JSONLine) {
        output += Array(line.text.utf8)
    }

    /// Sends what was added, and then makes more.
    func flush(then more: @escaping () -> Void) {
        self.more = more
        transmit()
    }

    /// Sends lines as the client takes them, and then does something else.
    func stream(_ next: @escaping () -> JSONLine?, then: @escaping () -> Void) {
        while output.count < ControlSession.outputMark {
            guard let line = next() else { return flush(then: then) }
            add(line)
        }
        flush { self.stream(next, then: then) }
    }

    /// Ends the answer well.
    func finish() {
        var line = JSONLine(part: "end")
        line.add("ok", true)
        conclude(line)
    }

    /// Ends the answer with what was wrong.
    ///
    /// - Parameters:
    ///   - mistake: a word for programs and a sentence for people.
    ///   - isLast: whether the client is sent away.
    func fail(_ mistake: ControlRequest.Mistake, isLast: Bool = false) {
        self.isLast = self.isLast || isLast
        var line = JSONLine(part: "end")
        line.add("ok", false)
        line.add("error", mistake.code)
        line.add("message", mistake.message)
        conclude(line)
    }

    /// Lets an answer take its time.
    func waitWithoutLimit() {
        if let source { loop.setDeadline(source, after: nil) }
    }

    func descriptorReady(_ readiness: Readiness) {
        if isLeaving {
            receive()
        } else if !output.isEmpty {
            transmit()
        } else if isAnswering {
            // Nobody waits for the answer any more.
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

    /// Forgets the client.
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

    /// Answers what has arrived, one request after the other.
    private func readRequests() {
        // An answer that is done at once calls this again: the loop below goes on for it.
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

    /// The answer is sent: the next request may be here already.
    private func awaitNext() {
        guard !isLast else { return leave() }
        isAnswering = false
        watch(.readable)
        restartPatience()
        readRequests()
    }

    /// Waits a moment for the client to end its side.
    ///
    /// A socket that closes with requests unread breaks the connection (unix(7)): a client that is about
    /// to ask would hear of that, and not what it was told.
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

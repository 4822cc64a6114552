internal import EventLoops
internal import HTTP
internal import HandlerAPI
internal import Platform
internal import TLS

/// A client before its ClientHello is complete: it has no TLS session yet, only the bytes received.
extension Connection {
    /// Receives, and begins the handshake once the ClientHello is complete.
    ///
    /// Mostly it arrives whole: then this costs no copy and no system call more than libssl's own reading.
    ///
    /// - Parameters:
    ///   - context: what the session begins with.
    ///   - chooser: answers the ClientHello.
    /// - Returns: how far the handshake is; `wantsRead` as well when the ClientHello is not complete.
    func receiveHello(
        _ context: TLSContext, _ chooser: any TLSIdentityChooser
    ) -> TLSHandshakeStep {
        while true {
            var transfer = StreamSocket.Transfer.wouldBlock
            var isEmptied = false
            var step: TLSHandshakeStep?
            loop.lendScratch(
                filledBy: { output in
                    transfer = socket.receive(into: &output)
                    isEmptied = !output.isFull && !has(.hungUp)
                },
                to: { step = scan($0, context, chooser, isEmptied: isEmptied) })
            if let step { return step }
            switch transfer {
            case .moved where isEmptied, .wouldBlock: return .wantsRead
            case .moved: continue
            case .ended: return .closed
            case .failed(let error):
                return .failed(TLSError("connection: \(error.reason)", code: "reset"))
            }
        }
    }

    /// Scans the bytes that came now, behind those that came before.
    ///
    /// - Returns: nil when the ClientHello is not complete.
    private func scan(
        _ bytes: Span<UInt8>, _ context: TLSContext, _ chooser: any TLSIdentityChooser,
        isEmptied: Bool
    ) -> TLSHandshakeStep? {
        guard let part = extras?.hello else {
            var scan = ClientHelloScan()
            let verdict = scan.scan(bytes)
            if verdict == .incomplete {
                needExtras().hello = PartialHello(bytes, scan)
                return nil
            }
            return act(on: verdict, bytes, context, chooser, isEmptied: isEmptied)
        }
        let verdict = part.append(bytes)
        guard verdict != .incomplete else { return nil }
        extras?.hello = nil
        let all = part.bytes
        return act(on: verdict, all.span, context, chooser, isEmptied: isEmptied)
    }

    private func act(
        on verdict: ClientHelloScan.Verdict, _ bytes: Span<UInt8>, _ context: TLSContext,
        _ chooser: any TLSIdentityChooser, isEmptied: Bool
    ) -> TLSHandshakeStep? {
        switch verdict {
        case .incomplete:
            return nil
        case .complete:
            return beginHandshake(with: bytes, context, chooser, isEmptied: isEmptied)
        case .plainHTTP(let isHead):
            // After STARTTLS no browser waits for an answer.
            if !has(.upgrading) { _ = socket.send(PlainHTTPAnswer.bytes(isHead: isHead).span) }
            return .failed(
                TLSError("plain HTTP came to an SSL port", code: "plain-http"))
        case .refused(let error, let alert):
            // A fatal alert (RFC 8446, 6); a full send queue means that the peer does not read.
            if let alert { _ = socket.send([21, 3, 3, 0, 2, 2, alert].span) }
            return .failed(error)
        }
    }

    private func beginHandshake(
        with hello: Span<UInt8>, _ context: TLSContext, _ chooser: any TLSIdentityChooser,
        isEmptied: Bool
    ) -> TLSHandshakeStep {
        let layer: TLSLayer
        do {
            layer = TLSLayer(session: try TLSSession(context: context, port: worker.port))
        } catch {
            return .failed(error)
        }
        tls = layer
        var taken = 0
        let step = layer.session.handshake(
            socket: socket.number, port: worker.port, chooser: chooser, beginningWith: hello,
            taken: &taken, isEmptied: isEmptied)
        if taken < hello.count {
            let rest = hello.extracting(droppingFirst: taken)
            needExtras().hello = PartialHello(rest, ClientHelloScan())
        }
        return step
    }

    /// Continues a handshake that has begun.
    func advanceHandshake(
        _ tls: TLSLayer, _ chooser: any TLSIdentityChooser
    ) -> TLSHandshakeStep {
        guard let part = extras?.hello else {
            return tls.session.handshake(
                socket: socket.number, port: worker.port, chooser: chooser)
        }
        var taken = 0
        let rest = part.bytes
        let step = tls.session.handshake(
            socket: socket.number, port: worker.port, chooser: chooser, beginningWith: rest.span,
            taken: &taken, isEmptied: false)
        extras?.hello = nil
        guard taken < rest.count else { return step }
        // Nobody can send the end of a handshake before it has our answer.
        if case .done = step {
            return .failed(TLSError("more came than the handshake has", code: "malformed"))
        }
        let left = rest.span.extracting(droppingFirst: taken)
        extras?.hello = PartialHello(left, ClientHelloScan())
        return step
    }
}

/// What a client has sent of its ClientHello, or what libssl has not taken of what came with it.
final class PartialHello {
    private(set) var bytes: [UInt8] = []
    private var scan: ClientHelloScan

    /// By how much the array grows: with each byte alone it would be copied too often, and by its half
    /// it would be too large for waiting clients.
    private static let step = 2_048

    init(_ bytes: Span<UInt8>, _ scan: ClientHelloScan) {
        self.scan = scan
        keep(bytes)
    }

    func append(_ more: Span<UInt8>) -> ClientHelloScan.Verdict {
        keep(more)
        let all = bytes
        return scan.scan(all.span)
    }

    private func keep(_ more: Span<UInt8>) {
        let count = bytes.count + more.count
        if count > bytes.capacity {
            bytes.reserveCapacity((count + Self.step - 1) / Self.step * Self.step)
        }
        bytes.append(copying: more)
    }
}

/// What a client of HTTP reads that came to an SSL port without TLS.
enum PlainHTTPAnswer {
    private static let page = """
        <!DOCTYPE html>
        <html lang="en">
        <head><title>400 Bad Request</title></head>
        <body><h1>400 Bad Request</h1>
        <p>A plain HTTP request was sent to an HTTPS port. Use an address that begins with https://</p>
        </body>
        </html>

        """

    /// The answer; that of HEAD has no content.
    static func bytes(isHead: Bool) -> [UInt8] {
        let date = HTTPDate.text(secondsSince1970: WallClock.secondsSince1970)
        let head = [
            "HTTP/1.1 400 Bad Request", "Date: \(date)", "Content-Type: text/html; charset=utf-8",
            "Content-Length: \(page.utf8.count)", "Connection: close", "", "",
        ].joined(separator: "\r\n")
        return Array((isHead ? head : head + page).utf8)
    }
}

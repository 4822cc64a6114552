internal import Glibc

/// The client's side of a connection; plain and TLS look the same.
package protocol TestClient: AnyObject {
    /// What to wait on.
    var descriptor: CInt { get }

    /// Sends what is taken now.
    ///
    /// - Returns: how many bytes that was, 0 when none can be taken yet.
    func sendNow(_ bytes: ArraySlice<UInt8>) throws -> Int

    /// Receives what is here, at most 64 KiB.
    ///
    /// - Returns: nil when nothing is here yet, no bytes when the server has ended its side well.
    func receiveNow() throws -> [UInt8]?

    /// Tells the server that nothing more will come, and goes on receiving.
    func endOutput()

    /// Closes the connection.
    func close()
}

extension TestClient {
    /// Sends all of it.
    package func send(_ bytes: [UInt8], within limit: Duration = patience) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try sendNow(rest)
            rest = rest.dropFirst(count)
            if count == 0 {
                try waitUntilReady(descriptor, POLLOUT, "sending \(rest.count)", within: limit)
            }
        }
    }

    /// Sends all of it.
    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Waits for the next bytes; none means the end.
    package func receive(within limit: Duration = patience) throws -> [UInt8] {
        while true {
            if let bytes = try receiveNow() { return bytes }
            try waitUntilReady(descriptor, POLLIN, "bytes from the server", within: limit)
        }
    }

    /// Receives at least so many bytes, fewer if the server ends its side before.
    package func receive(atLeast count: Int) throws -> [UInt8] {
        var all: [UInt8] = []
        while all.count < count {
            let bytes = try receive()
            if bytes.isEmpty { break }
            all += bytes
        }
        return all
    }

    /// Receives until the server ends its side.
    package func receiveAll(within limit: Duration = patience) throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let bytes = try receive(within: limit)
            if bytes.isEmpty { return all }
            all += bytes
        }
    }

    /// Receives until the connection ends, well or not.
    ///
    /// - Returns: what came, and whether the server has said that this is all: by a close_notify over
    ///   TLS, by a FIN on a plain connection.
    package func receiveToEnd(
        within limit: Duration = patience
    ) throws -> (bytes: [UInt8], isWhole: Bool) {
        var all: [UInt8] = []
        while true {
            let bytes: [UInt8]?
            do { bytes = try receiveNow() } catch { return (all, false) }
            guard let bytes else {
                try waitUntilReady(descriptor, POLLIN, "the end", within: limit)
                continue
            }
            if bytes.isEmpty { return (all, true) }
            all += bytes
        }
    }

    /// Receives a text until the server ends its side.
    package func receiveText() throws -> String {
        String(decoding: try receiveAll(), as: UTF8.self)
    }

    /// Sends bytes and receives at the same time, then ends the output and receives to the end.
    package func exchange(_ bytes: [UInt8]) throws -> [UInt8] {
        var (rest, all) = (bytes[...], [UInt8]())
        var hasEnded = rest.isEmpty
        if hasEnded { endOutput() }
        while true {
            let sent = rest.isEmpty ? 0 : try sendNow(rest.prefix(65_536))
            rest = rest.dropFirst(sent)
            if rest.isEmpty, !hasEnded {
                hasEnded = true
                endOutput()
            }
            let received = try receiveNow()
            if received?.isEmpty == true { return all }
            all += received ?? []
            if sent == 0, received == nil {
                try waitUntilReady(
                    descriptor, rest.isEmpty ? POLLIN : POLLIN | POLLOUT,
                    "an echo, \(all.count) of \(bytes.count) bytes are here")
            }
        }
    }

    /// Sends text and expects it back while the connection stays open.
    package func echoes(_ text: String) throws -> Bool {
        try send(text)
        return try receive(atLeast: text.utf8.count) == Array(text.utf8)
    }
}

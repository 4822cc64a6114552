extension PeerCore {
    @usableFromInline func peek(
        atLeast count: Int, _ body: (Span<UInt8>) throws -> Void
    ) async throws -> Bool {
        precondition(
            1...PeerCore.putBackLimit ~= count, "a peek is for 1 to \(PeerCore.putBackLimit) bytes")
        while true {
            var isEnough = false
            defer { if isEnough { lendAgain() } }
            let isOpen = try await read { bytes in
                isEnough = bytes.count >= count
                defer { putBack(bytes) }
                if isEnough { try body(bytes) }
            }
            if isEnough || !isOpen { return isEnough }
            if hasInputEnded {
                lendAgain()
                return false
            }
        }
    }

    @usableFromInline func read(upTo limit: Int) async throws -> [UInt8] {
        precondition(limit > 0, "a read takes at least one byte")
        var taken: [UInt8] = []
        _ = try await read { bytes in
            taken = [UInt8](copying: bytes.extracting(first: limit))
            putBack(bytes.extracting(droppingFirst: taken.count))
        }
        return taken
    }

    @usableFromInline func readExactly(_ count: Int) async throws -> [UInt8] {
        var taken: [UInt8] = []
        while taken.count < count {
            let isOpen = try await read { bytes in
                let missing = count - taken.count
                taken.append(copying: bytes.extracting(first: missing))
                putBack(bytes.extracting(droppingFirst: min(missing, bytes.count)))
            }
            if !isOpen { throw ClientError.unexpectedEnd }
        }
        return taken
    }

    @usableFromInline func readAll(upTo limit: Int) async throws -> [UInt8] {
        var taken: [UInt8] = []
        while try await read({ bytes in
            guard bytes.count <= limit - taken.count else {
                throw ClientError.tooLong(limit: limit)
            }
            taken.append(copying: bytes)
        }) {}
        return taken
    }

    @usableFromInline func readLine(upTo limit: Int) async throws -> String? {
        var line: String?
        var unfinished: [UInt8] = []
        while line == nil {
            let isOpen = try await read { bytes in
                let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
                let whole = bytes.extracting(first: end ?? bytes.count)
                let found = whole.extracting(first: length(of: whole))
                guard found.count <= limit else { throw ClientError.tooLong(limit: limit) }
                if let end {
                    line = String(copying: found)
                    putBack(bytes.extracting(droppingFirst: end + 1))
                } else {
                    unfinished = [UInt8](copying: found)
                    putBack(bytes)
                }
            }
            if !isOpen { return unfinished.isEmpty ? nil : String(copying: unfinished.span) }
        }
        return line
    }
}

/// How long a line is without the CR of its CR LF.
private func length(of line: Span<UInt8>) -> Int {
    let endsWithReturn = line.count > 0 && line[line.count - 1] == UInt8(ascii: "\r")
    return line.count - (endsWithReturn ? 1 : 0)
}

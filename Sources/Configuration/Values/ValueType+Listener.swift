internal import NetworkTypes

extension ValueType<String> {
    /// The name of a network interface.
    static let interface = ValueType("the name of a network interface, such as eth0") { text in
        text.isInterface ? text : nil
    }
}

extension ValueType<KeepAlive> {
    /// True, False, or three numbers.
    static let keepAlive = ValueType(numbers.expectation) { text, key, diagnostics in
        var found = Diagnostics()
        guard let flag = ValueType<Bool>.boolean.read(text, of: key, into: &found) else {
            return numbers.read(text, of: key, into: &diagnostics)
        }
        diagnostics.append(contentsOf: found)
        return flag ? .system : .off
    }

    /// The limits of tcp(7).
    private static let numbers = ValueType(
        "True, False, or IDLE:INTERVAL:COUNT in seconds, such as 60:10:6"
    ) { text in
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let numbers = zip(parts, [32_767, 32_767, 127]).compactMap { part, limit -> Int? in
            guard part.utf8.first != UInt8(ascii: "+"), let number = Int(part) else { return nil }
            return (1...limit).contains(number) ? number : nil
        }
        guard parts.count == 3, numbers.count == 3 else { return nil }
        return .every(idle: numbers[0], interval: numbers[1], count: numbers[2])
    }
}

extension ValueType<UInt32> {
    /// File permissions, as for chmod(1).
    static let fileMode = ValueType("an octal number from 000 to 777, such as 0660") { text in
        guard text.utf8.first != UInt8(ascii: "+"), let mode = UInt32(text, radix: 8),
            mode <= 0o777
        else { return nil }
        return mode
    }
}

extension ValueType<UnixOwner> {
    /// A user, a group, or both, as for chown(1).
    static let fileOwner = ValueType("USER, USER:GROUP or :GROUP, by name or number") { text in
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, text != ":", !text.contains(where: \.isWhitespace) else {
            return nil
        }
        let group = parts.count == 2 ? parts[1] : ""
        return UnixOwner(
            user: parts[0].isEmpty ? nil : parts[0], group: group.isEmpty ? nil : group)
    }
}

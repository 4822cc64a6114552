internal import NetworkTypes

extension ProxyHeader {
    /// Reads a line of version 1, such as `PROXY TCP4 192.0.2.1 192.0.2.2 4711 80`.
    ///
    /// - Parameter line: all of it, as ``prefix(of:)`` has measured it.
    /// - Throws: what is wrong with it.
    package init(text line: Span<UInt8>) throws(ProxyHeaderError) {
        let text = line.extracting(droppingLast: 2)
        for index in text.indices where !(0x20...0x7E).contains(text[index]) {
            throw ProxyHeaderError("its line has the byte \(text[index]) at \(index + 1)")
        }
        let words = String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
            .split(separator: " ", omittingEmptySubsequences: false).dropFirst()
        guard let protocolName = words.first else { throw .missing }
        // What follows is to be ignored.
        if protocolName == "UNKNOWN" {
            self.init(version: 1, nil)
            return
        }
        guard protocolName == "TCP4" || protocolName == "TCP6" else {
            throw ProxyHeaderError("\"\(protocolName)\" is none of TCP4, TCP6 and UNKNOWN")
        }
        let values = Array(words.dropFirst())
        guard values.count == 4 else {
            throw ProxyHeaderError(
                "its line has \(values.count) values behind \(protocolName), not 4")
        }
        let family = protocolName == "TCP4" ? IPAddress.Family.v4 : .v6
        self.init(
            version: 1,
            Addresses(
                source: SocketAddress(
                    try Self.address(values[0], family), port: try Self.port(values[2])),
                destination: SocketAddress(
                    try Self.address(values[1], family), port: try Self.port(values[3]))))
    }

    private static func address(
        _ text: Substring, _ family: IPAddress.Family
    ) throws(ProxyHeaderError) -> IPAddress {
        guard let address = IPAddress(text), address.family == family else {
            throw ProxyHeaderError(
                "\"\(text)\" is no \(family == .v4 ? "IPv4" : "IPv6") address")
        }
        return address
    }

    private static func port(_ text: Substring) throws(ProxyHeaderError) -> UInt16 {
        let isCanonical =
            text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && (text == "0" || text.first != "0")
        guard isCanonical, let port = UInt16(text) else {
            throw ProxyHeaderError("\"\(text)\" is no port")
        }
        return port
    }
}

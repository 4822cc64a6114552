/// A ClientHello of TLS 1.2, in as many records as it takes.
struct Hello {
    let bytes: [UInt8]

    init(extensions: [(type: Int, bytes: [UInt8])]) {
        let always: [(type: Int, bytes: [UInt8])] = [
            (10, [0, 2, 0, 23]), (11, [1, 0]), (13, [0, 4, 4, 3, 5, 3]),
        ]
        let list = (always + extensions).flatMap {
            Self.two($0.type) + Self.two($0.bytes.count) + $0.bytes
        }
        var body: [UInt8] = [3, 3] + [UInt8](repeating: 5, count: 32) + [0]
        body += [0, 2, 0xC0, 0x2B, 1, 0] + Self.two(list.count) + list
        let message = [1, 0] + Self.two(body.count) + body
        bytes = stride(from: 0, to: message.count, by: 16_384).flatMap { start in
            let part = message[start..<min(start + 16_384, message.count)]
            return [22, 3, 1] + Self.two(part.count) + part
        }
    }

    static func serverName(_ name: [UInt8]) -> (type: Int, bytes: [UInt8]) {
        (0, two(name.count + 3) + [0] + two(name.count) + name)
    }

    private static func two(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
}

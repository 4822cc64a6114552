/// The first record of a TLS 1.2 client that requests no name.
enum ClientHello {
    static let bytes: [UInt8] = {
        let extensions: [UInt8] = [
            0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0, 0, 13, 0, 6, 0, 4, 4, 3, 5, 3,
        ]
        let body: [UInt8] =
            [3, 3] + [UInt8](repeating: 5, count: 32) + [0, 0, 2, 0xC0, 0x2B, 1, 0, 0]
            + [UInt8(extensions.count)] + extensions
        let message = [1, 0, 0, UInt8(body.count)] + body
        return [22, 3, 1, 0, UInt8(message.count)] + message
    }()
}

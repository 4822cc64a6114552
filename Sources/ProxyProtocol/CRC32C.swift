/// The checksum of Castagnoli (RFC 9260, appendix A).
struct CRC32C {
    private var register = UInt32.max
    /// The checksum of the bytes so far.
    var value: UInt32 { ~register }

    mutating func add(_ byte: UInt8) {
        register ^= UInt32(byte)
        for _ in 0..<8 {
            register = register & 1 == 0 ? register >> 1 : register >> 1 ^ 0x82F6_3B78
        }
    }
}

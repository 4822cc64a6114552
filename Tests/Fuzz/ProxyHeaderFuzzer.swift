// modules: NetworkTypes ProxyProtocol
// seeds: Tests/Fixtures/proxy-headers/*

internal import NetworkTypes
internal import ProxyProtocol

/// What must hold for any bytes that a connection begins with.
enum ProxyHeaderFuzzer {
    static func run(_ bytes: [UInt8]) {
        guard let prefix = try? ProxyHeader.prefix(of: bytes.span) else { return }
        checkTruncations(bytes, prefix)
        switch prefix {
        case .incomplete:
            Fuzzing.require(
                bytes.count < ProxyHeader.textLimit, "the first bytes of a header decide")
        case .text(let count):
            Fuzzing.require(count <= ProxyHeader.textLimit, "a line is short")
            check(try? ProxyHeader(text: bytes.span.extracting(0..<count)), version: 1)
        case .binary(let count) where count <= bytes.count:
            check(try? ProxyHeader(binary: bytes.span.extracting(0..<count)), version: 2)
        case .binary:
            break
        }
    }

    private static func check(_ header: ProxyHeader?, version: Int) {
        guard let header else { return }
        Fuzzing.require(header.version == version, "a header has its version")
        if let addresses = header.addresses {
            Fuzzing.require(
                addresses.source.ip.family == addresses.destination.ip.family,
                "both ends are of one family")
        }
    }

    /// A shorter piece is incomplete or says the same.
    private static func checkTruncations(_ bytes: [UInt8], _ prefix: ProxyHeader.Prefix) {
        for count in 0..<min(bytes.count, ProxyHeader.textLimit) {
            let shorter = try? ProxyHeader.prefix(of: bytes.span.extracting(0..<count))
            Fuzzing.require(
                shorter == .incomplete || shorter == prefix, "a piece says nothing else")
        }
    }
}

/// What libFuzzer calls with every text that it makes up.
///
/// - Parameters:
///   - start: the first byte.
///   - count: how many there are.
/// - Returns: zero, as libFuzzer asks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    ProxyHeaderFuzzer.run(unsafe Fuzzing.bytes(start, count))
    return 0
}

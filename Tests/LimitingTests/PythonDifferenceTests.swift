import NetworkTypes
import TestSupport
import Testing

@testable import Limiting

/// The same lists and addresses, judged by Python's `ipaddress`.
@Suite struct PythonDifferenceTests {
    /// Prints for each address the length of the longest network that contains it, -1 for none.
    private static let matching = """
        import ipaddress, sys
        lines = sys.stdin.read().split("\\n")
        half = lines.index("")
        def real(network):
            mapped = getattr(network.network_address, "ipv4_mapped", None)
            if mapped is None or network.prefixlen < 96: return network
            return ipaddress.ip_network(f"{mapped}/{network.prefixlen - 96}")
        networks = [real(ipaddress.ip_network(line)) for line in lines[:half]]
        for line in lines[half + 1:]:
            if not line: continue
            address = ipaddress.ip_address(line)
            address = getattr(address, "ipv4_mapped", None) or address
            print(max((n.prefixlen for n in networks if address in n), default=-1))
        """

    private static func address(_ random: inout SplitMix) -> IPAddress {
        // Few upper bits, so that networks nest and addresses hit.
        switch Int.random(in: 0...3, using: &random) {
        case 0: IPAddress(v4: 10 << 24 | UInt32(truncatingIfNeeded: random.next() & 0xFF_03FF))
        case 1: IPAddress(v4: UInt32(truncatingIfNeeded: random.next()))
        case 2: IPAddress(v6: 0x2001_0DB8 << 32 | random.next() & 0x3, random.next() & 0xF)
        default: IPAddress(v6: 0, 0xFFFF_0A00_0000 | random.next() & 0xFF_03FF)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func theLongestMatchIsThatOfPython(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let entries = (0..<400).map { _ in
            let address = Self.address(&random)
            let bits = address.family == .v4 ? 32 : 128
            // Long ones mostly, or one that has everything decides.
            let length = bits - Int.random(in: 0...(bits == 32 ? 16 : 36), using: &random)
            return "\(IPNetwork(of: address, length: length))"
        }
        let addresses = (0..<1_000).map { _ in Self.address(&random) }
        let input =
            entries.joined(separator: "\n") + "\n\n"
            + addresses.map(\.description).joined(separator: "\n") + "\n"
        let python = try Command(["python3", "-c", Self.matching], input: Array(input.utf8))
        try #require(python.end == .exited(0), "\(python.errors)")
        let list = try AddressListTests.list(entries)
        let ours = addresses.map { list.match($0)?.length ?? -1 }
        let theirs = python.output.split(separator: "\n").compactMap { Int($0) }
        #expect(Set(theirs).count > 5, "hits and misses")
        #expect(ours == theirs)
    }

    /// Prints the network of each line, or a dash.
    private static let reading = """
        import ipaddress, sys
        for line in sys.stdin.read().split("\\n")[:-1]:
            try:
                network = ipaddress.ip_network(line)
                mapped = getattr(network.network_address, "ipv4_mapped", None)
                if mapped is not None and network.prefixlen >= 96:
                    network = ipaddress.ip_network(f"{mapped}/{network.prefixlen - 96}")
                print(network.with_prefixlen)
            except ValueError: print("-")
        """

    /// Spellings that differ in one character from valid ones.
    private static func spelling(_ random: inout SplitMix) -> String {
        let address = Self.address(&random)
        let bits = address.family == .v4 ? 32 : 128
        let length = Int.random(in: 0...bits, using: &random)
        var text = Array("\(IPNetwork(of: address, length: length))".utf8)
        let alphabet = Array("0123456789abcdefF:./x".utf8)
        let place = Int.random(in: 0..<text.count, using: &random)
        let other = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
        switch Int.random(in: 0...3, using: &random) {
        case 0: text[place] = other
        case 1: text.insert(other, at: place)
        case 2: text.remove(at: place)
        default: break
        }
        return String(decoding: text, as: UTF8.self)
    }

    @Test func readsWhatPythonReads() throws {
        var random = SplitMix(seed: 4)
        let texts = (0..<3_000).map { _ in Self.spelling(&random) }.filter { text in
            let length = text.drop { $0 != "/" }.dropFirst()
            // Python takes masks and leading zeros after the slash.
            return !length.contains(".") && !(length.count > 1 && length.first == "0")
        }
        let input = texts.joined(separator: "\n") + "\n"
        let python = try Command(["python3", "-c", Self.reading], input: Array(input.utf8))
        try #require(python.end == .exited(0), "\(python.errors)")
        let theirs = python.output.split(separator: "\n").map(String.init)
        try #require(theirs.count == texts.count)
        #expect(theirs.count { $0 == "-" } > 500)
        for (text, their) in zip(texts, theirs) {
            let bytes = Array(text.utf8)
            let our = (try? AddressSyntax.network(bytes.span))?.description ?? "-"
            #expect(our == their, "\(text)")
        }
    }
}

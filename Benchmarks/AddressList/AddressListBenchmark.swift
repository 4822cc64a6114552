internal import Glibc
internal import Limiting
internal import NetworkTypes

/// malloc_trim(3), which the module of glibc does not have.
@_silgen_name("malloc_trim") @discardableResult
private func malloc_trim(_ pad: Int) -> CInt

/// Reads a million networks from a text, and looks addresses up.
@main
struct AddressListBenchmark {
    private static let count = 1_000_000
    private static let lookups = 4_000_000
    private static let rounds = 5

    static func main() {
        print("networks         read     memory    peak  hit      miss     in order")
        for isLong in [false, true] {
            for isSorted in [true, false] { measure(isLong: isLong, isSorted: isSorted) }
        }
    }

    private static func measure(isLong: Bool, isSorted: Bool) {
        var numbers = Numbers(state: isLong ? 6 : 4)
        var networks = (0..<count).map { _ in network(isLong, &numbers) }
        if isSorted {
            networks.sort {
                ($0.address.high, $0.address.low, $0.length)
                    < ($1.address.high, $1.address.low, $1.length)
            }
        }
        let text = Array(networks.map { "\($0)\n" }.joined().utf8)
        // Inside networks, and anywhere.
        let hits = (0..<65_536).map { _ in
            networks[Int(truncatingIfNeeded: numbers.next() % UInt64(count))].address
        }
        let misses = (0..<65_536).map { _ in address(isLong, &numbers) }
        let inOrder = networks.prefix(65_536).map(\.address)
        networks = []
        malloc_trim(0)
        let (before, _) = resident()
        var list = AddressList.empty
        var best = Double.infinity
        var (after, peak) = (0, 0)
        for _ in 0..<rounds {
            list = AddressList.empty
            malloc_trim(0)
            resetPeak()
            let start = now()
            let file = AddressListFile(text.span)
            best = min(best, now() - start)
            precondition(file.mistakeCount == 0 && file.list.count == count)
            list = file.list
            malloc_trim(0)
            (after, peak) = resident()
        }
        let name = (isLong ? "IPv6, " : "IPv4, ") + (isSorted ? "sorted  " : "shuffled")
        let times = [hits, misses, Array(inOrder)].map { addresses in
            pad("\(Int(lookup(addresses, in: list))) ns", 9)
        }
        print(
            name, " ", pad("\(Int(best * 1_000)) ms", 8), pad(mebibytes(after - before), 9),
            pad(mebibytes(peak - before), 9), times.joined())
    }

    /// Nanoseconds for each look-up.
    private static func lookup(_ addresses: [IPAddress], in list: AddressList) -> Double {
        var best = Double.infinity
        var found = 0
        for _ in 0..<rounds {
            let start = now()
            for index in 0..<lookups where list.match(addresses[index & 0xFFFF]) != nil {
                found += 1
            }
            best = min(best, now() - start)
        }
        precondition(found <= rounds * lookups)
        return best * 1e9 / Double(lookups)
    }

    /// Networks as they are in lists of attackers and of countries: short ones are few.
    private static func network(_ isLong: Bool, _ numbers: inout Numbers) -> IPNetwork {
        let length = isLong ? 32 + Int(numbers.next() % 33) : 16 + Int(numbers.next() % 17)
        return IPNetwork(of: address(isLong, &numbers), length: length)
    }

    /// Anywhere in IPv4; in IPv6 below the networks that registries have, 2001::/16 to 2c0f::/16.
    private static func address(_ isLong: Bool, _ numbers: inout Numbers) -> IPAddress {
        guard isLong else { return IPAddress(v4: UInt32(truncatingIfNeeded: numbers.next())) }
        let registries: [UInt64] = [0x2001, 0x2400, 0x2600, 0x2800, 0x2A00, 0x2C0F]
        let first = registries[Int(numbers.next() % 6)]
        return IPAddress(v6: first << 48 | numbers.next() >> 16, numbers.next())
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The memory of the process in bytes, now and at most.
    private static func resident() -> (now: Int, most: Int) {
        guard let file = fopen("/proc/self/status", "r") else { return (0, 0) }
        defer { fclose(file) }
        var (now, most) = (0, 0)
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
            let kibibytes = Int(text.filter(\.isNumber)) ?? 0
            if text.hasPrefix("VmRSS:") { now = kibibytes << 10 }
            if text.hasPrefix("VmHWM:") { most = kibibytes << 10 }
        }
        return (now, most)
    }

    private static func resetPeak() {
        guard let file = fopen("/proc/self/clear_refs", "w") else { return }
        fputs("5", file)
        fclose(file)
    }

    private static func mebibytes(_ bytes: Int) -> String {
        let tenths = (bytes * 10) >> 20
        return "\(tenths / 10).\(tenths % 10) MiB"
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// The same in every run (SplitMix64).
    private struct Numbers {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
}

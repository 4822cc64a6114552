// modules: NetworkTypes Limiting
// seeds: Tests/Fixtures/addresses/*

internal import Limiting
internal import NetworkTypes

/// What must hold for any bytes that somebody takes for a list of networks.
enum AddressListFuzzer {
    static func run(_ bytes: [UInt8]) {
        let file = AddressListFile(bytes.span)
        Fuzzing.require(
            file.mistakes.count == min(file.mistakeCount, AddressListFile.mistakeLimit),
            "mistakes are told up to a limit")
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for mistake in file.mistakes {
            Fuzzing.require((1...lines.count).contains(mistake.line), "a mistake is on a line")
            Fuzzing.require(
                (1...lines[mistake.line - 1].count + 1).contains(mistake.column),
                "a mistake is on its line")
            Fuzzing.require(!mistake.message.isEmpty, "a mistake says what is wrong")
        }
        checkLines(lines, file)
    }

    /// Each line alone is the same as in the list: the longest network of all lines decides.
    private static func checkLines(_ lines: [ArraySlice<UInt8>], _ file: AddressListFile) {
        var networks: [IPNetwork] = []
        for line in lines.prefix(200) {
            let text = Array(line)
            guard let network = try? AddressSyntax.network(text.span) else { continue }
            let entry = Array(network.entry.utf8)
            Fuzzing.require(
                (try? AddressSyntax.network(entry.span)) == network, "\(network) reads back")
            Fuzzing.require(
                IPAddress(network.address.description) == network.address, "it is an address")
            networks.append(network)
        }
        guard lines.count <= 200 else { return }
        for network in networks {
            let longest = networks.filter { $0.contains(network.address) }.map(\.length).max()
            let found = file.list.match(network.address)?.length
            // Lines with comments and blanks are networks, too.
            Fuzzing.require(found ?? -1 >= longest ?? -1, "\(network) is found in the list")
        }
    }
}

/// What libFuzzer calls with every text that it makes up.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAddressList(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe AddressListFuzzer.run(Fuzzing.bytes(start, count))
    return 0
}

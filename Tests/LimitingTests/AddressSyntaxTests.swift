import NetworkTypes
import Testing

@testable import Limiting

@Suite struct AddressSyntaxTests {
    private func network(_ text: String) throws -> IPNetwork {
        let bytes = Array(text.utf8)
        return try AddressSyntax.network(bytes.span)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("192.0.2.0/24", "192.0.2.0/24"), ("0.0.0.0/0", "0.0.0.0/0"),
        ("::", "::"), ("::/0", "::/0"), ("2001:DB8::/32", "2001:db8::/32"), ("::1/128", "::1"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("::ffff:192.0.2.1", "192.0.2.1"),
    ])
    func readsAddressesAndNetworks(_ text: String, _ entry: String) throws {
        #expect(try network(text).entry == entry)
    }

    @Test(arguments: [
        ("", "expected an address or a network, such as 192.0.2.0/24 or 2001:db8::/32, not \"\""),
        (
            "10.0.0.1/8",
            "\"10.0.0.1/8\" has bits beyond its length: write 10.0.0.0/8 for the network, or 10.0.0.1 "
                + "for the address alone"
        ),
        (
            "2001:db8::1/64",
            "\"2001:db8::1/64\" has bits beyond its length: write 2001:db8::/64 for the network, or "
                + "2001:db8::1 for the address alone"
        ),
        ("10.0.0.0/33", "the length after / must be a number from 0 to 32, not \"33\""),
        ("::/129", "the length after / must be a number from 0 to 128, not \"129\""),
        ("10.0.0.0/", "the length after / must be a number from 0 to 32, not \"\""),
        ("10.0.0.0/-1", "the length after / must be a number from 0 to 32, not \"-1\""),
        ("10.0.0.0/08", "the length after / must be a number from 0 to 32, not \"08\""),
        ("10.0.0.0/8/8", "the length after / must be a number from 0 to 32, not \"8/8\""),
        (
            "10.0.0.0/99999999999999999999",
            "the length after / must be a number from 0 to 32, not \"99999999999999999999\""
        ),
        (
            "10.0.0.0/255.255.0.0",
            "the length after / must be a number from 0 to 32, not \"255.255.0.0\": write 10.0.0.0/16"
        ),
        (
            "localhost",
            "expected an address or a network, not \"localhost\": a list has no names, write their "
                + "addresses"
        ),
        (
            "10/8",
            "expected an address or a network, not \"10/8\": write all four numbers, such as 10.0.0.0/8"
        ),
        (
            "10.0.0.256",
            "expected an address or a network, not \"10.0.0.256\": the four numbers are from 0 to 255, "
                + "without leading zeros"
        ),
        (
            "010.0.0.1",
            "expected an address or a network, not \"010.0.0.1\": the four numbers are from 0 to 255, "
                + "without leading zeros"
        ),
        (
            "fe80::1%eth0",
            "expected an address or a network, not \"fe80::1%eth0\": remove \"%eth0\", for a list has no "
                + "zones"
        ),
        (
            "[::1]",
            "expected an address or a network, not \"[::1]\": write it without brackets"
        ),
        (
            "10.0.0.1:80",
            "expected an address or a network, not \"10.0.0.1:80\": remove the port"
        ),
        (
            "10.0.0.1-10.0.0.9",
            "expected an address or a network, not \"10.0.0.1-10.0.0.9\": write a range as the networks "
                + "that it consists of"
        ),
        (
            "*",
            "expected an address or a network, not \"*\": write 0.0.0.0/0 for all of IPv4, ::/0 for all "
                + "of IPv6"
        ),
        (
            "fe80::1%eth0 ::1",
            "expected an address or a network, not \"fe80::1%eth0 ::1\": write one a line, or in a key "
                + "separate them by commas"
        ),
        (
            "10.0.0.0/8 10.1.0.0/16",
            "the length after / must be a number from 0 to 32, not \"8 10.1.0.0/16\""
        ),
    ])
    func sayWhatToWrite(_ text: String, _ message: String) {
        let error = #expect(throws: AddressMistake.self) { try network(text) }
        #expect(error?.message == message)
    }

    @Test(arguments: [
        ":", ":::", "::1::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "1:", ":1",
        "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", "g::", "1..2.3", "1.2.3.4.", ".1.2.3.4",
        "1.2.3.4.5", "+1.2.3.4", "1.2.3.4/+8", "1.2.3.4\u{0}", "::\u{0}",
    ])
    func refusesWhatIsNoAddress(_ text: String) {
        #expect(throws: AddressMistake.self) { try network(text) }
    }

    @Test func aLongTextIsShortened() {
        let error = #expect(throws: AddressMistake.self) {
            try network(String(repeating: "x", count: 10_000))
        }
        #expect((error?.message.utf8.count ?? 0) < 200)
    }
}

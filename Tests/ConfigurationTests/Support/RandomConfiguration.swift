import HandlerAPI
import TestSupport

@testable import Configuration

/// Valid configurations made of random keys with random values, in random spellings.
enum RandomConfiguration {
    static func text(_ numbers: inout SplitMix) -> String {
        var text = "[Server]\n"
        for key in Schema.server.keys
        where key.name != "NoSSL" && key.name != "Include" && key.identity == key.name {
            text += line(key.name, key.aliases, value(of: key, &numbers), &numbers)
        }
        for host in 1...Int.random(in: 1...4, using: &numbers) {
            text += "[Host\(host)]\nHosts=\(names(host, &numbers))\nHandler=chargen\n"
            text += "BindIpAddr=\(addresses(host, &numbers))\nBindSslPort=\(host)\n"
            for key in Schema.host.keys
            where !given.contains(key.name) && key.identity == key.name {
                text += line(key.name, key.aliases, value(of: key, &numbers), &numbers)
            }
            for key in handlers[1].keys {
                text += line(
                    key.name, [], value(key.kind.valueType.expectation, &numbers), &numbers)
            }
        }
        text += "[Target1]\nHostTag=Host1\nTarHost=b.test\n"
        for key in Schema.target.keys where key.name != "HostTag" && key.name != "TarHost" {
            text += line(key.name, key.aliases, value(of: key, &numbers), &numbers)
        }
        return text
    }

    private static let given: Set = ["Hosts", "BindIpAddr", "BindSslPort", "Handler"]

    private static func names(_ host: Int, _ numbers: inout SplitMix) -> String {
        let some = ["H\(host).test", "*.h\(host).test", "10.0.0.\(host)", "2001:DB8::\(host)"]
        return "h\(host).b.test,"
            + some.shuffled(using: &numbers).prefix(2).joined(separator: " , ")
    }

    private static func addresses(_ host: Int, _ numbers: inout SplitMix) -> String {
        let some = [
            "127.0.0.1", "0:0::\(host)", "fe80::\(host)%eth0", "unix:/run/h\(host).sock",
            "unix-ssl:@h\(host)",
        ]
        let count = Int.random(in: 1...some.count, using: &numbers)
        return some.shuffled(using: &numbers).prefix(count).joined(separator: ", ")
    }

    /// A line in two of three cases.
    private static func line(
        _ name: String, _ aliases: [String], _ value: String?, _ numbers: inout SplitMix
    ) -> String {
        guard let value, numbers.next() % 3 != 0 else { return "" }
        let name = ([name] + aliases).randomElement(using: &numbers) ?? name
        switch numbers.next() % 3 {
        case 0: return "\(name)=\(value)\n"
        case 1: return " \(name.lowercased()) = \(value)\n"
        default: return "\(name.uppercased())=\(value) \n"
        }
    }

    private static func value<Target>(
        of key: SchemaKey<Target>, _ numbers: inout SplitMix
    ) -> String? {
        switch key.name {
        case "WebRedirectURL": return "https://x.test/\(numbers.next())"
        case "Options": return "[hoAllowPut, HOALLOWDELETE]"
        // One host at least is to be enabled, and says so in no other words.
        case "HostEnabled": return "True"
        case "BindIpAddr2": return "127.0.1.\(1 + numbers.next() % 200),::2"
        case "UnixMode": return ["0600", "777", "0"].randomElement(using: &numbers)
        case "UnixOwner": return ["root", "a:b", ":7", "0:0"].randomElement(using: &numbers)
        case "SslKey" where numbers.next() % 2 == 0:
            return "-----BEGIN X-----\\nQUJD\\n-----END X----- -----BEGIN Y-----REVG-----END Y-----"
        case "AllowFrom", "DenyFrom":
            return ["10.0.0.0/8, ::1", "file:/etc/a.list", "192.0.2.7,::ffff:10.0.0.0/104"]
                .randomElement(using: &numbers)
        case "KeepAlive": return ["True", "60:10:6", "off"].randomElement(using: &numbers)
        default: return value(key.expectation, &numbers)
        }
    }

    /// A value of a type by what it says that it expects.
    private static func value(_ expectation: String, _ numbers: inout SplitMix) -> String? {
        if expectation.hasPrefix("a number from ") {
            let words = expectation.split(whereSeparator: { " ,".contains($0) })
            guard let low = Int(words[3]), let high = Int(words[5]) else { return nil }
            return "\(Int.random(in: low...high, using: &numbers))"
        }
        if expectation.hasPrefix("one of ") {
            let list = expectation.dropFirst("one of ".count)
            let words =
                (list.firstRange(of: ", or a number").map { list[..<$0.lowerBound] } ?? list)
                .split(separator: ", ").map(String.init)
            return words.randomElement(using: &numbers)
        }
        if expectation.hasPrefix("a time from ") {
            return ["1", "1500ms", "30s", "60S", "1m"].randomElement(using: &numbers)
        }
        if expectation.hasPrefix("a path") || expectation.hasPrefix("an absolute path") {
            return "/p/\(numbers.next() % 100)"
        }
        if expectation.hasPrefix("a port") { return "\(1_000 + numbers.next() % 1_000)" }
        if expectation == "any text" {
            return ["a", "ü $ {x}", "= [b] ; c", "$${d}"].randomElement(using: &numbers)
        }
        if expectation.hasPrefix("the name of a network") { return "eth0" }
        return nil
    }
}

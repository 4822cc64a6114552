import Handlers
import Serving
import Testing

@testable import Configuration

/// Every known key in a wrong section names the right one.
@Suite struct KeyHomeTests {
    private static let handlers = BuiltinHandlers.all.map { HandlerDeclaration($0) }
    private static let table = HandlerTable(handlers)

    private static func told(_ text: String) -> [String] {
        LoadedConfiguration(bytes: Array(text.utf8), file: "c", handlers: handlers).told
    }

    private static let host =
        "[Host1]\nHosts=a.test\nHostTag=T\nBindIpAddr=127.0.0.1\nBindNonPort=80\nHandler=echo\n"
    private static let target = "[Target1]\nHostTag=T\nTarHost=b.test\n"

    private static let server = Schema.server.keys.flatMap { [$0.name] + $0.aliases }
    private static let hosts = Schema.host.keys.flatMap { [$0.name] + $0.aliases }
    private static let targets = Schema.target.keys.flatMap { [$0.name] + $0.aliases }
    private static let ofHandlers = Set(handlers.flatMap { $0.keys.map(\.name) })
        .subtracting(hosts).subtracting(server).sorted()

    @Test(
        arguments: server.filter { !Set(hosts).contains($0) && !ofHandlersOrTargets.contains($0) })
    func aKeyOfTheServer(_ key: String) {
        let expected = "error: \(key) belongs in [Server], not in "
        #expect(Self.told(Self.host + "\(key)=1\n").first == "c:7:1: \(expected)[Host1]")
        #expect(
            Self.told(Self.host + Self.target + "\(key)=1\n").last == "c:10:1: \(expected)[Target1]"
        )
        let mapped = Self.told("[PathMap]\n\(key)=/x\n" + Self.host)
        #expect(mapped == ["c:2:1: \(expected)[PathMap]"])
    }

    private static let ofHandlersOrTargets = Set(ofHandlers).union(targets).union(
        handlers.flatMap { $0.keys.map(\.name) })

    @Test(arguments: hosts.filter { !Set(server).union(targets).contains($0) })
    func aKeyOfHosts(_ key: String) {
        let expected = "error: \(key) belongs in a host section such as [IcsHost1], not in "
        #expect(Self.told("[Server]\n\(key)=1\n" + Self.host).first == "c:2:1: \(expected)[Server]")
        #expect(
            Self.told(Self.host + Self.target + "\(key)=1\n").last == "c:10:1: \(expected)[Target1]"
        )
        #expect(Self.told("[PathMap]\n\(key)=/x\n" + Self.host) == ["c:2:1: \(expected)[PathMap]"])
    }

    @Test(arguments: targets.filter { !Set(server).union(hosts).contains($0) })
    func aKeyOfTargets(_ key: String) {
        let expected = "error: \(key) belongs in a target section such as [Target1], not in "
        #expect(Self.told("[Server]\n\(key)=1\n" + Self.host).first == "c:2:1: \(expected)[Server]")
        #expect(Self.told(Self.host + "\(key)=1\n").first == "c:7:1: \(expected)[Host1]")
    }

    @Test(arguments: ofHandlers) func aKeyOfAHandler(_ key: String) {
        let owners = Self.table.owners(ofKey: key).map(\.name)
        let home = "a host section with Handler=\(owners.joined(separator: " or "))"
        let expected = "error: \(key) belongs in \(home), not in "
        #expect(Self.told("[Server]\n\(key)=1\n" + Self.host).first == "c:2:1: \(expected)[Server]")
        #expect(
            Self.told(Self.host + Self.target + "\(key)=1\n").last == "c:10:1: \(expected)[Target1]"
        )
        #expect(
            Self.told(Self.host + "\(key)=1\n").first
                == "c:7:1: error: \(key) is a key of the handler \(owners.joined(separator: ", ")), "
                + "not of \"echo\"")
        // Programs that use ICS keep keys of their own there.
        #expect(
            Self.told("[Proxy]\n\(key)=1\n" + Self.host).first
                == "c:2:1: warning: \(key) belongs in \(home), not in [Proxy]")
    }

    @Test(arguments: ["TarVerify", "TarName", "TarCheck"])
    func aKeyOfTheProxyInATarget(_ key: String) {
        #expect(
            Self.told(Self.host + Self.target + "\(key)=1\n").last
                == "c:10:1: error: \(key) belongs in a host section with Handler=proxy, not in "
                + "[Target1]")
    }

    @Test func aMisspeltKeyOfAnotherSectionIsGuessed() {
        #expect(
            Self.told(Self.host + Self.target + "TarVerfy=1\n").last
                == "c:10:1: error: unknown key \"TarVerfy\" in [Target1]; did you mean \"TarVerify\", "
                + "which belongs in a host section with Handler=proxy?")
    }

    @Test(arguments: [
        ("[Server]\n", "Server"), (host, "Host1"), (host + target, "Target1"),
    ])
    func aDirectoryOfWindowsBelongsInThePathMap(_ text: String, _ section: String) {
        let more = section == "Server" ? Self.host : ""
        #expect(
            Self.told(text + "C:\\certs=/etc/certs\n" + more).map { $0.drop { $0 != " " } } == [
                " error: C:\\certs belongs in [PathMap], not in [\(section)]"
            ])
    }

    @Test(arguments: [
        ("Hosts", "[IcsHost1]"), ("TarHost", "[Target1]"), ("MaxClients", "[Server]"),
    ])
    func aKeyAboveAllSectionsNamesOne(_ key: String, _ section: String) {
        #expect(
            Self.told("\(key)=x\n" + Self.host)
                == ["c:1:1: error: \"\(key)\" must be in a section such as \(section)"])
    }
}

import Glibc
import Handlers
import SocketServerDaemon
import Testing

@testable import Configuration

@Suite struct SampleConfigurationTests {
    /// The handlers that the file in `etc` names.
    private static let builtin = BuiltinHandlers.all.map { HandlerDeclaration($0) }
        .sorted { $0.name < $1.name }

    private static let path =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        .joined(separator: "/") + "/etc/icshostd.conf"

    /// Compares, or with `RECORD=1` in the environment writes the file anew.
    @Test func theFileIsWhatTheSchemaSays() throws {
        let text = SampleConfiguration.text(handlers: Self.builtin)
        if unsafe getenv("RECORD") != nil {
            let file = unsafe fopen(Self.path, "w")
            if let file = unsafe file {
                _ = unsafe fputs(text, file)
                _ = unsafe fclose(file)
            }
        }
        let file = try ConfigurationFile.read(path: Self.path)
        #expect(String(decoding: file, as: UTF8.self) == text)
    }

    @Test func theFileAsItIsHasNothingToServe() throws {
        let loaded = try LoadedConfiguration(path: Self.path, handlers: Self.builtin)
        #expect(
            loaded.diagnostics.sorted().map(\.message) == [
                "no host section: run icshostd init, or add one like the example [IcsHost1] at "
                    + "the end of the installed icshostd.conf"
            ])
    }

    @Test func documentsTheKeysOfHandlers() {
        let text = SampleConfiguration.text(handlers: handlers)
        #expect(
            text.contains("; Keys of a host with Handler=chargen:\n\n; A text.\n;Greeting=hello\n"))
    }

    @Test func theExampleIsAHostWithoutMistakes() throws {
        let lines = SampleConfiguration.text(handlers: handlers).split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("; Example:") })
        let example = lines[(start + 1)...].map { $0.dropFirst() }.joined(separator: "\n")
        #expect(diagnose(example) == [])
    }

    @Test func uncommentedDefaultsChangeNothing() throws {
        let lines = SampleConfiguration.text(handlers: Self.builtin).split(separator: "\n")
        let end = try #require(lines.firstIndex { $0.hasPrefix("; One section for each target") })
        // Of two ways to say a value one may be given.
        let second = Schema.host.keys.filter { $0.identity != $0.name }.map { $0.name[...] }
        let given = host.split(separator: "\n").map { $0.prefix { $0 != "=" } } + second
        let uncommented = lines[..<end].map { line in
            let isKey = line.hasPrefix(";") && !line.hasPrefix("; ")
            return isKey ? line.dropFirst() : line
        }.filter { line in !given.contains { !$0.isEmpty && line.hasPrefix("\($0)=") } }
        let text = uncommented.joined(separator: "\n").replacing("[IcsHost1]", with: host)
        let loaded = load(text)
        // SslSecLevel has no effect without an SSL port, and says so.
        #expect(loaded.diagnostics.count(.error) == 0)
        var server = loaded.settings.server
        server.reserved = []
        server.idle = []
        #expect("\(server)" == "\(ServerSettings())")
        let plain = try #require(load(host).settings.hosts.first)
        let all = try #require(loaded.settings.hosts.first)
        #expect(all.isEnabled == plain.isEnabled && all.tag == plain.tag)
        #expect(all.securityLevel == plain.securityLevel)
        #expect(all.tlsPort == nil && all.certificate.files.isEmpty && all.addresses.count == 1)
    }
}

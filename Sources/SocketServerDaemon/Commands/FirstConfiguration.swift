internal import Configuration
internal import NetworkTypes
internal import Platform
internal import TextFormats

/// The host that `icshostd init` writes.
struct FirstConfiguration: Sendable {
    /// Another key of the host.
    struct Setting: Hashable, Sendable {
        let key: String
        let value: String
    }

    /// `Hosts`.
    var names: [String] = []
    /// `BindIpAddr`.
    var addresses = FirstConfiguration.everyAddress
    /// `BindNonPort`, blank for none.
    var plainPort = ""
    /// `BindSslPort`, blank for none.
    var tlsPort = ""
    /// `Handler`.
    var handler = ""
    /// Further keys of the section, such as those of the handler.
    var settings: [Setting] = []
    /// `SslCert`, blank for a self-signed one.
    var certificate = ""
    /// `SslKey`, blank if the certificate file contains the key.
    var key = ""
    /// The target of a proxy; nil for other handlers.
    var target: HostPort?

    /// All of IPv4, and of IPv6 where this machine has it.
    static var everyAddress: String {
        guard let any = Endpoint(parsing: "[::]:0"), (try? ListeningSocket.probe(any)) != nil else {
            return "0.0.0.0"
        }
        return "0.0.0.0,::"
    }

    /// The file.
    var text: String {
        let program = ProgramIdentity.command
        var lines = [
            "; The first host of \(program), written by \(program) init. \(program).conf(5) describes all keys.",
            "; After a change, run \(program) check && systemctl reload \(program)",
            "[IcsHost1]",
        ]
        func add(_ key: String, _ value: String) {
            if !value.isEmpty { lines.append("\(key)=\(value)") }
        }
        add("Hosts", names.joined(separator: ","))
        if target != nil { add("HostTag", "FIRST") }
        add("BindIpAddr", addresses)
        add("BindNonPort", plainPort)
        add("BindSslPort", tlsPort)
        if !tlsPort.isEmpty, certificate.isEmpty {
            lines.append(
                "; Clients do not trust the self-signed certificate: set one that they trust.")
            lines += [";SslCert=", ";SslKey="]
        }
        add("SslCert", certificate)
        add("SslKey", key)
        add("Handler", handler)
        for setting in settings { add(setting.key, setting.value) }
        if let target {
            lines += ["", "; The target of the proxy.", "[Target1]", "HostTag=FIRST"]
            add("TarHost", target.host)
            add("TarPort", "\(target.port)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// The checks of answers: each function returns the error, nil for a valid answer.
extension FirstConfiguration {
    /// Of any value: the format has no quotes and no comments after values; they would become part of
    /// the value.
    static func fault(inValue value: String) -> String? {
        // By scalars: a combining character would hide one of these.
        let scalars = value.unicodeScalars
        guard value.printable == value,
            !scalars.contains(where: { "\t\u{FFFD}".unicodeScalars.contains($0) })
        else { return "must be one line of UTF-8 text without control characters" }
        guard !scalars.contains(where: { ";\"'`".unicodeScalars.contains($0) }) else {
            return "must not contain ; or quotes, not \(value.quoted)"
        }
        guard !value.contains("${") else {
            return "must not contain ${, which starts a variable, not \(value.quoted)"
        }
        guard !value.isEmpty, scalars.first != " ", scalars.last != " " else {
            return value.isEmpty
                ? "must not be blank" : "must not begin or end with a blank, not \(value.quoted)"
        }
        return nil
    }

    static func fault(inNames text: String) -> String? {
        if let fault = fault(inValue: text) { return fault }
        let names = list(text)
        guard
            let odd = names.first(where: { ServerName.normalized($0) == nil })
                ?? (names.isEmpty ? text : nil)
        else { return nil }
        return "must be DNS names, wildcards such as *.example.org or addresses, not \(odd.quoted)"
    }

    static func fault(inPort text: String) -> String? {
        guard UInt16(text) == nil || ["+", "-"].contains(text.first), text != "auto" else {
            return nil
        }
        return "must be a port from 1 to 65535, 0 for none, or auto, not \(text.quoted)"
    }

    static func fault(inTarget text: String) -> String? {
        if let fault = fault(inValue: text) { return fault }
        return HostPort(text) == nil ? "must be HOST:PORT, not \(text.quoted)" : nil
    }

    /// Of the path of a file or directory that must exist.
    static func fault(inPath path: String) -> String? {
        if let fault = fault(inValue: path) { return fault }
        guard ConfigurationFile.modificationTime(path: path) != nil else {
            return "must be an existing path, not \(path.quoted)"
        }
        return nil
    }

    /// The names of a list by comma.
    static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { trimmed(String($0)) }
    }

    /// The text without leading and trailing blanks.
    static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// The absolute path: the service has another working directory.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let directory = Surroundings.Files.disk.identity(".")
        return directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
    }
}

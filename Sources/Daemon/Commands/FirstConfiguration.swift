internal import Configuration
internal import NetworkTypes
internal import Platform

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
    /// What else the section says, keys of the handler among it.
    var settings: [Setting] = []
    /// `SslCert`, blank for one that is made here.
    var certificate = ""
    /// `SslKey`, blank where the certificate's file has it.
    var key = ""
    /// Where the clients of a proxy go; nil for other handlers.
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
        var lines = [
            "; The first host of icshostd, as icshostd init wrote it. icshostd.conf(5) has every key.",
            "; After a change: icshostd check && systemctl reload icshostd",
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
                "; Clients distrust the certificate that is made here: name one that they trust.")
            lines += [";SslCert=", ";SslKey="]
        }
        add("SslCert", certificate)
        add("SslKey", key)
        add("Handler", handler)
        for setting in settings { add(setting.key, setting.value) }
        if let target {
            lines += ["", "; Where its clients go.", "[Target1]", "HostTag=FIRST"]
            add("TarHost", target.host)
            add("TarPort", "\(target.port)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// What may not stand in the file: each function returns what is wrong with an answer, nil for nothing.
extension FirstConfiguration {
    /// Of any value: there are no quotes and no comments behind values, and what somebody took for such
    /// would be a part of it.
    static func fault(inValue value: String) -> String? {
        // By scalars: a letter that combines with one of these would hide it.
        let scalars = value.unicodeScalars
        guard value.printable == value,
            !scalars.contains(where: { "\t\u{FFFD}".unicodeScalars.contains($0) })
        else { return "must be one line of UTF-8 text without control characters" }
        guard !scalars.contains(where: { ";\"'`".unicodeScalars.contains($0) }) else {
            return "must have no ; and no quotes, not \(value.quoted)"
        }
        guard !value.contains("${") else {
            return "must have no ${, which stands for a variable, not \(value.quoted)"
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
        return "must be DNS names, *.wildcards or addresses by comma, not \(odd.quoted)"
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

    /// Of the path of a file or directory that has to be there.
    static func fault(inPath path: String) -> String? {
        if let fault = fault(inValue: path) { return fault }
        guard ConfigurationFile.modificationTime(path: path) != nil else {
            return "must name what is there, and there is no \(path.quoted)"
        }
        return nil
    }

    /// The names of a list by comma.
    static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { trimmed(String($0)) }
    }

    /// A text without the blanks at its ends.
    static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// The path from the root: the service has another working directory.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let directory = Surroundings.Files.disk.identity(".")
        return directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
    }
}

internal import ArgumentParser
internal import Configuration
internal import Glibc
internal import HandlerAPI
internal import NetworkTypes
internal import Serving

extension InitCommand {
    /// A question and the check of its answers.
    private struct Question {
        let text: String
        /// The default; nil where an answer is required.
        var standard: String?
        /// The error of an answer, nil for a valid one.
        let fault: (String) -> String?
    }

    /// The key that `--documents` sets.
    private static let documentsKey = "WebDocDir"

    /// How often a question is repeated.
    private static let patience = 5

    /// Whether the command asks questions.
    var asks: Bool { name.isEmpty && isatty(STDIN_FILENO) == 1 }

    /// The handler that the flags are for, else one that needs no more.
    private func standardHandler(_ registry: HandlerRegistry) -> String {
        let fitting =
            documents != nil
            ? Self.serving(documentsIn: registry)
            : target != nil ? Self.usingTargets(registry) : registry["echo"].map { [$0.name] } ?? []
        return fitting.first ?? registry.all.first?.name ?? ""
    }

    private static func serving(documentsIn registry: HandlerRegistry) -> [String] {
        registry.all.filter { $0.keys.contains { $0.declaration.name == documentsKey } }
            .map { $0.name }
    }

    private static func usingTargets(_ registry: HandlerRegistry) -> [String] {
        registry.all.filter { $0.traits.usesTargets }.map { $0.name }
    }

    /// Checks the options before the first question.
    func validateFlags() throws {
        func check(_ flag: String, _ value: String?, _ fault: (String) -> String?) throws {
            guard let value, let fault = fault(value) else { return }
            throw ValidationError("\(flag) \(fault)")
        }
        for name in name { try check("--name", name, FirstConfiguration.fault(inNames:)) }
        try check("--port", port, FirstConfiguration.fault(inPort:))
        try check("--ssl-port", sslPort, FirstConfiguration.fault(inPort:))
        try check("--address", address, FirstConfiguration.fault(inValue:))
        try check("--certificate", certificate, FirstConfiguration.fault(inPath:))
        try check("--key", key, FirstConfiguration.fault(inPath:))
        try check("--documents", documents, FirstConfiguration.fault(inPath:))
        try check("--target", target, FirstConfiguration.fault(inTarget:))
        for setting in set {
            let parts = Self.parts(setting)
            guard parts.count == 2, !parts[0].isEmpty,
                parts[0].utf8.allSatisfy({
                    UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20
                        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                })
            else { throw ValidationError("--set must be KEY=VALUE, not \(setting.quoted)") }
            try check("--set \(parts[0]):", parts[1], FirstConfiguration.fault(inValue:))
        }
        guard certificate != nil || key == nil else {
            throw ValidationError("--key requires --certificate")
        }
        guard certificate == nil || sslPort != "0" else {
            throw ValidationError("--certificate requires an SSL port: remove --ssl-port 0")
        }
        guard port != "0" || sslPort != "0" else {
            throw ValidationError("--port or --ssl-port must be a port")
        }
    }

    /// Refuses a handler that the program does not have, and flags that are for another one.
    func validateHandler(_ registry: HandlerRegistry) throws {
        if let handler, let fault = fault(inHandler: handler, registry) {
            throw ValidationError("--handler \(fault)")
        }
        let chosen = (handler ?? (asks ? nil : standardHandler(registry)))?.lowercased()
        let flags = [
            ("--documents", documents, Self.serving(documentsIn: registry)),
            ("--target", target, Self.usingTargets(registry)),
        ]
        for (flag, value, fitting) in flags {
            guard value != nil, let chosen, !fitting.contains(chosen) else { continue }
            throw ValidationError("\(flag) requires --handler \(fitting.joined(separator: " or "))")
        }
    }

    /// The host, by the flags and, on a terminal, by asking for the rest.
    func answers(_ registry: HandlerRegistry) throws -> FirstConfiguration {
        var first = FirstConfiguration()
        let names = try answer(
            Question(
                text: "Server names, separated by commas", fault: FirstConfiguration.fault(inNames:)
            ),
            name.isEmpty ? nil : name.joined(separator: ","))
        first.names = FirstConfiguration.list(names)
        if let address { first.addresses = address }
        let known = registry.all.map { $0.name }.joined(separator: ", ")
        first.handler = try answer(
            Question(
                text: "Handler (\(known))", standard: standardHandler(registry),
                fault: { fault(inHandler: $0, registry) }), handler
        ).lowercased()
        let chosen = registry[first.handler]
        try answerNeeds(of: &first, chosen)
        try answerPorts(of: &first, chosen?.traits.speaksHTTP == true)
        return first
    }

    private func answerNeeds(
        of first: inout FirstConfiguration, _ handler: (any Handler.Type)?
    ) throws {
        first.settings = set.map { text in
            let parts = Self.parts(text)
            return .init(key: parts[0], value: parts[1])
        }
        if let documents {
            first.settings.append(
                .init(key: Self.documentsKey, value: FirstConfiguration.absolute(documents)))
        }
        if let need = handler?.traits.requiredKey,
            !first.settings.contains(where: { $0.key.lowercased() == need.key.lowercased() })
        {
            let key = handler?.keys.first { $0.declaration.name == need.key }
            let isPath = key?.declaration.isPath == true
            let flag = need.key == Self.documentsKey ? "--documents DIR" : "--set \(need.key)=…"
            guard asks else { throw ValidationError("--handler \(first.handler) requires \(flag)") }
            let question = Question(text: need.question) { text in
                isPath
                    ? FirstConfiguration.fault(inPath: text)
                    : FirstConfiguration.fault(inValue: text)
            }
            let value = try answer(question, nil)
            first.settings.append(
                .init(key: need.key, value: isPath ? FirstConfiguration.absolute(value) : value))
        }
        guard handler?.traits.usesTargets == true else { return }
        guard asks || target != nil else {
            throw ValidationError("--handler \(first.handler) requires --target HOST:PORT")
        }
        first.target = HostPort(
            try answer(
                Question(
                    text: "Target, HOST:PORT",
                    fault: FirstConfiguration.fault(inTarget:)), target))
    }

    private func answerPorts(of first: inout FirstConfiguration, _ isWeb: Bool) throws {
        let usual = (plain: isWeb ? "80" : "7000", tls: isWeb ? "443" : "7443")
        // An option for one port means no other port, unless there is a certificate for it.
        let isPlain = asks || sslPort == nil || sslPort == "0"
        let isTLS = asks || certificate != nil || port == nil || port == "0"
        let plain = try answer(
            Question(
                text: "Plain port; 0 for none", standard: isPlain ? usual.plain : "0",
                fault: FirstConfiguration.fault(inPort:)), port)
        let tls = try answer(
            Question(
                text: "SSL port; 0 for none", standard: isTLS ? usual.tls : "0",
                fault: { text in
                    guard text != "0" || plain != "0" else {
                        return "must be a port, because there is no plain port"
                    }
                    return FirstConfiguration.fault(inPort: text)
                }), sslPort)
        first.plainPort = plain == "0" ? "" : plain
        first.tlsPort = tls == "0" ? "" : tls
        guard !first.tlsPort.isEmpty else { return }
        let file = try answer(
            Question(
                text: "Certificate, a PEM file; blank for a self-signed one", standard: "",
                fault: FirstConfiguration.fault(inPath:)), certificate)
        guard !file.isEmpty else { return }
        first.certificate = FirstConfiguration.absolute(file)
        let keyFile = try answer(
            Question(
                text: "Private key, a PEM file; blank if the certificate file contains it",
                standard: "",
                fault: FirstConfiguration.fault(inPath:)), key)
        if !keyFile.isEmpty { first.key = FirstConfiguration.absolute(keyFile) }
    }

    private func fault(inHandler text: String, _ registry: HandlerRegistry) -> String? {
        guard registry[text] == nil else { return nil }
        let names = registry.all.map { $0.name }
        return "must be one of \(names.joined(separator: ", ")), not \(text.quoted)"
            + Suggestion.hint(for: text, among: names)
    }

    /// The key and the value of `KEY=VALUE`.
    private static func parts(_ text: String) -> [String] {
        text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    }

    /// The value of the option, or else the answer or the default.
    private func answer(_ question: Question, _ flag: String?) throws -> String {
        if let flag { return flag }
        guard asks else { return question.standard ?? "" }
        let hint = question.standard.map { $0.isEmpty ? "" : " [\($0)]" } ?? ""
        for _ in 0..<Self.patience {
            Output.report("\(question.text)\(hint): ")
            guard let line = readLine() else { break }
            let text = FirstConfiguration.trimmed(line)
            if text.isEmpty, let standard = question.standard { return standard }
            guard let fault = question.fault(text) else { return text }
            Output.report("The answer \(fault)\n")
        }
        throw failure("nothing was written: there was no valid answer")
    }
}

extension KeyDeclaration {
    /// Whether the value is a path.
    fileprivate var isPath: Bool {
        guard case .path = kind else { return false }
        return true
    }
}

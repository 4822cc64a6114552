internal import Configuration
internal import HandlerAPI
internal import Serving

/// Logs the diagnostics of a configuration.
enum ConfigurationNews {
    /// Logs a record for each diagnostic, with its line of the file.
    static func log(_ findings: ReloadJob.Findings, to journal: EventJournal) {
        if let unreadable = findings.unreadable {
            journal.post(ServerEvent(.configuration, .error, detail: unreadable))
        }
        let diagnostics = findings.diagnostics
        let places = HostPlaces(diagnostics.isEmpty ? [] : findings.sources)
        for (diagnostic, text) in DiagnosticPrinter(sources: findings.sources).texts(diagnostics) {
            let level: LogLevel =
                switch diagnostic.severity {
                case .error: .error
                case .warning: .warning
                case .note: .info
                }
            journal.post(
                ServerEvent(
                    .configuration, level, hostTag: places.tag(at: diagnostic.location),
                    detail: text.trimmedEnd))
        }
        guard diagnostics.omittedCount > 0 else { return }
        journal.post(
            ServerEvent(
                .configuration, .warning, detail: "… and \(diagnostics.omittedCount) more"))
    }
}

extension String {
    /// Without trailing newlines, which the journal would show.
    fileprivate var trimmedEnd: String {
        String(self[..<(lastIndex { !$0.isNewline }.map { index(after: $0) } ?? startIndex)])
    }
}

internal import Configuration
internal import Serving

/// The journal catalog: for each kind of event its MESSAGE_ID, and the cause and remedy that
/// `journalctl -x` shows (<https://systemd.io/CATALOG/>).
///
/// It serves all programs: `@SYSLOG_IDENTIFIER@` in it stands for the name of the one that logged the record.
enum EventCatalog {
    /// The catalog entry of one kind of event.
    struct Entry {
        /// The MESSAGE_ID: created once with `systemd-id128 new`, never changed.
        let id: String
        /// A heading that names the event; `@FIELD@` stands for a field of the record.
        let subject: String
        /// Why it happens.
        let cause: String
        /// The advice to the operator.
        let remedy: String

        init(_ id: String, _ subject: String, cause: String, remedy: String) {
            self.id = id
            self.subject = subject
            self.cause = cause
            self.remedy = remedy
        }
    }

    /// The file that `journalctl --update-catalog` reads.
    static var text: String {
        let entries = EventKind.allCases.map { kind in
            let entry = kind.catalogEntry
            return """
                -- \(entry.id)
                Subject: \(entry.subject)
                Defined-By: icshostd
                Documentation: man:@SYSLOG_IDENTIFIER@(8)

                \(paragraph(entry.cause))

                \(paragraph("What to do: \(entry.remedy)"))

                """
        }
        let heading =
            "# The message catalog of icshostd and of programs built on it, see journalctl(1), -x.\n\n"
        return heading + entries.joined(separator: "\n")
    }

    /// The text in lines of 76 characters at most.
    private static func paragraph(_ text: String) -> String {
        text.lines(ofWidth: 76).joined(separator: "\n")
    }
}

extension EventKind {
    /// The journal's MESSAGE_ID.
    var messageID: String { catalogEntry.id }
}

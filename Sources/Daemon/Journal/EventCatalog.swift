internal import Serving

/// What there is to know of each kind of event: its MESSAGE_ID, and for `journalctl -x` what causes it
/// and what to do about it (<https://systemd.io/CATALOG/>).
enum EventCatalog {
    /// What the catalog says of one kind of event.
    struct Entry {
        /// The journal's MESSAGE_ID: made once with `systemd-id128 new`, never changed.
        let id: String
        /// What happened, in the words of a heading; a field of the record stands between two `@`.
        let subject: String
        /// Why it happens.
        let cause: String
        /// What to do about it.
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
                Documentation: man:icshostd(8)

                \(paragraph(entry.cause))

                \(paragraph("What to do: \(entry.remedy)"))

                """
        }
        let heading = "# The catalog of icshostd, see journalctl(1), -x. Written by make docs.\n\n"
        return heading + entries.joined(separator: "\n")
    }

    /// The text in lines of 76 characters at most.
    private static func paragraph(_ text: String) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.count + 1 + word.count > 76 {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return (lines + [line]).joined(separator: "\n")
    }
}

extension EventKind {
    /// The journal's MESSAGE_ID.
    var messageID: String { catalogEntry.id }
}

internal import Configuration
internal import NetworkTypes
internal import TextFormats

extension PlanDifference {
    /// A line for each change, then the number of unchanged items.
    ///
    /// `+` marks an addition, `-` a removal, `~` a change.
    package var text: String { (steps.map(\.text) + [rest]).map { "\($0)\n" }.joined() }

    /// One change.
    package struct Step: Sendable {
        /// The kind of item.
        package enum Subject: String, Sendable {
            case listener, host, server
        }

        /// The kind of change.
        package enum Change: String, Sendable {
            case closed, opened, removed, added, changed
        }

        /// The kind of item.
        package let subject: Subject
        /// The kind of change.
        package let change: Change
        /// The address of a listener, the section of a host, the key of `[Server]`.
        package let name: String
        /// The keys of a host whose values differ.
        package let keys: [String]
        /// The index in the old plan of a host that is changed or removed.
        package let oldHost: Int?
        /// Whether the change needs a restart, and a reload ignores it.
        package let needsRestart: Bool

        fileprivate init(
            _ subject: Subject, _ change: Change, _ name: String, keys: [String] = [],
            oldHost: Int? = nil, needsRestart: Bool = false
        ) {
            (self.subject, self.change, self.name) = (subject, change, name)
            (self.keys, self.oldHost, self.needsRestart) = (keys, oldHost, needsRestart)
        }

        /// A line without its line feed, such as `~ host Host1: Handler`.
        package var text: String {
            let sign =
                switch change {
                case .closed, .removed: "-"
                case .opened, .added: "+"
                case .changed: "~"
                }
            let what = keys.isEmpty ? "" : ": \(keys.joined(separator: ", "))"
            let kind = subject == .server ? "[Server]" : subject.rawValue
            let time = needsRestart ? ", at the next restart" : ""
            return "\(sign) \(kind) \(name)\(what)\(time)".printable
        }
    }

    /// The changes, in the order of ``text``.
    package var steps: [Step] {
        closed.map { Step(.listener, .closed, Self.name(old.endpoints[$0])) }
            + opened.map { Step(.listener, .opened, Self.name(new.endpoints[$0])) }
            + removed.map { Step(.host, .removed, old.hosts[$0].section, oldHost: $0) }
            + added.map { Step(.host, .added, new.hosts[$0].section) }
            + changed.map { change in
                Step(
                    .host, .changed, new.hosts[change.host.new].section, keys: change.keys,
                    oldHost: change.host.old)
            }
            + server.map {
                Step(.server, .changed, $0, needsRestart: Schema.server.needsRestart($0))
            }
    }

    /// The number of changes, in one line without its line feed.
    package var summary: String {
        let counts =
            Self.counts("listener", [(opened.count, "opened"), (closed.count, "closed")])
            + Self.counts(
                "host",
                [(added.count, "added"), (changed.count, "changed"), (removed.count, "removed")])
            + (returned.isEmpty
                ? [] : [returned.count.counted("host is up again", "hosts are up again")])
        let now = server.filter { !Schema.server.needsRestart($0) }
        let later = server.filter(Schema.server.needsRestart)
        let parts =
            counts + (now.isEmpty ? [] : ["\(now.joined(separator: ", ")) of [Server] changed"])
        return (parts.isEmpty ? "no changes" : parts.joined(separator: ", "))
            + (later.isEmpty
                ? "" : "; \(later.joined(separator: ", ")) changes at the next restart")
    }

    /// The counts with their verbs; the first includes the subject.
    private static func counts(_ kind: String, _ changes: [(count: Int, verb: String)]) -> [String]
    {
        changes.filter { $0.count > 0 }.enumerated().map { index, change in
            index == 0
                ? "\(change.count.counted(kind)) \(change.verb)" : "\(change.count) \(change.verb)"
        }
    }

    /// The number of unchanged items, without a line feed.
    package var rest: String {
        let unchanged = new.hosts.count - added.count - changed.count
        let (listeners, hosts) = (kept.count.counted("listener"), unchanged.counted("host"))
        return "\(listeners) and \(hosts) are unchanged"
    }

    /// The same as a JSON object with a final line feed.
    package var json: String {
        func list(_ items: [String]) -> String { "[\(items.joined(separator: ", "))]" }
        let changes = changed.map { change in
            "{\"section\": \(new.hosts[change.host.new].section.json), "
                + "\"keys\": \(list(change.keys.map(\.json)))}"
        }
        return """
            {
              "listeners": {
                "opened": \(list(opened.map { Self.name(new.endpoints[$0]).json })),
                "closed": \(list(closed.map { Self.name(old.endpoints[$0]).json })),
                "kept": \(list(kept.map { Self.name(new.endpoints[$0.new]).json }))
              },
              "hosts": {
                "added": \(list(added.map { new.hosts[$0].section.json })),
                "changed": \(list(changes)),
                "removed": \(list(removed.map { old.hosts[$0].section.json }))
              }\(server.isEmpty ? "" : ",\n  \"server\": \(list(server.map(\.json)))")
            }

            """
    }

    private static func name(_ endpoint: PlannedEndpoint) -> String {
        "\(endpoint.address)\(endpoint.isTLS ? " ssl" : "")"
    }
}

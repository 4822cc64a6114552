internal import Configuration
internal import NetworkTypes

extension PlanDifference {
    /// A line for each thing that changes, `+` for what comes, `-` for what goes, `~` for what
    /// changes, then how much stays.
    package var text: String { lines { _ in "" }.map { "\($0)\n" }.joined() }

    /// The lines of ``text``.
    ///
    /// - Parameter remark: follows the line of a host that changes or goes; gets its index in the old
    ///   plan.
    /// - Returns: the lines without their ends.
    package func lines(_ remark: (Int) -> String) -> [String] {
        var lines = closed.map { "- listener \(Self.name(old.endpoints[$0]))" }
        lines += opened.map { "+ listener \(Self.name(new.endpoints[$0]))" }
        lines += removed.map { "- host \(old.hosts[$0].section)" + remark($0) }
        lines += added.map { "+ host \(new.hosts[$0].section)" }
        lines += changed.map { change in
            "~ host \(new.hosts[change.host.new].section): \(change.keys.joined(separator: ", "))"
                + remark(change.host.old)
        }
        let unchanged = new.hosts.count - added.count - changed.count
        lines.append("\(kept.count) listeners and \(unchanged) hosts stay as they are")
        return lines.map(\.printable)
    }

    /// The same as a JSON object, each line ended.
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
              }
            }

            """
    }

    private static func name(_ endpoint: PlannedEndpoint) -> String {
        "\(endpoint.address)\(endpoint.isTLS ? " ssl" : "")"
    }
}

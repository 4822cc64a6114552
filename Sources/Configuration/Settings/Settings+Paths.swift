internal import HandlerAPI

extension Settings {
    /// Keeps hosts down whose requests `SrcPath` would distribute among several targets.
    ///
    /// Without support for the key, requests would reach any of the targets. With one target all requests go
    /// there, which is reported as a key without effect.
    mutating func refuseSharedPaths() {
        var tags: Set<String> = []
        for index in hosts.indices {
            let host = hosts[index]
            guard host.targets.count > 1, host.traits.usesTargets else {
                continue
            }
            let paths = host.targets.compactMap { target in
                target.idle.first { $0.key == "SrcPath" && $0.reason != nil }
                    .map { (target.section, $0) }
            }
            guard let (section, path) = paths.first else { continue }
            tags.insert(host.tag.lowercased())
            hosts[index].troubles.append(
                SectionTrouble(
                    kind: .feature, key: path.key, value: nil,
                    message: "SrcPath of [\(section)] is not supported yet: requests for "
                        + "\(path.value.quoted) would go to any of the \(host.targets.count) "
                        + "targets of the tag \(host.tag.quoted)", location: path.location))
            for target in host.targets.indices { hosts[index].targets[target].keepPath() }
        }
        guard !tags.isEmpty else { return }
        for index in targets.indices
        where tags.contains(targets[index].tag?.value.lowercased() ?? "") {
            targets[index].keepPath()
        }
    }
}

extension TargetSettings {
    /// Removes `SrcPath` from the keys without effect: the file would have another meaning without it.
    fileprivate mutating func keepPath() { idle.removeAll { $0.key == "SrcPath" } }
}

internal import Configuration
internal import HandlerAPI
internal import Systemd

/// The access of the sandboxed service to paths, which is less than that of `check` as root.
struct ServiceView: Sendable {
    /// The access to a directory.
    enum Access: Hashable, Sendable {
        case writable
        /// With the setting that forbids writing, such as `ProtectSystem=strict`.
        case readOnly(String)
        /// The service sees another directory, or none; with the setting.
        case hidden(String)
    }

    private let unit: String
    private let places: [(path: String, access: Access)]
    private let settings: UnitSettings

    /// Evaluates the settings of a unit.
    init(_ settings: UnitSettings) {
        self.settings = settings
        unit = settings.unit
        var places: [(path: String, access: Access)] = []
        func add(_ paths: [String], _ access: Access) {
            // "-" ignores missing paths, "+" starts at RootDirectory=.
            places += paths.map { (String($0.drop { $0 == "-" || $0 == "+" }), access) }
        }
        let system = "ProtectSystem=\(settings.protectSystem)"
        switch settings.protectSystem {
        case "strict":
            add(["/"], .readOnly(system))
            add(["/dev", "/proc", "/sys"], .writable)
        case "full": add(["/usr", "/boot", "/efi", "/etc"], .readOnly(system))
        case "yes": add(["/usr", "/boot", "/efi"], .readOnly(system))
        default: break
        }
        let home = "ProtectHome=\(settings.protectHome)"
        switch settings.protectHome {
        case "read-only": add(["/home", "/root", "/run/user"], .readOnly(home))
        case "yes", "tmpfs": add(["/home", "/root", "/run/user"], .hidden(home))
        default: break
        }
        if settings.hasPrivateTmp { add(["/tmp", "/var/tmp"], .hidden("PrivateTmp=yes")) }
        add(settings.ownDirectories, .writable)
        add(settings.readOnlyPaths, .readOnly("ReadOnlyPaths="))
        add(settings.readWritePaths, .writable)
        add(settings.inaccessiblePaths, .hidden("InaccessiblePaths="))
        self.places = places
    }

    /// The access to an absolute path: that of the longest matching directory, and of equal ones the last.
    func access(to path: String) -> Access {
        var (longest, access) = (-1, Access.writable)
        for place in places where place.path.count >= longest {
            guard place.path == "/" || path == place.path || path.hasPrefix(place.path + "/") else {
                continue
            }
            (longest, access) = (place.path.count, place.access)
        }
        return access
    }

    /// Why the service could not write in a directory, and the remedy; nil where it could.
    func obstacle(toWritingIn directory: String) -> String? {
        switch access(to: identity(of: directory)) {
        case .writable: nil
        case .readOnly(let reason):
            "\(directory) is read-only for \(unit) (\(reason)): add ReadWritePaths=\(directory) to it "
                + "(systemctl edit \(unit))"
        case .hidden(let reason): hidden(directory, reason)
        }
    }

    /// Why the service and other processes would not see the same file, and the remedy; nil where they
    /// do.
    func obstacle(toSharing path: String) -> String? {
        guard case .hidden(let reason) = access(to: identity(of: path)) else { return nil }
        return hidden(path, reason)
    }

    private func hidden(_ path: String, _ reason: String) -> String {
        "\(path) is hidden from \(unit) (\(reason)): use another directory"
    }

    /// The limits for the checks of handlers.
    var limits: ServiceLimits {
        var limits = ServiceLimits()
        limits.obstacleToWriting = { obstacle(toWritingIn: $0) }
        limits.isRefused = { call in settings.systemCalls.map { !$0.contains(call) } ?? false }
        return limits
    }

    /// The path without links, as far as it exists.
    private func identity(of path: String) -> String {
        var (head, tail) = (path, "")
        while head.count > 1 {
            let resolved = Surroundings.Files.disk.identity(head)
            if resolved != head { return resolved + tail }
            guard let slash = head.lastIndex(of: "/") else { break }
            tail = head[slash...] + tail
            head = String(head[..<slash])
        }
        return path
    }
}

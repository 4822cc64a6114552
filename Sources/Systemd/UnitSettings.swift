internal import CSystemd
internal import Glibc

/// The restrictions of a service by its unit and drop-ins.
package struct UnitSettings: Sendable {
    /// How long systemd may take to answer, in microseconds.
    private static let patience: UInt64 = 2_000_000

    /// Its name, such as `icshostd.service`.
    package let unit: String
    /// The capabilities that it starts with (`AmbientCapabilities=`): a bit for each, by its number
    /// (capabilities(7)).
    package private(set) var ambientCapabilities: UInt64 = 0
    /// `ProtectSystem=`: `no`, `yes`, `full` or `strict`.
    package private(set) var protectSystem = "no"
    /// `ProtectHome=`: `no`, `yes`, `read-only` or `tmpfs`.
    package private(set) var protectHome = "no"
    /// `PrivateTmp=`.
    package private(set) var hasPrivateTmp = false
    /// `ReadWritePaths=`, with their marks.
    package private(set) var readWritePaths: [String] = []
    /// `ReadOnlyPaths=`, with their marks.
    package private(set) var readOnlyPaths: [String] = []
    /// `InaccessiblePaths=`, with their marks.
    package private(set) var inaccessiblePaths: [String] = []
    /// The directories that `StateDirectory=` and the related settings create.
    package private(set) var ownDirectories: [String] = []
    /// The system calls that `SystemCallFilter=` allows, nil for all.
    package private(set) var systemCalls: Set<String>?

    /// Requests them from systemd; nil when it does not answer or has no such unit.
    ///
    /// - Parameter unit: the name of a service.
    package init?(of unit: String) {
        self.unit = unit
        var bus: OpaquePointer?
        var path: UnsafeMutablePointer<CChar>?
        defer {
            unsafe sd_bus_flush_close_unref(bus)
            unsafe free(path)
        }
        guard unsafe sd_bus_open_system(&bus) >= 0,
            unsafe sd_bus_set_method_call_timeout(bus, UnitSettings.patience) >= 0,
            unsafe sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, &path) >= 0,
            let bus = unsafe bus, let path = unsafe path
        else { return nil }
        let reader = unsafe Reader(bus: bus, path: path)
        guard reader.text("LoadState", of: "org.freedesktop.systemd1.Unit") == "loaded" else {
            return nil
        }
        ambientCapabilities = reader.number("AmbientCapabilities")
        protectSystem = reader.text("ProtectSystem") ?? "no"
        protectHome = reader.text("ProtectHome") ?? "no"
        hasPrivateTmp = reader.flag("PrivateTmp")
        readWritePaths = reader.list("ReadWritePaths")
        readOnlyPaths = reader.list("ReadOnlyPaths")
        inaccessiblePaths = reader.list("InaccessiblePaths")
        let roots = [
            ("StateDirectory", "/var/lib/"), ("LogsDirectory", "/var/log/"),
            ("CacheDirectory", "/var/cache/"), ("RuntimeDirectory", "/run/"),
        ]
        ownDirectories = roots.flatMap { key, root in reader.list(key).map { root + $0 } }
        systemCalls = reader.systemCalls
    }

    /// Creates settings.
    package init(
        unit: String, protectSystem: String = "no", protectHome: String = "no",
        hasPrivateTmp: Bool = false, readWritePaths: [String] = [], readOnlyPaths: [String] = [],
        inaccessiblePaths: [String] = [], ownDirectories: [String] = [],
        systemCalls: Set<String>? = nil
    ) {
        self.unit = unit
        self.protectSystem = protectSystem
        self.protectHome = protectHome
        self.hasPrivateTmp = hasPrivateTmp
        self.readWritePaths = readWritePaths
        self.readOnlyPaths = readOnlyPaths
        self.inaccessiblePaths = inaccessiblePaths
        self.ownDirectories = ownDirectories
        self.systemCalls = systemCalls
    }
}

/// Reads the properties of one unit; missing ones count as not set.
@safe private struct Reader {
    let bus: OpaquePointer
    let path: UnsafeMutablePointer<CChar>

    private static let service = "org.freedesktop.systemd1.Service"
    private static let manager = "org.freedesktop.systemd1"

    func text(_ name: String, of interface: String = service) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        defer { unsafe free(value) }
        guard
            unsafe sd_bus_get_property_string(
                bus, Reader.manager, path, interface, name, nil, &value) >= 0
        else { return nil }
        return unsafe value.map { unsafe String(cString: $0) }
    }

    func list(_ name: String) -> [String] {
        var values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        guard
            unsafe sd_bus_get_property_strv(
                bus, Reader.manager, path, Reader.service, name, nil, &values) >= 0
        else { return [] }
        return unsafe Reader.taken(values)
    }

    func number(_ name: String) -> UInt64 {
        var value: UInt64 = 0
        let code = unsafe sd_bus_get_property_trivial(
            bus, Reader.manager, path, Reader.service, name, nil, CChar(UInt8(ascii: "t")), &value)
        return code >= 0 ? value : 0
    }

    func flag(_ name: String) -> Bool {
        var value: CInt = 0
        let code = unsafe sd_bus_get_property_trivial(
            bus, Reader.manager, path, Reader.service, name, nil, CChar(UInt8(ascii: "b")), &value)
        return code >= 0 && value != 0
    }

    /// The allowed calls of `SystemCallFilter=`; nil when it lists denied calls instead.
    var systemCalls: Set<String>? {
        var message: OpaquePointer?
        defer { unsafe sd_bus_message_unref(message) }
        var isAllowed: CInt = 0
        var values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        guard
            unsafe sd_bus_get_property(
                bus, Reader.manager, path, Reader.service, "SystemCallFilter", nil, &message,
                "(bas)") >= 0,
            unsafe sd_bus_message_enter_container(message, CChar(UInt8(ascii: "r")), "bas") >= 0,
            unsafe sd_bus_message_read_basic(message, CChar(UInt8(ascii: "b")), &isAllowed) >= 0,
            unsafe sd_bus_message_read_strv(message, &values) >= 0
        else { return nil }
        let names = unsafe Reader.taken(values)
        // A call may specify its error: "name:EPERM".
        return isAllowed == 0 ? nil : Set(names.map { String($0.prefix { $0 != ":" }) })
    }

    /// The strings of a NULL-terminated list, which is freed.
    private static func taken(
        _ values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) -> [String] {
        guard let values = unsafe values else { return [] }
        defer { unsafe free(values) }
        var result: [String] = []
        var index = 0
        while let value = unsafe values[index] {
            result.append(unsafe String(cString: value))
            unsafe free(value)
            index += 1
        }
        return result
    }
}

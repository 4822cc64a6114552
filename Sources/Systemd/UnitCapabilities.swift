internal import CSystemd
internal import Glibc

/// What systemd lets the processes of a unit do.
package enum UnitCapabilities {
    /// How long systemd may take to answer.
    private static let patience: UInt64 = 2_000_000

    /// The capabilities that a service starts with (`AmbientCapabilities=`), as its unit and the
    /// drop-ins say.
    ///
    /// - Parameter unit: its name, such as `icshostd.service`.
    /// - Returns: a bit for each, by its number (capabilities(7)); nil where no systemd answers.
    package static func ambient(of unit: String) -> UInt64? {
        var bus: OpaquePointer?
        var path: UnsafeMutablePointer<CChar>?
        defer {
            unsafe sd_bus_flush_close_unref(bus)
            unsafe free(path)
        }
        guard unsafe sd_bus_open_system(&bus) >= 0,
            unsafe sd_bus_set_method_call_timeout(bus, patience) >= 0,
            unsafe sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, &path) >= 0
        else { return nil }
        var capabilities: UInt64 = 0
        let code = unsafe sd_bus_get_property_trivial(
            bus, "org.freedesktop.systemd1", path, "org.freedesktop.systemd1.Service",
            "AmbientCapabilities", nil, CChar(UInt8(ascii: "t")), &capabilities)
        return code >= 0 ? capabilities : nil
    }
}

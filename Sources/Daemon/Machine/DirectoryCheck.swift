internal import Configuration
internal import NetworkTypes
internal import Platform

/// Looks who else could put files of their own where the daemon keeps its own: the control socket, and
/// what is made here.
enum DirectoryCheck {
    /// - Parameter planned: what the file says; the directories that systemd makes are right.
    /// - Returns: a warning at each key.
    static func check(_ planned: PlannedConfiguration) -> Diagnostics {
        var diagnostics = Diagnostics()
        let paths = [
            ("ControlSocket", planned.server.controlSocket),
            ("StateDirectory", planned.server.stateDirectory),
        ]
        for case (let key, let path?) in paths {
            guard UnixAddress(path)?.isAbstract != true,
                let writer = ForeignWriter.find(onWayTo: path),
                let place = KeyLookup(planned.loaded).server(key)?.location
            else { continue }
            diagnostics.warn(at: place, "other users could replace \(path): \(writer)")
        }
        return diagnostics
    }
}

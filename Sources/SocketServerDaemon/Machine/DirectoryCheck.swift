internal import Configuration
internal import NetworkTypes
internal import Platform

/// Checks whether other users could replace the files of the daemon: the control socket, and the
/// certificates that it creates.
enum DirectoryCheck {
    /// - Parameter planned: the configuration; directories that systemd creates are not checked.
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

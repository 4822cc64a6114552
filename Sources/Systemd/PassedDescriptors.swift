internal import CSystemd
internal import Glibc

/// The descriptors that systemd starts the service with: those of socket units and those of the
/// descriptor store (sd_listen_fds_with_names(3)).
package enum PassedDescriptors {
    /// Returns them and unsets their variables, so that no child process uses them.
    ///
    /// Call it once, before threads that read the environment start.
    ///
    /// - Returns: the number of each and the name it has.
    package static func take() -> [(number: CInt, name: String)] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = unsafe sd_listen_fds_with_names(1, &names)
        guard count > 0, let names = unsafe names else { return [] }
        defer { unsafe free(names) }
        return (0..<count).map { index in
            let text = unsafe names[Int(index)]
            defer { unsafe free(text) }
            let name = unsafe text.map { unsafe String(cString: $0) } ?? ""
            return (CInt(SD_LISTEN_FDS_START) + index, name)
        }
    }
}

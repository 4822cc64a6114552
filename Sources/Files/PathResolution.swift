internal import CFiles
internal import Glibc
internal import Platform

/// How the paths of a ``Folder`` are resolved; both ways open and refuse the same files.
package enum PathResolution: Hashable, Sendable, CaseIterable {
    /// By the kernel, in one call (openat2(2)).
    case kernel
    /// By this process, one component at a time (``BeneathWalk``).
    case walk

    /// The kernel's where available.
    ///
    /// systemd's filter for `RestrictSUIDSGID=` refuses the call with `ENOSYS`, since it cannot inspect the
    /// call's struct; containers refuse it with `EPERM`.
    package static let best: PathResolution = {
        guard let root = try? FileDescriptor(unsafe cfiles_open_folder("/"), from: "open") else {
            return .walk
        }
        let number = unsafe cfiles_open_beneath(root.number, ".")
        guard number >= 0 else { return .walk }
        _ = close(number)
        return .kernel
    }()
}

internal import Platform

/// Finds other users who could replace a file.
package enum FilePlacement {
    /// The users who may replace a file, for a message.
    ///
    /// - Parameters:
    ///   - path: the file, or a directory in which files are created.
    ///   - includesFile: whether write permission for the file itself counts, too.
    /// - Returns: nil when only root and this process's user may.
    package static func foreignWriter(of path: String, includesFile: Bool = false) -> String? {
        ForeignWriter.find(onWayTo: path, includesFile: includesFile).map { "\($0)" }
    }
}

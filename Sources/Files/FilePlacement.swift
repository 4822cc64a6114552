internal import Platform

/// Where a file is, and who else could put another one there.
package enum FilePlacement {
    /// Who may replace a file, in words.
    ///
    /// - Parameters:
    ///   - path: the file, or a directory in which files are made.
    ///   - includesFile: whether who may write to the file itself counts, too.
    /// - Returns: nil where only root and this process's user may.
    package static func foreignWriter(of path: String, includesFile: Bool = false) -> String? {
        ForeignWriter.find(onWayTo: path, includesFile: includesFile).map { "\($0)" }
    }
}

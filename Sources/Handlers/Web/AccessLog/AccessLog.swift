internal import Files
internal import Glibc
internal import HTTP
internal import HandlerAPI
internal import NetworkTypes

/// The access log of a site (`WebLogDir`, `WebLogFormat`).
final class AccessLog: Sendable {
    /// The form of a line.
    enum Format: String, CaseIterable {
        case w3c, combined, json, journal
    }

    let format: Format
    private let file: LogFile?
    let siteName: String

    /// Reads the keys; nil for a site without a log.
    init?(_ options: HandlerOptions) throws {
        let path = options[SiteKeys.webLogDir] ?? ""
        format = options[SiteKeys.webLogFormat]
        siteName = options.hostTag
        if format == .journal {
            file = nil
        } else {
            guard !path.isEmpty else { return nil }
            guard let name = LogName(path) else {
                throw HandlerOptionError(
                    SiteKeys.webLogDir,
                    "must be a directory without \"..\", or a path whose last part is a mask such as "
                        + LogName.standardMask)
            }
            let user = UnixUser.name(of: geteuid())
            let trouble =
                name.trouble(for: user) ?? options.limits.obstacleToWriting(name.directory)
            if let trouble { options.warn(SiteKeys.webLogDir, trouble) }
            if let writer = name.foreignWriter {
                options.warn(SiteKeys.webLogDir, "other users could replace the log: \(writer)")
            }
            file = LogFile(
                name, header: format == .w3c ? AccessLine.w3cHeader : [], owner: siteName)
        }
    }

    /// Reopens the file before the next line.
    func reopen() { file?.reopen() }

    /// Writes a line.
    func write(_ line: [UInt8], _ client: Client, by writer: LogWriter) {
        guard let file else {
            return client.log(.info, String(decoding: line, as: UTF8.self))
        }
        file.append(line, by: writer)
    }
}

internal import Glibc
internal import Platform
internal import TextFormats

/// The path of a log with the date in its name: a mask as in ICS.
///
/// An example is `"webapp-"yyyymmdd".log"`.
package struct LogName: Sendable {
    private enum Piece: Hashable, Sendable {
        case text(String)
        case year, shortYear, month, day, hour, minute
    }

    /// The default name in a directory.
    package static let standardMask = "\"webapp-\"yyyymmdd\".log\""

    private let folder: String
    /// The part of `folder` that must exist; directories below it are created when missing.
    private let base: String
    private let pieces: [Piece]

    /// Parses a path: a directory, optionally followed by a mask with quotes after the last slash.
    ///
    /// Nil when the mask has invalid letters outside its quotes.
    ///
    /// - Parameters:
    ///   - path: as written; a relative one is below `base`.
    ///   - base: the directory of logs.
    package init?(_ path: String, below base: String = LogName.standardFolder) {
        let isRelative = !path.hasPrefix("/")
        guard !isRelative || !path.split(separator: "/").contains("..") else { return nil }
        let path = isRelative ? "\(base)/\(path)" : path
        self.base = isRelative ? base : ""
        let bytes = Array(path.utf8)
        let slash = UInt8(ascii: "/")
        let end = bytes.firstIndex(of: UInt8(ascii: "\""))
        let split = bytes[..<(end ?? bytes.endIndex)].lastIndex(of: slash)
        if let split, end != nil || bytes[split...].count == 1 {
            folder = String(decoding: bytes[..<split], as: UTF8.self)
            let mask = String(decoding: bytes[(split + 1)...], as: UTF8.self)
            guard let pieces = LogName.pieces(mask.isEmpty ? LogName.standardMask : mask) else {
                return nil
            }
            self.pieces = pieces
        } else {
            guard end == nil, let pieces = LogName.pieces(LogName.standardMask) else { return nil }
            folder = path
            self.pieces = pieces
        }
    }

    /// The log directory that systemd set (the first of `LogsDirectory=`), else that of the program.
    package static var standardFolder: String {
        let listed = unsafe getenv("LOGS_DIRECTORY").map { unsafe String(cString: $0) } ?? ""
        return listed.split(separator: ":").first.map(String.init)
            ?? ProgramIdentity.current.logsDirectory
    }

    private static func pieces(_ mask: String) -> [Piece]? {
        var (pieces, rest): ([Piece], Substring) = ([], mask[...])
        let words: [(String, Piece)] = [
            ("yyyy", .year), ("yy", .shortYear), ("mm", .month), ("dd", .day), ("hh", .hour),
            ("nn", .minute),
        ]
        while let first = rest.first {
            if first == "\"" || first == "'" {
                let text = rest.dropFirst().prefix { $0 != first }
                guard rest.dropFirst(text.count + 1).first == first, !text.contains("/") else {
                    return nil
                }
                pieces.append(.text(String(text)))
                rest = rest.dropFirst(text.count + 2)
            } else if let (word, piece) = words.first(where: {
                rest.prefix($0.0.count).lowercased() == $0.0
            }) {
                pieces.append(piece)
                rest = rest.dropFirst(word.count)
            } else if first == "-" || first == "_" || first == "." {
                pieces.append(.text(String(first)))
                rest = rest.dropFirst()
            } else {
                return nil
            }
        }
        return pieces
    }

    /// The directory of its files.
    package var directory: String { folder.isEmpty ? "/" : folder }

    /// The reason why the current file cannot be created or written, as far as the status shows.
    ///
    /// Checks the directory (open(2), faccessat(2)) and whether a regular file can be at the path (lstat(2)).
    ///
    /// - Parameter user: the user who is to create it, for the remedy.
    /// - Returns: the reason with a remedy, nil when there is no problem.
    package func trouble(for user: String) -> String? {
        var place = directory
        // Missing directories below the directory of logs are created with the first line.
        while place != base, unsafe access(place, F_OK) != 0, errno == ENOENT, !base.isEmpty {
            place = LogName.parent(of: place)
        }
        do throws(FileTrouble) {
            _ = try Folder(place)
        } catch {
            return "\(place): \(error.reason)"
                + LogName.remedy(error.code, place, user, "install -d -o \(user) '\(place)'")
        }
        guard unsafe faccessat(AT_FDCWD, place, W_OK | X_OK, AT_EACCESS) != 0 else {
            return troubleOfFile
        }
        let error = SystemError.last("faccessat")
        return "\(place): \(error.reason)"
            + LogName.remedy(error.code, place, user, "setfacl -m u:\(user):rwx '\(place)'")
    }

    /// The reason and remedy for a user without permission.
    private static func remedy(
        _ code: Int32, _ place: String, _ user: String, _ command: String
    ) -> String {
        switch code {
        case ENOENT: " for user \(user): make it: \(command)"
        case EACCES, EPERM:
            " for user \(user)"
                + (command.hasPrefix("setfacl") ? ": let the user write there: \(command)" : "")
        case EROFS: ": add ReadWritePaths=\(place) to the unit"
        default: ""
        }
    }

    /// The problem with an existing entry at the current path that is not a regular file.
    private var troubleOfFile: String? {
        let path = path(at: time(nil))
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else {
            return nil
        }
        return "\(path) is not a regular file: remove it"
    }

    /// Creates missing directories below the directory of logs (mkdir(2)).
    func makeDirectory() {
        var missing: [String] = []
        var place = folder
        while !base.isEmpty, place.count > base.count, unsafe mkdir(place, 0o750) != 0,
            errno == ENOENT
        {
            missing.append(place)
            place = LogName.parent(of: place)
        }
        for place in missing.reversed() { _ = unsafe mkdir(place, 0o750) }
    }

    private static func parent(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    /// Other users who could replace the log, for a message.
    package var foreignWriter: String? {
        FilePlacement.foreignWriter(of: folder.isEmpty ? "/" : folder)
    }

    /// The path for a time, in local time; any number of seconds since 1970.
    package func path(at seconds: Int) -> String {
        var moment = time_t(seconds)
        var parts = unsafe tm()
        if unsafe localtime_r(&moment, &parts) == nil {
            // A year beyond the range of C: any valid name will do.
            moment = 0
            unsafe localtime_r(&moment, &parts)
        }
        // In range: a CInt and 1,900 are an Int.
        let year = unsafe Int(parts.tm_year) + 1_900
        // In range: a month.
        let (month, day) = unsafe (parts.tm_mon + 1, parts.tm_mday)
        let (hour, minute) = unsafe (parts.tm_hour, parts.tm_min)
        let name = pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .year: "\(year)"
            case .shortYear: abs(year % 100).padded(to: 2)
            case .month: Int(month).padded(to: 2)
            case .day: Int(day).padded(to: 2)
            case .hour: Int(hour).padded(to: 2)
            case .minute: Int(minute).padded(to: 2)
            }
        }
        return folder + "/" + name.joined()
    }
}

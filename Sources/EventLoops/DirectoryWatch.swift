internal import Glibc
internal import Platform

/// Names in directories that somebody wants to know of: a table over one inotify(7) descriptor.
struct DirectoryWatch: ~Copyable {
    /// A name in a watched directory, or any name where nil.
    struct Place: Hashable {
        fileprivate let number: CInt
        fileprivate let name: String?
    }

    /// What became of a wish.
    enum Outcome {
        case watched(Place)
        /// There are as many directories as the kernel or the limit allow.
        case exhausted
        /// The directory may not be read, or is not there.
        case unreadable
    }

    /// What has happened since the last look.
    struct News {
        /// The wanted names that were made, written, renamed or removed.
        var places: Set<Place> = []
        /// More happened than the kernel could keep: anything may have changed.
        var isOverflow = false
    }

    private struct Directory {
        let path: String
        /// How many want each name, or any name.
        var names: [String?: Int] = [:]
    }

    private let descriptor: FileDescriptor
    private let limit: Int
    private var directories: [CInt: Directory] = [:]
    private var numbers: [String: CInt] = [:]

    /// How many bytes of events are read at a time.
    private static let bufferSize = 65_536
    /// Made, written, renamed, removed; attributes too, since what could not be read perhaps can be.
    private static let mask =
        IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_ATTRIB
        | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR

    init(limit: Int) throws(SystemError) {
        descriptor = try FileDescriptor(
            inotify_init1(O_CLOEXEC | O_NONBLOCK), from: "inotify_init1")
        self.limit = limit
    }

    /// The number to watch on a loop.
    var number: CInt { descriptor.number }

    /// How many directories are watched.
    var count: Int { directories.count }

    /// Wants to know of a name in a directory, or of any; ``remove(_:)`` takes it back.
    mutating func add(_ name: String?, in path: String) -> Outcome {
        let number: CInt
        // A directory keeps its number until it is moved or removed, which inotify reports.
        if let known = numbers[path] {
            number = known
        } else {
            guard directories.count < limit else { return .exhausted }
            number = unsafe inotify_add_watch(
                descriptor.number, path, UInt32(Self.mask))
            guard number >= 0 else {
                return errno == ENOSPC || errno == ENOMEM ? .exhausted : .unreadable
            }
            // One directory that is mounted twice has one number.
            if directories[number] == nil {
                directories[number] = Directory(path: path)
                numbers[path] = number
            }
        }
        directories[number]?.names[name, default: 0] += 1
        return .watched(Place(number: number, name: name))
    }

    /// Takes a wish back; a directory of which nothing is wanted is no longer watched.
    mutating func remove(_ place: Place) {
        guard var directory = directories[place.number], let count = directory.names[place.name]
        else { return }
        directory.names[place.name] = count > 1 ? count - 1 : nil
        directories[place.number] = directory
        guard directory.names.isEmpty else { return }
        forget(place.number)
    }

    /// Reads what has happened; never waits.
    mutating func takeNews() -> News {
        var news = News()
        var buffer = [UInt8](repeating: 0, count: Self.bufferSize)
        while true {
            let count = unsafe read(descriptor.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return news }
            var rest = buffer[..<count]
            let headSize = MemoryLayout<inotify_event>.size
            while rest.count >= headSize {
                let event = unsafe rest.withUnsafeBytes {
                    unsafe $0.loadUnaligned(as: inotify_event.self)
                }
                let name = rest.dropFirst(headSize).prefix(Int(event.len)).prefix { $0 != 0 }
                note(event, String(decoding: name, as: UTF8.self), in: &news)
                rest = rest.dropFirst(headSize + Int(event.len))
            }
        }
    }

    private mutating func note(_ event: inotify_event, _ name: String, in news: inout News) {
        let what = CInt(bitPattern: event.mask)
        if what & IN_Q_OVERFLOW != 0 { news.isOverflow = true }
        guard let directory = directories[event.wd] else { return }
        if what & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT) != 0 {
            for name in directory.names.keys {
                news.places.insert(Place(number: event.wd, name: name))
            }
            forget(event.wd)
            return
        }
        for wanted in [name, nil] where directory.names[wanted] != nil {
            news.places.insert(Place(number: event.wd, name: wanted))
        }
    }

    private mutating func forget(_ number: CInt) {
        guard let directory = directories.removeValue(forKey: number) else { return }
        numbers[directory.path] = nil
        // EINVAL where the kernel has forgotten it already.
        _ = inotify_rm_watch(descriptor.number, number)
    }
}

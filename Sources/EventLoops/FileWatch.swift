internal import Platform

/// Reports that files may have changed in any way: written, replaced, renamed, or by a symbolic link or a
/// directory anywhere on their path.
///
/// Theory of operation: every directory in which the kernel looks up a part of the path is watched for that
/// name, and so is a path that ends early, at a file that does not exist yet. A path to a directory stands
/// for every name in it. After each event the paths that it concerns are resolved again. Files below a
/// directory that cannot be watched are polled once a second. Belongs to one loop.
package final class FileWatch: EventSource {
    private struct File {
        let path: String
        var places: [DirectoryWatch.Place] = []
        /// Its last state, where it is polled.
        var stamp: FileStamp?
    }

    /// The most watched directories; each costs about a kilobyte of kernel memory.
    package static let directoryLimit = 32_768
    /// How often files that cannot be watched are polled.
    package static let pollTime = Duration.seconds(1)

    private let loop: EventLoop
    private let pollTime: Duration
    private let onChange: (Set<Int>) -> Void
    private let limit: Int
    private var directories: DirectoryWatch?
    /// Whether it has asked the kernel for an instance of inotify: as long as it has files.
    package private(set) var isOpened = false
    private var source: SourceID?
    private var poll: LoopTimer?
    /// The files of each owner.
    private var files: [Int: [File]] = [:]
    /// How many files are polled, because they cannot be watched.
    package private(set) var polledCount = 0
    /// Whether the kernel has fewer watches than directories (`fs.inotify.max_user_watches`).
    package private(set) var isExhausted = false
    /// A directory that cannot be watched, because this process may not read it.
    package private(set) var unreadable: String?

    /// Creates a watch without files; all calls are on the loop's thread.
    ///
    /// - Parameters:
    ///   - loop: the loop.
    ///   - limit: the most watched directories.
    ///   - pollTime: how often files that cannot be watched are polled.
    ///   - onChange: gets the owners of files that may have changed.
    package init(
        on loop: EventLoop, limit: Int = directoryLimit, pollTime: Duration = pollTime,
        onChange: @escaping (Set<Int>) -> Void
    ) {
        self.loop = loop
        self.pollTime = pollTime
        self.onChange = onChange
        self.limit = limit
        poll = LoopTimer(on: loop) { [unowned self] in lookAround() }
    }

    /// Opens inotify with the first file: a user has few instances, 128 for all processes as a rule.
    private func open() {
        guard !isOpened else { return }
        isOpened = true
        // Without inotify all files are polled.
        directories = try? DirectoryWatch(limit: limit)
        guard let number = directories?.number else { return }
        let source = loop.add(self)
        self.source = source
        do throws(SystemError) {
            try loop.watch(number, for: source, .readable)
        } catch {
            loop.remove(source)
            self.source = nil
            directories = nil
        }
    }

    /// Whether the kernel gave what it takes to watch (`fs.inotify.max_user_instances`).
    package var hasInotify: Bool { !isOpened || directories != nil }

    /// How many directories are watched.
    package var directoryCount: Int { directories?.count ?? 0 }

    /// Watches the files of an owner, instead of those it had before.
    package func watch(_ paths: [String], for owner: Int) {
        if !paths.isEmpty { open() }
        let old = files[owner] ?? []
        files[owner] = paths.map(walk)
        // After the new ones, so that a directory of both stays watched.
        for file in old { forget(file) }
        if files[owner]?.isEmpty == true { files[owner] = nil }
        if files.isEmpty { close() }
        schedulePoll()
    }

    /// Ends the watch; the loop forgets it.
    package func stop() {
        poll?.stop()
        poll = nil
        close()
    }

    /// Gives the instance back with the last file.
    private func close() {
        isOpened = false
        guard let source else { return }
        if let number = directories?.number { loop.unwatch(number) }
        loop.remove(source)
        self.source = nil
        directories = nil
    }

    package func descriptorReady(_ readiness: Readiness) {
        guard let news = directories?.takeNews() else { return }
        if news.isOverflow { return tell(Set(files.keys)) }
        guard !news.places.isEmpty else { return }
        let owners = files.filter { _, files in
            files.contains { $0.places.contains { news.places.contains($0) } }
        }
        tell(Set(owners.keys))
    }

    package func deadlinePassed() {}

    /// Polls the files that cannot be watched.
    private func lookAround() {
        let owners = files.filter { _, files in
            files.contains {
                $0.stamp.map { [path = $0.path] in $0 != FileStamp(of: path) } ?? false
            }
        }
        if !owners.isEmpty { tell(Set(owners.keys)) }
        schedulePoll()
    }

    private func tell(_ owners: Set<Int>) {
        guard !owners.isEmpty else { return }
        for owner in owners { watch((files[owner] ?? []).map(\.path), for: owner) }
        onChange(owners)
    }

    private func schedulePoll() {
        if polledCount > 0 { poll?.start(after: pollTime) }
    }

    /// Watches every step of a file's way.
    private func walk(_ path: String) -> File {
        var file = File(path: path)
        var isWatched = directories != nil
        func watch(_ name: String?, in directory: String) {
            switch directories?.add(name, in: directory) {
            case .watched(let place): file.places.append(place)
            case .exhausted: (isWatched, isExhausted) = (false, true)
            case .unreadable: (isWatched, unreadable) = (false, directory)
            case nil: break
            }
        }
        if let end = PathWalk.forEachStep(to: path, watch) { watch(nil, in: end) }
        if !isWatched {
            file.stamp = FileStamp(of: path)
            polledCount += 1
        }
        return file
    }

    private func forget(_ file: File) {
        for place in file.places { directories?.remove(place) }
        if file.stamp != nil { polledCount -= 1 }
    }
}

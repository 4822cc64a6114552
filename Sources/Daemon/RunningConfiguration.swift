internal import Configuration
internal import HandlerAPI
internal import Serving

/// The configuration that the service runs with.
struct RunningConfiguration: Sendable {
    /// The file.
    let path: String
    /// When the file was last changed before it was read, in seconds since 1970.
    let modified: Int?
    /// When it took effect, in seconds since 1970.
    let loaded: Int
    /// 1 at the start, one more with each reload.
    let generation: Int
    /// The hosts and listeners.
    var opened: OpenedPlan
    /// Why hosts keep the version of an earlier configuration, by section in lower case.
    var outdated: [String: HostTrouble] = [:]
    /// When a later reload failed, in seconds since 1970; nil after one that did not.
    var failed: Int?
}

extension RunningConfiguration {
    /// The configuration that was read for a generation and is in force from now on.
    init(_ planned: PlannedConfiguration, _ opened: OpenedPlan, generation: Int = 1) {
        self.init(
            path: planned.path, modified: planned.modified, loaded: WallClock.secondsSince1970,
            generation: generation, opened: opened)
    }
}

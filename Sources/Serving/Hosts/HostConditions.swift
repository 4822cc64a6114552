internal import Platform
internal import Synchronization

/// Why a host that is up is `degraded`: its conditions.
///
/// Shared by all loops and the control thread, as the ``HostAccount`` is.
package final class HostConditions: Sendable {
    /// How long a condition lasts that only its next occurrence could confirm.
    package static let lastingTime = Duration.seconds(60)
    /// How many subjects one host may have; more say nothing new to an operator.
    package static let limit = 32

    private struct Condition {
        var reason: String
        /// When it is over, in nanoseconds of CLOCK_MONOTONIC; nil as long as nobody clears it.
        var end: UInt64?
    }

    private let conditions = Lock<[String: Condition]>([:])
    /// Whether there may be one: the status of thousands of hosts is asked each second.
    private let isRaised = Atomic<Bool>(false)

    /// Begins without conditions.
    package init() {}

    /// Raises a condition, or raises it anew with another reason.
    ///
    /// - Parameters:
    ///   - subject: what it is about; one subject has one condition at a time.
    ///   - reason: what is wrong, for people: no capital, no period.
    ///   - duration: how long it lasts unless it is raised again; nil until ``clear(_:)``.
    package func raise(_ subject: String, _ reason: String, for duration: Duration? = nil) {
        let now = MonotonicClock.now()
        let end = duration.map { now.addingReportingOverflow(UInt64(clamping: $0.nanoseconds)) }
        let condition = Condition(
            reason: reason, end: end.map { $0.overflow ? .max : $0.partialValue })
        conditions.withLock { conditions in
            if conditions[subject] == nil, conditions.count >= HostConditions.limit {
                conditions = conditions.filter { $0.value.end ?? .max > now }
                guard conditions.count < HostConditions.limit else { return }
            }
            conditions[subject] = condition
            isRaised.store(true, ordering: .relaxed)
        }
    }

    /// Ends the condition of a subject, if there is one.
    package func clear(_ subject: String) {
        conditions.withLock { $0[subject] = nil }
    }

    /// Whether a condition lasts.
    var isAnyRaised: Bool {
        guard isRaised.load(ordering: .relaxed) else { return false }
        let now = MonotonicClock.now()
        return conditions.withLock { $0.values.contains { $0.end ?? .max > now } }
    }

    /// The reasons of the conditions that last, in the order of their subjects.
    package var reasons: [String] {
        guard isRaised.load(ordering: .relaxed) else { return [] }
        let now = MonotonicClock.now()
        return conditions.withLock { conditions in
            conditions = conditions.filter { $0.value.end ?? .max > now }
            isRaised.store(!conditions.isEmpty, ordering: .relaxed)
            return conditions.sorted { $0.key < $1.key }.map(\.value.reason)
        }
    }
}

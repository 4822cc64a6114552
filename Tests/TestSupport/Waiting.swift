internal import Glibc

/// How long a test waits for what should take milliseconds, on a machine that is busy.
package let patience = Duration.seconds(Sanitizer.isOn ? 60 : 20)

/// Waits until something is true.
///
/// - Parameters:
///   - what: completes "did not happen in time: ".
///   - limit: after how long the test fails.
///   - condition: asked again and again.
/// - Throws: ``TestFailure`` when the time has passed, and what `condition` throws.
package func waitUntil(
    _ what: @autoclosure () -> String, within limit: Duration = patience,
    _ condition: () throws -> Bool
) throws {
    let end = ContinuousClock.now + limit
    while try !condition() {
        guard ContinuousClock.now < end else {
            throw TestFailure("did not happen in time: \(what())")
        }
        _ = usleep(2_000)
    }
}

/// Waits until a descriptor is ready or broken.
package func waitUntilReady(
    _ descriptor: CInt, _ events: CInt, _ what: @autoclosure () -> String,
    within limit: Duration = patience
) throws {
    let end = ContinuousClock.now + limit
    while true {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        let rest = ContinuousClock.now.duration(to: end) / .milliseconds(1)
        if unsafe poll(&entry, 1, CInt(max(0, rest.rounded(.up)))) > 0 { return }
        guard errno == EINTR || rest > 0 else {
            throw TestFailure("did not happen in time: \(what())")
        }
    }
}

internal import CLinux
internal import Glibc
internal import Platform

/// A descriptor that becomes readable after a time (timerfd_create(2)).
final class Alarm {
    private let descriptor: FileDescriptor

    /// The number to watch.
    var number: CInt { descriptor.number }

    init() throws(SystemError) {
        descriptor = try FileDescriptor(
            timerfd_create(CLOCK_MONOTONIC, CInt(TFD_NONBLOCK) | CInt(TFD_CLOEXEC)),
            from: "timerfd_create")
    }

    /// Makes it readable after this time, and unreadable until then; never where negative.
    func set(milliseconds: Int32) {
        var setting = itimerspec()
        if milliseconds > 0 {
            setting.it_value.tv_sec = Int(milliseconds / 1_000)
            setting.it_value.tv_nsec = Int(milliseconds % 1_000) * 1_000_000
        } else if milliseconds == 0 {
            // 0 would mean never.
            setting.it_value.tv_nsec = 1
        }
        _ = unsafe timerfd_settime(descriptor.number, 0, &setting, nil)
    }
}

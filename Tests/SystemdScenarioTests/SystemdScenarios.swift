import Testing

/// The installed service under a real systemd, one container at a time.
@Suite(
    .serialized,
    .enabled(
        if: SystemdContainer.obstacle == nil,
        "SKIPPED, nothing is proved: \(SystemdContainer.obstacle ?? "")"))
enum SystemdScenarios {}

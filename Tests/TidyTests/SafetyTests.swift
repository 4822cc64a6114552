import Testing

/// Where the compiler's word is not enough, and why there.
@Suite struct SafetyTests {
    /// Modules that are the edge to C.
    private static let unsafeModules: Set = ["EventLoops", "Files", "TLS", "Systemd"]

    /// Files of other modules that use the word `unsafe`.
    private static let unsafeFiles: Set = [
        // inet_pton(3) and inet_ntop(3).
        "NetworkTypes/IPAddress.swift",
        // getpwuid_r(3).
        "NetworkTypes/UnixUser.swift",
        // glob(3) and realpath(3).
        "Configuration/Surroundings.swift",
        // open(2) and read(2).
        "Configuration/ConfigurationFile.swift",
        // write(2) to the standard streams.
        "Daemon/Output.swift",
        // The C interface of modules: dlopen(3), and calls both ways.
        "Handlers/Module/ModuleFile.swift", "Handlers/Module/LoadedModule.swift",
        "Handlers/Module/ModuleSession.swift", "Handlers/Module/ModuleCalls.swift",
        // stat(2), getpwnam(3) and proc(5).
        "Handlers/Exec/FileStatus.swift", "Handlers/Exec/Person.swift",
        "Handlers/Exec/Capability.swift", "Handlers/Exec/UCSPIEnvironment.swift",
        // readlink(2) and access(2).
        "HandlerAPI/Program.swift",
        // readlink(2).
        "Daemon/PortHolder.swift",
        // localtime_r(3).
        "Daemon/LocalTime.swift",
        // getenv(3).
        "Daemon/StandardStreams.swift",
        "Daemon/StateDirectory.swift",
        // pread(2).
        "HandlerTesting/TestFile.swift",
        // access(2) and gethostname(2).
        "Serving/FilePresence.swift",
        // Continuations without checks: a checked one costs twice as much per wait.
        "Serving/Connection.swift", "Serving/Connection+Waiting.swift",
    ]

    /// Files that claim `@unchecked Sendable`.
    private static let unchecked: Set = [
        // Confined to the thread of a loop.
        "EventLoops/EventLoop.swift", "HandlerAPI/Client.swift", "HandlerAPI/LoopLocals.swift",
        "HandlerAPI/Peer.swift",
        "Serving/Backlog.swift", "Serving/Connection.swift", "Serving/Extras.swift",
        "Serving/Resolution.swift", "Serving/ProgramRun.swift", "Serving/HostLife.swift",
        "HandlerAPI/HostContext.swift", "HandlerTesting/ScriptedClient.swift",
        "Serving/Worker.swift", "Serving/CertificateKeeper.swift", "Daemon/Reloader.swift",
        "Daemon/Supervisor.swift",
        "Daemon/ControlDesk.swift", "Daemon/ControlSession.swift",
        // Guarded by a pthread mutex.
        "EventLoops/Lock.swift", "Systemd/Mailbox.swift",
        // Guarded by a lock of libcrypto.
        "TLS/SharedCertificates.swift",
    ]

    /// Files that claim `nonisolated(unsafe)`: what OpenSSL reads, or a module has, and nobody changes
    /// after init.
    private static let nonisolated: Set = [
        "Handlers/Module/LoadedModule.swift", "Handlers/Module/ModuleCalls.swift",
        "TLS/CertificateDoctor.swift", "TLS/NewestSession.swift", "TLS/LegacyLibrary.swift",
        "TLS/PortMethod.swift", "TLS/ProtocolList.swift", "TLS/TLSCertificate.swift",
        "TLS/TLSClientContext.swift", "TLS/TLSContext.swift",
        "TLS/TicketKeys.swift",
    ]

    @Test func unsafeCodeIsWhereItIsExpected() {
        let found = Repository.sources.filter {
            !Self.unsafeModules.contains($0.module) && $0.has(/\bunsafe\b/)
        }
        #expect(Set(found.map(\.place)) == Self.unsafeFiles)
    }

    @Test func uncheckedSendabilityIsWhereItIsExpected() {
        let found = Repository.sources.filter { $0.has(/@unchecked\s+Sendable/) }
        #expect(Set(found.map(\.place)) == Self.unchecked)
        let other = Repository.sources.filter { $0.has(/nonisolated\(unsafe\)/) }
        #expect(Set(other.map(\.place)) == Self.nonisolated)
    }

    @Test func uncheckedSendabilityIsExplained() {
        for file in Repository.sources {
            for (index, line) in file.code.enumerated() where line.contains(/@unchecked\s+Sendable/)
            {
                let reason = file.comments.dropFirst(index).prefix(3)
                #expect(
                    reason.contains { $0.contains("// Sendable because ") },
                    "\(file.place):\(index + 1) needs \"// Sendable because …\" below")
            }
        }
    }
}

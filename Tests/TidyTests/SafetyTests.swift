import Testing

/// Where the compiler's word is not enough, and why there.
@Suite struct SafetyTests {
    /// Modules that are the edge to C.
    private static let unsafeModules: Set = ["Platform", "EventLoops", "Files", "TLS", "Systemd"]

    /// Files of other modules that use the word `unsafe`.
    private static let unsafeFiles: Set = [
        // inet_pton(3) and inet_ntop(3).
        "NetworkTypes/IPAddress.swift",
        // getpwuid_r(3).
        "NetworkTypes/UnixUser.swift",
        // glob(3) and realpath(3).
        "Configuration/Text/Surroundings.swift",
        // open(2) and read(2).
        "Configuration/Text/ConfigurationFile.swift",
        // write(2) to the standard streams.
        "SocketServerDaemon/Printing/Output.swift",
        // The C interface of modules: dlopen(3), and calls both ways.
        "Handlers/Module/ModuleFile.swift", "Handlers/Module/LoadedModule.swift",
        "Handlers/Module/ModuleSession.swift", "Handlers/Module/ModuleCalls.swift",
        // stat(2), getpwnam(3) and proc(5).
        "Handlers/Exec/FileStatus.swift", "Handlers/Exec/Person.swift",
        "Handlers/Exec/Capability.swift", "Handlers/Exec/UCSPIEnvironment.swift",
        // readlink(2) and access(2).
        "HandlerAPI/Client/Program.swift",
        // readlink(2).
        "SocketServerDaemon/Machine/PortHolder.swift",
        // localtime_r(3).
        "SocketServerDaemon/Journal/LocalTime.swift",
        // getenv(3).
        "SocketServerDaemon/Printing/StandardStreams.swift",
        // pread(2).
        "HandlerTesting/TestFile.swift",
        // Jobs of an executor without a thread.
        "HandlerTesting/VirtualLoop.swift",
        // access(2) and gethostname(2).
        "Serving/Hosts/FilePresence.swift",
        // Continuations without checks: a checked one costs twice as much per wait.
        "Serving/Connection/Connection.swift", "Serving/Connection/Connection+Waiting.swift",
    ]

    /// Files that claim `@unchecked Sendable`.
    private static let unchecked: Set = [
        // Confined to the thread of a loop.
        "EventLoops/EventLoop.swift", "HandlerAPI/Client/ClientCore.swift",
        "HandlerAPI/Client/PeerCore.swift", "HandlerAPI/Client/Client+Alongside.swift",
        "HandlerAPI/Handler/LoopLocals.swift",
        "Serving/Connection/Backlog.swift", "Serving/Connection/Connection.swift",
        "Serving/Connection/Extras.swift",
        "Serving/Dialing/Resolution.swift", "Serving/Programs/ProgramRun.swift",
        "Serving/Hosts/HostLife.swift",
        "HandlerAPI/Handler/HostContext.swift", "HandlerTesting/ScriptedConnection.swift",
        "HandlerTesting/ScriptedHost.swift", "HandlerTesting/ScriptedMailbox.swift",
        "HandlerTesting/VirtualLoop.swift",
        "Serving/Server/Worker.swift", "Serving/Certificates/CertificateKeeper.swift",
        "SocketServer/Control/ServerControl.swift", "SocketServer/Control/StateControl.swift",
        "SocketServerDaemon/Reload/Reloader.swift",
        "SocketServerDaemon/Supervision/Supervisor.swift",
        "SocketServerDaemon/Control/ControlDesk.swift",
        "SocketServerDaemon/Control/ControlSession.swift",
        // Guarded by a pthread mutex.
        "Platform/Threads/Lock.swift",
        // Guarded by a lock of libcrypto.
        "TLS/Certificate/SharedCertificates.swift",
    ]

    /// Files that claim `nonisolated(unsafe)`: what OpenSSL reads, or a module has, and nobody changes
    /// after init.
    private static let nonisolated: Set = [
        "Handlers/Module/LoadedModule.swift", "Handlers/Module/ModuleCalls.swift",
        "TLS/Certificate/CertificateDoctor.swift", "TLS/Session/NewestSession.swift",
        "TLS/Secrets/LegacyLibrary.swift",
        "TLS/Session/PortMethod.swift", "TLS/Policy/ProtocolList.swift",
        "TLS/Certificate/TLSCertificate.swift",
        "TLS/Policy/TLSClientContext.swift", "TLS/Policy/TLSContext.swift",
        "TLS/Tickets/TicketKeys.swift",
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

    /// Changes of what all threads of a process share: an engine in the process of another program makes none.
    @Test func onlyTheDaemonChangesTheProcess() {
        let calls =
            /\b(?:signal|sigaction|setenv|unsetenv|putenv|chdir|umask|setlocale|dup2|_?exit)\(|FileLimit\.raise|HeapMemory\.giveBack|SignalQueue\(/
        let program: Set = ["SocketServerDaemon", "icshostd", "Systemd"]
        for file in Repository.sources where !program.contains(file.module) {
            #expect(!file.has(calls), "\(file.place)")
        }
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

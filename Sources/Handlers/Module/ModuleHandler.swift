internal import CHandlerModule
internal import Files
internal import HandlerAPI

/// Serves the clients of a host with a shared object that has the C interface of
/// `icshostd_module.h`.
struct ModuleHandler: LastingHandler {
    static let name = "module"
    static let summary = "hands clients to a shared object (icshostd_module.h)"
    static let traits = HandlerTraits(
        requiredKey: .init(module, question: "Shared object, an absolute path"))
    static let keys: [any DeclaredKey] = [module, moduleOption]
    static let module = HandlerKey(
        "Module", .path, default: nil,
        help: "The shared object to load, an absolute path. See docs/MODULES.md.")
    static let moduleOption = HandlerKey(
        "ModuleOption", .texts, default: [],
        help: "An option for the module. May be repeated.")

    private let module: LoadedModule

    init(_ options: HandlerOptions) throws {
        let file: ModuleFile
        do throws(ModuleFile.Refusal) {
            file = try ModuleFile(path: options[Self.module] ?? "")
        } catch {
            throw HandlerOptionError(Self.module, error.reason)
        }
        if let writer = FilePlacement.foreignWriter(of: file.path, includesFile: true) {
            options.warn(Self.module, "other users could replace \(file.path): \(writer)")
        }
        module = try LoadedModule.load(
            file, hostTag: options.hostTag, options: options[Self.moduleOption])
    }

    /// Does nothing: `init` loads the module, so that its faults are reported as mistakes of the file.
    func start(_ host: HostContext) {}

    func stop() { module.unload() }

    func serve(_ client: Client) async throws -> Afterwards {
        let session = ModuleSession(client, module)
        try session.open()
        do {
            try await events(of: client, for: session)
        } catch {
            session.close(because: error)
            throw error
        }
        session.close(because: nil)
        return .close
    }

    /// Passes the events of a client to the module, until one of them ends.
    private func events(of client: Client, for session: ModuleSession) async throws {
        while session.goesOn {
            do {
                try await client.flush()
                try await session.upgradeIfRequested()
                if session.awaitsRoom {
                    try session.writable()
                } else if session.hasEnded {
                    return
                } else if try await !client.read({ bytes in try session.data(bytes) }) {
                    try session.end()
                }
            } catch ClientError.timedOut {
                client.setDeadline(after: nil)
                try session.timer()
            }
        }
    }
}

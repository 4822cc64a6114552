internal import HandlerAPI

extension ExecHandler {
    static let keys: [any DeclaredKey] =
        [
            exec, execUser, execGroup, execDir, execNice, execUmask, execEnvironment, execMax,
            execKillTime, execEndTime,
        ]
        + ProgramResource.allCases.map(\.key)

    static let exec = HandlerKey(
        "Exec", .text, default: "",
        help: "The program to run for each client: its absolute path and its arguments, in "
            + "quotes where they contain blanks.")
    static let execUser = HandlerKey(
        "ExecUser", .text, default: "",
        help: "The user that the program runs as, by name or number. Blank uses the user of "
            + "the daemon.")
    static let execGroup = HandlerKey(
        "ExecGroup", .text, default: "",
        help: "The group that the program runs as, by name or number. Blank uses the group "
            + "of the user.")
    static let execDir = HandlerKey(
        "ExecDir", .path, default: "/",
        help: "The working directory of the program.")
    static let execNice = HandlerKey(
        "ExecNice", .integer(-40...39), default: 0,
        help: "The nice value of the program, added to that of the daemon. A negative value "
            + "needs CAP_SYS_NICE.")
    static let execUmask = HandlerKey(
        "ExecUmask", .mode, default: 0o022,
        help: "The umask of the program, in octal.")
    static let execEnvironment = HandlerKey(
        "ExecEnvironment", .texts, default: [],
        help: "An environment variable, NAME=VALUE. May be repeated.")
    static let execMax = HandlerKey(
        "ExecMax", .integer(1...100_000), default: 100,
        help: "The maximum number of concurrent programs of the host. Further clients are "
            + "refused.")
    static let execKillTime = HandlerKey(
        "ExecKillTime", .duration(upTo: .seconds(3600)), default: .seconds(5),
        help: "How long the program may take to exit after SIGTERM before it is killed, in "
            + "seconds or with a unit: ms, s, m or h.")
    static let execEndTime = HandlerKey(
        "ExecEndTime", .duration(upTo: .seconds(86_400)), default: .seconds(300),
        help: "How long the program may run after its client has closed its side, in "
            + "seconds or with a unit: ms, s, m or h; 0 means no limit.")
}

extension ProgramResource {
    /// Its key, such as `ExecLimitNOFILE`.
    var key: HandlerKey<String> {
        HandlerKey("ExecLimit\(rawValue)", .text, default: "", help: help)
    }
}

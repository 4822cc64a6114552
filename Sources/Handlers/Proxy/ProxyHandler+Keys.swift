internal import HandlerAPI

extension ProxyHandler {
    static let keys: [HandlerKey] = [
        HandlerKey(
            "Balance", .choice(TargetBalance.Method.allCases.map(\.rawValue)),
            default: "roundrobin",
            help: "who is next: roundrobin, leastclients, or source, the same for an address"),
        HandlerKey(
            "SendProxy", .choice(ProxyHeader.allCases.map(\.rawValue)), default: "none",
            help: "v1 or v2: tell targets who the client is, by the PROXY protocol"),
        HandlerKey(
            "TarTimeout", .duration(upTo: .seconds(3_600)), default: "10s",
            help: "how long connecting to one target may take, its handshake included"),
        HandlerKey(
            "TarRetries", .integer(0...100), default: "2",
            help: "how many other targets are tried when one cannot be reached"),
        HandlerKey(
            "TarVerify", .boolean, default: "True",
            help: "False: speak TLS to targets whatever certificate they have"),
        HandlerKey(
            "TarCA", .path, default: "",
            help: "a PEM file of the authorities of targets; blank for those of the system"),
        HandlerKey(
            "TarName", .hostName, default: "",
            help: "the name that certificates of targets must be for; blank for TarHost"),
        HandlerKey(
            "TarCert", .path, default: "", help: "a PEM file with the certificate to show targets"),
        HandlerKey(
            "TarKey", .path, default: "", help: "a PEM file with its key; blank when TarCert has it"
        ),
        HandlerKey(
            "TarCheck", .duration(upTo: .seconds(86_400)), default: "0",
            help: "connect to each target so often, with its TLS, to see if it is up; 0: never"),
        HandlerKey(
            "TarFall", .integer(1...1_000), default: "3",
            help: "failures in a row, of clients and checks, after which a target is down"),
        HandlerKey(
            "TarRise", .integer(1...1_000), default: "2",
            help: "successes in a row after which a target that was down is up"),
        HandlerKey(
            "TarDownTime", .duration(upTo: .seconds(86_400)), default: "10s",
            help: "after how long a client tries a target that is down"),
    ]
}

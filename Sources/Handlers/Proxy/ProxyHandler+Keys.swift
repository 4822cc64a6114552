internal import HandlerAPI

extension ProxyHandler {
    static let keys: [HandlerKey] = [
        HandlerKey(
            "Balance", .choice(TargetBalance.Method.allCases.map(\.rawValue)),
            default: "roundrobin",
            help: "How to choose a target: roundrobin takes the next one, leastclients the one "
                + "with the fewest clients, source the same one for each client address."),
        HandlerKey(
            "SendProxy", .choice(ProxyHeader.allCases.map(\.rawValue)), default: "none",
            help: "The version of the PROXY protocol header to send to targets, which passes on "
                + "the address of the client: none, v1 or v2."),
        HandlerKey(
            "TarTimeout", .duration(upTo: .seconds(3_600)), default: "10s",
            help: "How long connecting to one target may take, its TLS handshake included, in "
                + "seconds or with a unit: ms, s, m or h."),
        HandlerKey(
            "TarRetries", .integer(0...100), default: "2",
            help: "How many other targets to try when a target cannot be reached."),
        HandlerKey(
            "TarVerify", .boolean, default: "True",
            help: "False: do not verify the certificates of targets."),
        HandlerKey(
            "TarCA", .path, default: "",
            help: "The certificate authorities of targets, a PEM file. Blank uses the "
                + "authorities of the system."),
        HandlerKey(
            "TarName", .hostName, default: "",
            help: "The name that certificates of targets must match. Blank uses TarHost."),
        HandlerKey(
            "TarCert", .path, default: "",
            help: "The client certificate to present to targets, a PEM file."),
        HandlerKey(
            "TarKey", .path, default: "",
            help: "The private key of TarCert, a PEM file. Blank reads it from TarCert."
        ),
        HandlerKey(
            "TarCheck", .duration(upTo: .seconds(86_400)), default: "0",
            help: "The interval of health checks, each of which connects to the target, with "
                + "its TLS, in seconds or with a unit: ms, s, m or h; 0 disables them."),
        HandlerKey(
            "TarFall", .integer(1...1_000), default: "3",
            help: "The number of consecutive failures, of clients or health checks, after which "
                + "a target is down."),
        HandlerKey(
            "TarRise", .integer(1...1_000), default: "2",
            help: "The number of consecutive successes after which a target that is down is up "
                + "again."),
        HandlerKey(
            "TarDownTime", .duration(upTo: .seconds(86_400)), default: "10s",
            help: "How long a target stays down before a client retries it, in seconds or with "
                + "a unit: ms, s, m or h."),
    ]
}

internal import HandlerAPI

extension ProxyHandler {
    static let keys: [any DeclaredKey] = [
        balance, sendProxy, tarTimeout, tarRetries, tarVerify, tarCA, tarName, tarCert, tarKey,
        tarCheck, tarFall, tarRise, tarDownTime,
    ]

    static let balance = HandlerKey(
        "Balance", .choice, default: TargetBalance.Method.roundrobin,
        help: "How to choose a target: roundrobin takes the next one, leastclients the one "
            + "with the fewest clients, source the same one for each client address.")
    static let sendProxy = HandlerKey(
        "SendProxy", .choice, default: ProxyHeader.none,
        help: "The version of the PROXY protocol header to send to targets, which passes on "
            + "the address of the client: none, v1 or v2.")
    static let tarTimeout = HandlerKey(
        "TarTimeout", .duration(upTo: .seconds(3_600)), default: .seconds(10),
        help: "How long connecting to one target may take, its TLS handshake included, in "
            + "seconds or with a unit: ms, s, m or h.")
    static let tarRetries = HandlerKey(
        "TarRetries", .integer(0...100), default: 2,
        help: "How many other targets to try when a target cannot be reached.")
    static let tarVerify = HandlerKey(
        "TarVerify", .boolean, default: true,
        help: "False: do not verify the certificates of targets.")
    static let tarCA = HandlerKey(
        "TarCA", .path, default: nil,
        help: "The certificate authorities of targets, a PEM file. Blank uses the "
            + "authorities of the system.")
    static let tarName = HandlerKey(
        "TarName", .hostName, default: nil,
        help: "The name that certificates of targets must match. Blank uses TarHost.")
    static let tarCert = HandlerKey(
        "TarCert", .path, default: nil,
        help: "The client certificate to present to targets, a PEM file.")
    static let tarKey = HandlerKey(
        "TarKey", .path, default: nil,
        help: "The private key of TarCert, a PEM file. Blank reads it from TarCert.")
    static let tarCheck = HandlerKey(
        "TarCheck", .duration(upTo: .seconds(86_400)), default: .zero,
        help: "The interval of health checks, each of which connects to the target, with "
            + "its TLS, in seconds or with a unit: ms, s, m or h; 0 disables them.")
    static let tarFall = HandlerKey(
        "TarFall", .integer(1...1_000), default: 3,
        help: "The number of consecutive failures, of clients or health checks, after which "
            + "a target is down.")
    static let tarRise = HandlerKey(
        "TarRise", .integer(1...1_000), default: 2,
        help: "The number of consecutive successes after which a target that is down is up "
            + "again.")
    static let tarDownTime = HandlerKey(
        "TarDownTime", .duration(upTo: .seconds(86_400)), default: .seconds(10),
        help: "How long a target stays down before a client retries it, in seconds or with "
            + "a unit: ms, s, m or h.")
}

internal import NetworkTypes
internal import Serving
internal import TextFormats

/// A request of a control client: one line of JSON (docs/CONTROL.md).
enum ControlRequest: Sendable {
    /// The state of the service, or, with a name, of the hosts of a tag or section.
    case status(host: String?)
    case clients(ClientSelection)
    case disconnect(ClientSelection)
    case reload
    /// The changes that a reload would make.
    case plan

    /// The version of the protocol.
    static let version = 1

    /// An invalid request.
    struct Mistake: Error {
        /// The error code.
        let code: String
        /// The message.
        let message: String
    }

    /// Parses a line, without its newline.
    init(_ line: some Sequence<UInt8>) throws(Mistake) {
        guard let request = JSONValue(line), case .object(let members) = request else {
            throw Mistake(code: "bad-request", message: "a request is a JSON object on one line")
        }
        guard request["icshostd"] == .integer(ControlRequest.version) else {
            throw Mistake(
                code: "bad-version",
                message: "this daemon speaks version \(ControlRequest.version): send"
                    + " \"icshostd\": \(ControlRequest.version)")
        }
        var known: Set = ["icshostd", "command"]
        switch request["command"]?.text {
        case "status":
            known.insert("host")
            guard request["host"] == nil || request["host"]?.text != nil else {
                throw Mistake(
                    code: "bad-request", message: "host must be the tag or the section of a host")
            }
            self = .status(host: request["host"]?.text)
        case "clients":
            known.insert("host")
            self = .clients(try ControlRequest.selection(request) ?? .all)
        case "disconnect":
            known.formUnion(["id", "host", "from"])
            guard let selection = try ControlRequest.selection(request) else {
                throw Mistake(
                    code: "bad-request", message: "disconnect needs one of id, host and from")
            }
            self = .disconnect(selection)
        case "reload":
            self = .reload
        case "plan":
            self = .plan
        default:
            throw Mistake(
                code: "unknown-command",
                message: "command must be status, clients, disconnect, reload or plan")
        }
        if let unknown = members.keys.filter({ !known.contains($0) }).min() {
            throw Mistake(
                code: "bad-request", message: "the command does not take \"\(unknown)\"")
        }
    }

    /// The clients that a request selects; nil when it selects none.
    private static func selection(_ request: JSONValue) throws(Mistake) -> ClientSelection? {
        var found: [ClientSelection] = []
        if let value = request["id"] {
            guard let id = value.integer.flatMap(UInt64.init(exactly:)) else {
                throw Mistake(code: "bad-request", message: "id must be the number of a client")
            }
            found.append(.id(id))
        }
        if let value = request["host"] {
            guard let tag = value.text else {
                throw Mistake(
                    code: "bad-request", message: "host must be the tag or the section of a host")
            }
            found.append(.host(tag))
        }
        if let value = request["from"] {
            guard let network = value.text.flatMap(IPNetwork.init) else {
                throw Mistake(
                    code: "bad-request",
                    message: "from must be an address or a network such as 198.51.100.0/24")
            }
            found.append(.network(network))
        }
        guard found.count <= 1 else {
            throw Mistake(
                code: "bad-request", message: "give only one of id, host and from")
        }
        return found.first
    }
}

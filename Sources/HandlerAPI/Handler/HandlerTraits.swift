/// What the server needs to know of a handler before it prepares a host.
///
/// The server knows no handler by its name: what sets some apart from others is declared here.
public struct HandlerTraits: Sendable {
    /// Whether clients speak HTTP, so that each request names its host.
    ///
    /// Such hosts can share a plain listener, and send plain clients to their SSL port.
    public var speaksHTTP: Bool
    /// Whether the handler connects clients to the `[Target]` sections of the host's tag.
    public var usesTargets: Bool
    /// The file descriptors that a client takes beside its own, such as the one of a target.
    public var extraDescriptors: Int
    /// The keys that redirect all clients of a host; nil for a handler without them.
    public var redirect: Redirect?
    /// The key without which a host cannot use the handler; `icshostd init` asks for it.
    public var requiredKey: RequiredKey?
    /// What selects the handler for a host without the key `Handler`.
    public var impliedBy: [Implication]

    /// Declares traits.
    public init(
        speaksHTTP: Bool = false, usesTargets: Bool = false, extraDescriptors: Int = 0,
        redirect: Redirect? = nil, requiredKey: RequiredKey? = nil,
        impliedBy: [Implication] = []
    ) {
        self.speaksHTTP = speaksHTTP
        self.usesTargets = usesTargets
        self.extraDescriptors = extraDescriptors
        self.redirect = redirect
        self.requiredKey = requiredKey
        self.impliedBy = impliedBy
    }

    /// A key that every host of the handler needs.
    public struct RequiredKey: Sendable {
        /// The name of the key.
        public let key: String
        /// The question that asks for its value.
        public let question: String

        /// Names the key and its question.
        public init(_ key: some DeclaredKey, question: String) {
            self.key = key.declaration.name
            self.question = question
        }
    }

    /// The keys of an HTTP redirect.
    public struct Redirect: Sendable {
        /// The name of the key with the address that clients are sent to.
        public let addressKey: String
        /// The name of the key with the status, without which the address has no effect; nil where the
        /// address alone redirects.
        public let statusKey: String?

        /// Names the keys.
        public init(addressKey: HandlerKey<String>, statusKey: (any DeclaredKey)? = nil) {
            self.addressKey = addressKey.declaration.name
            self.statusKey = statusKey?.declaration.name
        }
    }

    /// A condition under which a host without the key `Handler` gets this handler.
    ///
    /// Where several handlers are implied, the one with the highest precedence is used; of equals, the
    /// one whose name comes first in the alphabet.
    public struct Implication: Sendable {
        /// How an implication ranks among those of other handlers.
        @nonexhaustive
        public enum Precedence: Int, CaseIterable, Sendable {
            /// Before all others.
            case first
            /// The usual rank.
            case normal
            /// Only where nothing else implies a handler.
            case last
        }

        package enum Condition: Sendable {
            case keys([String])
            case targets
        }

        package let condition: Condition
        /// The rank.
        public let precedence: Precedence

        private init(_ condition: Condition, _ precedence: Precedence) {
            self.condition = condition
            self.precedence = precedence
        }

        /// The host, or `[Server]`, gives each of the handler's keys a value other than its default.
        public static func keys(
            _ keys: any DeclaredKey..., precedence: Precedence = .normal
        ) -> Self {
            Self(.keys(keys.map(\.declaration.name)), precedence)
        }

        /// A `[Target]` section has the host's tag.
        public static func targets(precedence: Precedence = .normal) -> Self {
            Self(.targets, precedence)
        }
    }
}

/// A step of a scripted peer, or an event around it.
@nonexhaustive
public enum ScriptStep: Sendable {
    /// It sends these bytes, which arrive together.
    case send([UInt8])
    /// It waits until what it was sent, since the last time, begins so; anything else is a
    /// ``ScriptFailure``.
    case expect([UInt8])
    /// Time passes on the virtual clock: deadlines come that lie in it.
    case pass(Duration)
    /// It takes no more bytes: what is sent from now on waits.
    case stopTaking
    /// It takes bytes again, first those that wait.
    case takeAgain
    /// It ends its side, and still takes what it is sent.
    case end
    /// The connection breaks; the reason is what the system would say.
    case disconnect(String)
    /// It says nothing in the handshake that the handler begins with `startTLS`, until
    /// `HandshakeTimeout` is over; to stand after the step with which it asks for that.
    case stallHandshake
    /// The server begins to stop, or the host was changed: ``HandlerAPI/Client/isDraining``.
    case drain
    /// The drain period is over.
    case cut

    /// It sends this text in UTF-8.
    public static func send(_ text: String) -> ScriptStep { .send(Array(text.utf8)) }
    /// It waits for this text.
    public static func expect(_ text: String) -> ScriptStep { .expect(Array(text.utf8)) }
}

/// The handler did not do what the script expected.
public struct ScriptFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was expected, and what was there.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

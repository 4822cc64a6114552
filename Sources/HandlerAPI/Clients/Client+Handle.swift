extension Client {
    /// The client for everybody else: other clients' handlers, other tasks, lists.
    ///
    /// The first use costs some memory that the client keeps to its end; no other client has it.
    public var handle: ClientHandle { core.handle }

    /// The state of the client now.
    public var info: ClientInfo { core.info }

    /// A value that the handler keeps with its client, one of each type, over rests too; nil at first.
    ///
    /// It is released when the client is closed. Others read it with ``ClientHandle/state(_:)``.
    public subscript<State: Sendable>(_: State.Type) -> State? {
        get { core.handle.mailbox.state(State.self) }
        nonmutating set { core.handle.mailbox[ObjectIdentifier(State.self)] = newValue }
    }
}

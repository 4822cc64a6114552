package import NetworkTypes

/// What a host says about its listening sockets, and where.
package struct ListenerSettings: Sendable {
    /// The values.
    package private(set) var options = ListenerOptions()
    /// Where each value stands that was given.
    package private(set) var places: [ListenerOptions.Key: SourceLocation] = [:]

    /// Stores a value and its place.
    mutating func set<Value>(
        _ key: ListenerOptions.Key, _ member: WritableKeyPath<ListenerOptions, Value?>,
        _ value: Located<Value>
    ) {
        options[keyPath: member] = value.value
        places[key] = value.location
    }
}

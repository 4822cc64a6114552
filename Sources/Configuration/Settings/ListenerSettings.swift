package import NetworkTypes

/// What a host says about its listening sockets, and where.
package struct ListenerSettings: Sendable {
    /// The values.
    package var options: ListenerOptions { said.first ?? ListenerOptions() }
    /// One element or none: most hosts say nothing, and then take no room for it.
    private var said: [ListenerOptions] = []
    /// Where each value stands that was given.
    package private(set) var places: [ListenerOptions.Key: SourceLocation] = [:]

    /// Stores a value and its place.
    mutating func set<Value>(
        _ key: ListenerOptions.Key, _ member: WritableKeyPath<ListenerOptions, Value?>,
        _ value: Located<Value>
    ) {
        var options = options
        options[keyPath: member] = value.value
        said = [options]
        places[key] = value.location
    }
}

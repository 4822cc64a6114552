package import NetworkTypes

/// The settings of a host's listening sockets, with their places.
package struct ListenerSettings: Sendable {
    /// The values.
    package var options: ListenerOptions { said.first ?? ListenerOptions() }
    /// One element or none: most hosts set no such key, and use no memory for it.
    private var said: [ListenerOptions] = []
    /// The places of the values that were set.
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

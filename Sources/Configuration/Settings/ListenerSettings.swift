package import NetworkTypes

/// The settings of a host's listening sockets, with their places.
package struct ListenerSettings: Sendable {
    /// The values.
    package var options: ListenerOptions { said.first ?? ListenerOptions() }
    /// One element or none: most hosts set no such key, and take no memory for it.
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

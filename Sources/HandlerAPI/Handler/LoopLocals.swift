/// What handlers keep once per event loop, such as a cache, so that no lock is needed.
///
/// Everything in it is touched on the thread of its loop only.
public final class LoopLocals: @unchecked Sendable {
    // Sendable because it is confined to the thread of its event loop.
    private var values: [(key: ObjectIdentifier, value: AnyObject)] = []
    /// The one that was found last.
    private var lastKey: ObjectIdentifier?
    private var lastValue: AnyObject?

    /// Makes an empty one.
    package init() {}

    /// The object that is kept under a type; nil until one is set.
    ///
    /// There are as many as there are handlers that use this: a search by hand finds one of few
    /// faster than a hash does.
    package subscript(key: ObjectIdentifier) -> AnyObject? {
        get {
            if key == lastKey { return lastValue }
            guard let entry = values.first(where: { $0.key == key }) else { return nil }
            (lastKey, lastValue) = (key, entry.value)
            return entry.value
        }
        set {
            (lastKey, lastValue) = (nil, nil)
            values.removeAll { $0.key == key }
            if let newValue { values.append((key, newValue)) }
        }
    }
}

/// Elements that leave in the order in which they came.
///
/// Its memory follows the number of elements, also in a queue that is never empty.
package struct Queue<Element> {
    /// The elements from `start` on; those before have left.
    private var elements: [Element?] = []
    private var start = 0

    /// After so many have left, the array is moved, when they are half of it.
    private static var slack: Int { 64 }

    /// Creates an empty queue.
    package init() {}

    /// How many there are.
    package var count: Int { elements.count - start }

    /// The newest, nil when there is none.
    package var last: Element? { count > 0 ? elements[elements.count - 1] : nil }

    /// Adds an element.
    package mutating func append(_ element: Element) { elements.append(element) }

    /// Changes the newest in place, if there is one.
    package mutating func changeLast(_ body: (inout Element) -> Void) {
        guard count > 0, var last = elements[elements.count - 1].take() else { return }
        body(&last)
        elements[elements.count - 1] = last
    }

    /// Removes the oldest, nil when there is none.
    package mutating func popFirst() -> Element? {
        guard start < elements.count else { return nil }
        let first = elements[start].take()
        start += 1
        if start == elements.count {
            self = Queue()
        } else if start >= Queue.slack, start * 2 >= elements.count {
            elements.removeFirst(start)
            start = 0
        }
        return first
    }
}

extension Queue: Sendable where Element: Sendable {}

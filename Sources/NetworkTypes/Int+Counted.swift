extension Int {
    /// Counts things.
    ///
    /// - Parameters:
    ///   - one: what one of them is called, with what follows where that depends on the number.
    ///   - many: what several are called; nil for `one` and an s.
    /// - Returns: `1 client`, `2 clients`, `0 clients`.
    package func counted(_ one: String, _ many: String? = nil) -> String {
        "\(self) \(self == 1 ? one : many ?? one + "s")"
    }
}

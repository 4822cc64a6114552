extension Int {
    /// The number with leading zeros, such as `07`.
    ///
    /// - Parameters:
    ///   - count: the fewest digits; a longer number keeps all of its own.
    ///   - radix: the base.
    ///   - uppercase: whether digits above 9 are capital letters.
    /// - Returns: the text.
    package func padded(to count: Int, radix: Int = 10, uppercase: Bool = false) -> String {
        let digits = String(self, radix: radix, uppercase: uppercase)
        return String(repeating: "0", count: Swift.max(0, count - digits.utf8.count)) + digits
    }
}

extension StringProtocol {
    /// Returns the longest beginning that takes at most `limit` bytes and ends between characters.
    func prefix(utf8Bytes limit: Int) -> SubSequence {
        guard utf8.count > limit else { return self[...] }
        var end = utf8.index(startIndex, offsetBy: limit)
        var length = limit
        while String.Index(end, within: self) == nil {
            length -= 1
            end = utf8.index(startIndex, offsetBy: length)
        }
        return self[..<end]
    }
}

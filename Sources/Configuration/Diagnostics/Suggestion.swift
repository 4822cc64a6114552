/// Suggests a correction for a misspelt word.
package enum Suggestion {
    /// The longest word that gets a suggestion.
    private static let longestWord = 64

    /// The candidate nearest to a word, nil when none is near.
    ///
    /// Near means one edit for words of up to four letters, one more for every four beyond, three at most;
    /// letter case is ignored. The first of equally near candidates is used.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String?
    {
        let letters = Array(word.lowercased().unicodeScalars.prefix(longestWord + 1))
        guard !letters.isEmpty, letters.count <= longestWord else { return nil }
        var nearest: String?
        var limit = min(3, 1 + (letters.count - 1) / 4)
        for candidate in candidates {
            let other = Array(candidate.lowercased().unicodeScalars)
            guard abs(other.count - letters.count) <= limit else { continue }
            let distance = distance(letters, other)
            guard distance <= limit, distance < max(letters.count, other.count) else { continue }
            (nearest, limit) = (candidate, distance - 1)
            if distance == 0 { break }
        }
        return nearest
    }

    /// `; did you mean "X"?` for the end of a message, or nothing when no candidate is near.
    package static func hint(for word: String, among candidates: some Sequence<String>) -> String {
        nearest(to: word, among: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two words (optimal
    /// string alignment distance).
    private static func distance(_ from: [Unicode.Scalar], _ to: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...to.count)
        for (i, a) in from.enumerated() {
            var row = [i + 1]
            for (j, b) in to.enumerated() {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == to[j - 1], b == from[i - 1] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[to.count]
    }
}

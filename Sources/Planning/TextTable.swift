/// A table printed with aligned columns.
package struct TextTable {
    private let rows: [[String]]

    /// Creates a table from rows, which have the same number of cells.
    package init(_ rows: [[String]]) {
        self.rows = rows
    }

    /// The table, without blanks at the ends of lines.
    package var text: String {
        let columns = rows.first?.indices ?? 0..<0
        let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }
            let line = cells.joined(separator: "  ")
            return line[...(line.lastIndex { $0 != " " } ?? line.startIndex)] + "\n"
        }.joined()
    }
}

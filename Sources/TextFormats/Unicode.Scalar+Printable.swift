extension Unicode.Scalar {
    /// Whether a terminal shows the character and does nothing else; a tab counts as shown.
    package var isPrintable: Bool {
        if value < 0x7F { return value >= 0x20 || self == "\t" }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }
}

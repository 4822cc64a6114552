import Testing

@Suite struct EmptyTLS { @Test func isEmpty() {} }

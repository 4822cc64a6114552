import Testing

@Suite struct EmptyEventLoops { @Test func isEmpty() {} }

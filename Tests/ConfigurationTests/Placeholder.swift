import Testing

@Suite struct EmptyConfiguration { @Test func isEmpty() {} }

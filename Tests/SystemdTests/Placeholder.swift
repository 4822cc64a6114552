import Testing

@Suite struct EmptySystemd { @Test func isEmpty() {} }

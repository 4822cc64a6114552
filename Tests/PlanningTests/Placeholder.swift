import Testing

@Suite struct EmptyPlanning { @Test func isEmpty() {} }

import Testing

/// How long things may be.
@Suite struct SizeTests {
    private static let linesOfAFile = 400
    private static let linesOfAFunction = 70

    @Test func noFileIsTooLong() {
        for file in Repository.sources + Repository.tests {
            #expect(file.lineCount <= Self.linesOfAFile, "\(file.path)")
        }
    }

    @Test func noFunctionIsTooLong() {
        var count = 0
        for file in Repository.sources + Repository.tests {
            for function in FunctionFinder.functions(of: file) {
                count += 1
                let lines = function.last - function.first + 1
                #expect(
                    lines <= Self.linesOfAFunction,
                    "\(file.path):\(function.first) \(function.name)")
            }
        }
        #expect(count > 500, "the functions were not found")
    }
}

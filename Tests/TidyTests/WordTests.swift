import Testing

/// Words that have no place, and words that have a place.
@Suite struct WordTests {
    @Test func nothingTrapsForConvenience() {
        for file in Repository.sources + Repository.tests {
            #expect(file.places(of: /\bfatalError\b|\btry!/) == [])
        }
    }

    @Test func nothingIsLeftToDo() {
        for file in Repository.sources + Repository.tests {
            let marked = file.comments.indices.filter {
                file.comments[$0].contains(/\b(?:TODO|FIXME|XXX)\b/)
            }
            #expect(marked == [], "\(file.path)")
        }
    }

    @Test func everyTaskHasAnExecutor() {
        // A detached task runs on the global pool, where nothing of a client may be touched.
        let rejected = "Tests/CompileTests/Rejected/"
        for file in Repository.sources + Repository.tests where !file.path.hasPrefix(rejected) {
            #expect(file.places(of: /\bTask\s*\.\s*detached\b/) == [])
        }
    }

    @Test func nobodySleepsOnThreadsOfLibdispatch() {
        // Its timer starts threads that the shipped unit forbids to set their priority: LoopPause. The meters are
        // for programs of others, in which the task of their consumer runs on libdispatch anyway.
        for file in Repository.sources where file.module != "SocketServerMetrics" {
            #expect(file.places(of: /\bTask\s*\.\s*sleep\b/) == [], "\(file.place)")
        }
    }

    @Test func sectionsAreComparedBySectionID() {
        // Lower case is not enough: [Host  a] is [Host a].
        for file in Repository.sources {
            #expect(file.places(of: /\bsection\s*\.\s*lowercased\b/) == [], "\(file.place)")
        }
    }

    @Test func theProgramDoesWithoutFoundation() {
        for file in Repository.sources {
            #expect(!file.imports.contains { $0.hasPrefix("Foundation") }, "\(file.place)")
        }
    }

    @Test func commentsAreLineComments() {
        for file in Repository.sources + Repository.tests {
            #expect(file.places(of: /\/\*/) == [])
        }
    }
}

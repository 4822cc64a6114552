internal import Configuration

extension PlanDifference {
    /// The part of a plan that could be put into effect.
    package struct InForce: Sendable {
        /// The endpoints of the plan that have a socket, by index.
        package let endpoints: Set<Int>
        /// The hosts of the plan that are down, by index.
        package let leftOut: Set<Int>

        /// Creates the state of a plan.
        package init(endpoints: Set<Int>, leftOut: Set<Int>) {
            (self.endpoints, self.leftOut) = (endpoints, leftOut)
        }
    }

    /// The changes in effect.
    ///
    /// A host that is down was neither added nor changed, and an endpoint without a socket was neither opened
    /// nor closed.
    ///
    /// - Parameters:
    ///   - before: the part of ``old`` that was in effect.
    ///   - after: the part of ``new`` that is in effect.
    /// - Returns: the difference without changes that had no effect.
    package func inForce(_ before: InForce, _ after: InForce) -> PlanDifference {
        var real = self
        real.keep(
            opened: opened.filter { after.endpoints.contains($0) }
                + kept.filter {
                    after.endpoints.contains($0.new) && !before.endpoints.contains($0.old)
                }.map(\.new),
            closed: closed.filter { before.endpoints.contains($0) }
                + kept.filter {
                    before.endpoints.contains($0.old) && !after.endpoints.contains($0.new)
                }.map(\.old),
            added: added.filter { !after.leftOut.contains($0) },
            changed: changed.filter { !after.leftOut.contains($0.host.new) },
            returned: same(leftOut: before.leftOut).filter { !after.leftOut.contains($0) })
        return real
    }

    /// The hosts of the new plan that are unchanged and were down in the old one.
    private func same(leftOut: Set<Int>) -> [Int] {
        guard !leftOut.isEmpty else { return [] }
        let sections = Set(leftOut.map { old.hosts[$0].id })
        let others = Set(added + changed.map(\.host.new))
        return new.hosts.indices.filter {
            !others.contains($0) && new.hosts[$0].isEnabled
                && sections.contains(new.hosts[$0].id)
        }
    }
}

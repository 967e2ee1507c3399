import Testing

@testable import ScenarioModel

@Suite struct SweepTests {
    private func plan(_ body: String) throws -> SweepPlan {
        try SweepPlan(
            yaml: "name: s\nclaim: A claim.\n" + body, file: "s.yaml",
            rules: ScenarioRules(vocabulary: libraryVocabulary, clients: libraryClients, brokerKinds: testKinds),
            seed: .asked(7))
    }

    private func errors(_ body: String) -> [String] {
        do {
            _ = try plan(body)
            return []
        } catch let errors as ScenarioErrors {
            return errors.errors.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func theGridIsTheProductOfItsAxes() throws {
        let plan = try plan(
            """
            faults: [{ delay: 10ms }]
            sweep:
              axes:
                faults.0.delay: [10ms, 50ms]
                workload.rate: { from: 100/s, to: 10000/s, steps: 3 }
              points:
                - { faults.0.delay: 200ms }
            """)
        #expect(plan.scenario.cells.isEmpty)
        #expect(
            plan.spec.combinations.map { $0.map(\.label) } == [
                ["10ms", "100/s"], ["10ms", "1000/s"], ["10ms", "10000/s"], ["50ms", "100/s"], ["50ms", "1000/s"],
                ["50ms", "10000/s"], ["200ms"],
            ])
        let cell = try plan.cell(plan.spec.combinations[4], repeatIndex: 0)
        #expect(cell.workload.rate == 1000)
        #expect(cell.workload.records == 7000)
        #expect(cell.loadTime == .seconds(7))
        #expect(cell.id == "s,delay=50ms,rate=1000_s")
        #expect(cell.faults[0].settings[0].value.compact == "50ms")
    }

    @Test func aBisectionMakesValuesThatNoFileHolds() throws {
        let plan = try plan(
            """
            sweep:
              bisect: { axis: producer.config.delivery.timeout.ms, from: 1000, to: 64000, meets: high }
              warmup: 0s
              window: 1s
              windows: 2
              repeats: 3
            """)
        let bisection = try #require(plan.spec.bisection)
        #expect(!bisection.lowMeets)
        #expect(bisection.range.middle(1000, 64000) == 8000)
        #expect(bisection.range.text(8000) == "8000")
        let cell = try plan.cell([.init(path: bisection.path, label: "8000")], repeatIndex: 2)
        #expect(cell.producer.config["delivery.timeout.ms"] == "8000")
        #expect(cell.id == "s,delivery.timeout.ms=8000,repeat=3")
        #expect(cell.workload.records == 4000)
    }

    @Test func repeatsDifferInTheirSeedAlone() throws {
        let plan = try plan("sweep: { axes: { workload.rate: [100/s] }, repeats: 2 }")
        let first = try plan.cell(plan.spec.combinations[0], repeatIndex: 0)
        let second = try plan.cell(plan.spec.combinations[0], repeatIndex: 1)
        #expect(first.seed != second.seed)
        #expect(first.group == second.group)
        #expect(first.id != second.id)
    }

    @Test func objectivesHaveUnits() throws {
        let plan = try plan(
            """
            sweep:
              axes: { workload.rate: [100/s] }
              objective: { throughput: ">= 97.5%", latency_ms.p99: "<= 2s", lost: 0, recovery_ms: "< 5000" }
            """)
        #expect(plan.spec.objectives.map(\.value) == [0.975, 2000, 0, 5000])
        #expect(plan.spec.objectives.map(\.quantity.isPerWindow) == [true, true, false, false])
        let bytes = try self.plan("sweep: { axes: { workload.rate: [1/s] }, objective: { throughput: \">= 2MB/s\" } }")
        #expect(bytes.spec.objectives[0].quantity == .throughputBytes)
        #expect(bytes.spec.objectives[0].value == 2_000_000)
    }

    @Test(arguments: [
        ("sweep: { axes: { workload.rate: [100/s] }, window: 5 }", "s.yaml:3:"),
        ("sweep: { axes: { workload.rat: [100/s] } }", "did you mean 'rate'"),
        ("sweep: { axes: { workload.rate: { from: 5/s, to: 1/s } } }", "is not above 'from'"),
        ("sweep: { axes: { workload.rate: { from: 5/s, to: 10/min } } }", "another unit"),
        ("sweep: { axes: { workload.rate: [100/s] }, objective: { troughput: 1 } }", "did you mean 'throughput'"),
        ("sweep: { axes: { workload.rate: [unlimited] } }", "needs an offered rate"),
        ("sweep: { repeats: 2 }", "no point is given"),
        ("sweep: { axes: { workload.rate: [1/s] } }\nmatrix: { workload.rate: [1/s] }", "exclude each other"),
        (
            "sweep: { axes: { workload.rate: [1/s] }, bisect: { axis: workload.rate, from: 1/s, to: 2/s } }",
            "may not be an axis"
        ),
        ("workload: { rate: 1/s }", "no section 'sweep'"),
    ])
    func whatIsWrongIsSaid(body: String, text: String) {
        let errors = errors(body)
        #expect(errors.contains { $0.contains(text) }, "\(errors)")
        #expect(errors.allSatisfy { $0.hasPrefix("s.yaml:") }, "\(errors)")
    }

    @Test func theCeilingHasNoFaultAndNoPace() throws {
        let plan = try plan(
            "workload: { size: 1KB }\nfaults: [{ delay: 10ms }]\nsweep: { axes: { workload.rate: [100/s] } }")
        let cell = try plan.cell(plan.spec.combinations[0], repeatIndex: 0)
        let ceiling = plan.ceilingCell(of: cell, loadTime: .seconds(3))
        #expect(ceiling.faults.isEmpty)
        #expect(ceiling.workload.rate == nil)
        #expect(ceiling.workload.records == 1_200_000)
        #expect(SweepPlan.ceilingKey(of: cell) == "librdkafka-1000B")
    }
}

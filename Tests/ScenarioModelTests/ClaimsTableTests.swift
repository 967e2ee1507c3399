import EvidenceModel
import ScenarioModel
import Testing

@Suite struct ClaimsTableTests {
    func verdict(_ cell: ScenarioCell, _ outcome: Outcome, duplicates: Int, rate: Double, p99: Double) -> Verdict {
        var measures = Measures()
        measures.sent = 10
        measures.acked = 10
        measures.lost = 0
        measures.duplicates = duplicates
        measures.throughputRecordsPerS = rate
        measures.ackLatencyMs = .init(p50: 1, p99: p99, max: 9)
        measures.errorCodes = ["0": 9, "45": 2]
        return Verdict(
            id: cell.id, scenario: cell.scenario, seed: cell.seed, parameters: [:], outcome: outcome,
            survived: duplicates == 0, reason: "", measures: measures, faultEvidence: [], assertions: [],
            properties: [], doubts: [])
    }

    func tested() throws -> Scenario {
        try scenario(
            """
            references: [KIP-98]
            statement:
              says: Always do it.
              verdict: depends
              because: Not always | often.
              cost: { of: acks=all, before: { acks: 1 }, after: { acks: all } }
            matrix: { producer.config.acks: [1, all] }
            """)
    }

    @Test func aVerdictStandsWhenEveryCellMetItsExpectations() throws {
        let tested = try tested()
        let other = try scenario("", head: "name: other\nclaim: c\n")
        let verdicts = [
            verdict(tested.cells[0], .passed, duplicates: 4, rate: 1000, p99: 20),
            verdict(tested.cells[1], .passed, duplicates: 0, rate: 950.4, p99: 25.16),
        ]
        #expect(
            ClaimsTable.markdown([tested, other], verdicts: verdicts) == """
                # Claims, tested

                Made by `make claims` from a run; do not edit. A verdict stands here only when every cell of its scenario
                met its expectations in that run.

                | scenario | statement | verdict by experiment | cost of the fix |
                |---|---|---|---|
                | [s](#s) | Always do it. | **depends**: Not always \\| often. | acks=all<br>records/s 1000 -> 950 \
                (-5 %)<br>ack p99 ms 20 -> 25.2 (+25.8 %) |

                ## s

                c

                From: KIP-98.

                | cell | outcome | survived | acked | failed | lost | duplicates | reordered | retried | dedup | \
                wire errors | records/s | ack p99 ms |
                |---|---|---|---|---|---|---|---|---|---|---|---|---|
                | acks=1 | passed | no | 10 | 0 | 0 | 4 | ? | ? | ? | 45: 2 | 1000 | 20 |
                | acks=all | passed | yes | 10 | 0 | 0 | 0 | ? | ? | ? | 45: 2 | 950 | 25.2 |

                """)
    }

    @Test func aCellThatFailedOrDidNotRunTakesTheVerdictAway() throws {
        let tested = try tested()
        let verdicts = [verdict(tested.cells[0], .inconclusive, duplicates: 4, rate: 1000, p99: 20)]
        let text = ClaimsTable.markdown([tested], verdicts: verdicts)
        #expect(text.contains("| not shown: 0 of 2 cells as expected | acks=all |"))
        #expect(text.contains("\n| acks=all | not run | | | | | | | | | | | |\n"))
    }
}

import Foundation
import ScenarioModel
import Testing

@Suite struct PlanDescriptionTests {
    @Test func aDryRunShowsEveryRepetition() throws {
        let body = """
            tags: [cause]
            broker: { release: "4.3", nodes: 3, topics: [{ name: orders, partitions: 3, config: { a.b: 1 } }] }
            producer: { config: { acks: all, linger.ms: 5 } }
            workload: { records: 20000, rate: 5000/s, size: 512B }
            repeat: 2
            faults:
              - { on: { response: Produce, nth: 20 }, do: [drop, reset] }
              - { at: 1s, for: 500ms, every: 1s, direction: brokerToClient, loss: 5% }
              - { at: 2s, do: restart, node: 2 }
              - { delay: 5ms }
            expect:
              - { duplicates: "> 0", at_least: 1, of: 2 }
              - { lost: 0 }
            """
        let text = PlanDescription.dryRun([try scenario(body)])
        let cells = text.components(separatedBy: "\n\n")
        #expect(cells.count == 3)
        #expect(
            cells[0] == """
                s: 2 cells, run seed 1
                  claim: c
                  file:  x.yaml
                  tags:  cause
                """)
        #expect(
            cells[1] == """
                cell 1 of 2: s,repeat=1
                  seed        2346393112239731263
                  broker      embedded 4.3; 3 nodes; topic orders with 3 partitions, 3 replicas (a.b=1)
                  producer    librdkafka; acks=all linger.ms=5
                  workload    20000 records of 512 B at 5000/s, 4s
                  limits      recovery within 5s, timeout 64s
                  expects     lost: 0 (line 15)
                              duplicates: "> 0" in at least 1 of 2 (line 14)
                  faults
                    fault-0  drop, reset
                      on response Produce nth 20
                    fault-1  loss 5%  (brokerToClient)
                      1s to 1.5s          |          #####                         |
                      2s to 2.5s          |                    #####               |
                      3s to 3.5s          |                              #####     |
                    fault-2  restart  (node 2)
                      2s once             |                    !                   |
                    fault-3  delay 5ms  (both directions)
                      0s to the end       |########################################|
                                           0s                                    4s
                """)
    }

    @Test func anOpenEndIsSaid() throws {
        let body = """
            workload: { records: 10, rate: unlimited }
            matrix: { producer.config.acks: [1] }
            faults: [{ at: 100ms, for: 50ms, every: 300ms, loss: 5% }]
            """
        let text = PlanDescription.dryRun([try scenario(body)])
        #expect(text.contains("  parameters  producer.config.acks = 1\n"))
        #expect(text.contains("and so on every 300ms while records are sent"))
        #expect(text.contains("workload    10 records of 100 B as fast as the client takes them\n"))
        #expect(text.contains("expects     survives: true (line 1)\n"))
    }

    @Test func manyRepetitionsAreCounted() throws {
        let text = PlanDescription.dryRun([try scenario("faults: [{ at: 0s, for: 1ms, every: 10ms, loss: 5% }]")])
        #expect(text.contains("and 450 more, every 10ms"))
    }

    @Test func aListHasOneLineForEachScenario() throws {
        let one = try scenario("tags: [cause, slow]\nmatrix: { producer.config.acks: [1, all] }")
        let two = try scenario("", head: "name: longer-name\nclaim: It holds.\n")
        #expect(
            PlanDescription.list([one, two]) == """
                NAME         CELLS  TAGS        CLAIM
                s            2      cause,slow  c
                longer-name  1      -           It holds.

                """)
    }
}

import ScenarioModel
import Testing

@Suite struct MatrixTests {
    @Test func eachValueReplacesItsNodeBeforeDecoding() throws {
        let body = """
            broker: { topics: [{ name: orders, partitions: 1 }] }
            workload: { rate: 100/s, records: 1000 }
            matrix:
              broker.release: ["1.0.0", "4.3"]
              broker.topics.0.config.message.timestamp.type: [LogAppendTime]
              workload.rate: [100/s, 200/s]
            """
        let cells = try scenario(body).cells
        #expect(cells.map(\.broker.release) == ["1.0.0", "1.0.0", "4.3", "4.3"])
        #expect(cells.map(\.workload.rate) == [100, 200, 100, 200])
        #expect(cells[0].broker.topics[0].config == ["message.timestamp.type": "LogAppendTime"])
        #expect(cells[0].id == "s,release=1.0.0,message.timestamp.type=LogAppendTime,rate=100_s")
    }

    @Test func excludeTakesCellsAwayAndIncludeAddsThem() throws {
        let body = """
            matrix:
              producer.client: [librdkafka, raw]
              producer.config.acks: [0, 1, all]
              exclude: [{ client: raw, acks: [0, 1] }]
              include: [{ producer.client: aiokafka, producer.config.linger_ms: 5 }]
            """
        let scenario = try scenario(body)
        #expect(
            scenario.cells.map(\.id) == [
                "s,client=librdkafka,acks=0", "s,client=librdkafka,acks=1", "s,client=librdkafka,acks=all",
                "s,client=raw,acks=all", "s,client=aiokafka,linger_ms=5",
            ])
    }

    @Test func nullLeavesTheDefaultAndLargeValuesHaveNames() throws {
        let body = """
            producer: { config: { acks: 1 } }
            faults: [{ loss: 1% }, { delay: 5ms }]
            matrix:
              producer.config.acks: [~, all]
              faults.0:
                - { as: none }
                - { as: lost ack, value: { on: { response: Produce, nth: 3 }, do: [drop] } }
            """
        let cells = try scenario(body).cells
        #expect(cells[0].producer.config == [:])
        #expect(cells[3].producer.config == ["acks": "all"])
        #expect(
            cells.map { $0.faults.map(\.id) } == [
                ["fault-1"], ["fault-0", "fault-1"], ["fault-1"], ["fault-0", "fault-1"],
            ])
        #expect(cells[0].parameters.map(\.label) == ["default", "none"])
        #expect(cells[0].id == "s,acks=default,faults.0=none")
    }

    @Test func aCellWithoutAParameterHasItsDefault() throws {
        let body = """
            matrix:
              producer.client: [librdkafka, raw]
              include: [{ producer.client: raw, producer.config.x: 1 }]
            expect:
              - { when: { x: default }, lost: 0 }
              - { when: { x: [1, default], client: raw }, failed: 0 }
            """
        let cells = try scenario(body).cells
        #expect(cells.map { $0.expectations.map(\.measure) } == [["lost"], ["lost", "failed"], ["failed"]])
        #expect(cells.map { $0.matches([]) } == [true, true, true])
    }

    @Test func aSeedDependsOnNothingButTheCell() throws {
        let two = try scenario("matrix: { producer.config.acks: [1, all] }")
        let reversed = try scenario("matrix: { producer.config.acks: [all, 0, 1] }")
        #expect(two.cells[0].seed == reversed.cells[2].seed)
        #expect(two.cells[1].seed == reversed.cells[0].seed)
        let repeated = try scenario("repeat: 12\nmatrix: { producer.config.acks: [1, all] }")
        #expect(repeated.cells[0].seed == two.cells[0].seed)
        #expect(repeated.cells[0].id == "s,acks=1,repeat=01")
        #expect(repeated.cells[11].id == "s,acks=1,repeat=12")
        #expect(repeated.cells[11].group == "s,acks=1")
        #expect(Set(repeated.cells.map(\.seed)).count == 24)
        #expect(Set(repeated.cells.map(\.id)).count == 24)
        // A change of the hash would make every recorded seed worthless.
        #expect(two.cells[0].seed == 18_188_244_547_472_045_331)
    }

    @Test func theUsersSeedOutranksTheFiles() throws {
        #expect(try scenario("seed: 7", seed: .chosen(1)).runSeed == 7)
        #expect(try scenario("seed: 7", seed: .asked(1)).runSeed == 1)
        #expect(try scenario("", seed: .chosen(1)).runSeed == 1)
        #expect(try scenario("", seed: .chosen(1)).cells[0].seed != scenario("", seed: .chosen(2)).cells[0].seed)
    }

    @Test func idsAreSafeAndUnique() throws {
        let body = """
            matrix:
              producer.config.a: ["../x", ".._x", "x\\0y", "ü"]
              producer.config.b: ["\(String(repeating: "long", count: 60))"]
            """
        let ids = try scenario(body).cells.map(\.id)
        #expect(Set(ids).count == 4)
        for id in ids {
            #expect(id.utf8.count <= 120)
            #expect(id.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") })
        }
    }
}

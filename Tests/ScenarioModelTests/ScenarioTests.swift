import EvidenceModel
import ScenarioModel
import Testing

@Suite struct ScenarioTests {
    let example = """
        name: idempotence-disabled
        claim: >
          A lost ack makes a non-idempotent producer write its records twice;
          idempotence prevents it.
        tags: [cause, smoke]
        broker: { kind: embedded, release: "4.3", topics: [{ name: orders, partitions: 3 }] }
        producer:
          client: librdkafka
          config: { acks: all, linger.ms: 5, delivery.timeout.ms: 30000 }
        workload: { records: 20000, rate: 5000/s, size: 512B }
        matrix:
          producer.config.enable.idempotence: [false, true]
          producer.client: [librdkafka, kafka-clients]
        faults:
          - { on: { response: Produce, nth: 20 }, do: [drop, reset] }
          - { at: 2s, for: 1s, direction: brokerToClient, delay: 80ms, jitter: 20ms, loss: 5% }
        expect:
          - { when: { enable.idempotence: false }, duplicates: "> 0" }
          - { when: { enable.idempotence: true }, survives: true }
        """

    func read() throws -> Scenario { try scenario(example, head: "") }

    @Test func theExampleGivesFourCells() throws {
        let scenario = try read()
        #expect(scenario.name == "idempotence-disabled")
        #expect(
            scenario.claim
                == "A lost ack makes a non-idempotent producer write its records twice; idempotence prevents it.")
        #expect(scenario.tags == ["cause", "smoke"])
        #expect(
            scenario.cells.map(\.id) == [
                "idempotence-disabled,enable.idempotence=false,client=librdkafka",
                "idempotence-disabled,enable.idempotence=false,client=kafka-clients",
                "idempotence-disabled,enable.idempotence=true,client=librdkafka",
                "idempotence-disabled,enable.idempotence=true,client=kafka-clients",
            ])
        let cell = scenario.cells[1]
        #expect(cell.broker.release == "4.3")
        #expect(cell.broker.topics == [.init(name: "orders", partitions: 3)])
        #expect(cell.producer.client == "kafka-clients")
        #expect(
            cell.producer.config == [
                "acks": "all", "linger.ms": "5", "delivery.timeout.ms": "30000", "enable.idempotence": "false",
            ])
        #expect(cell.workload == WorkloadSpec(records: 20000, rate: 5000, size: 512))
        #expect(cell.workload.length == .seconds(4))
        #expect(cell.expectations.map(\.text) == ["duplicates: \"> 0\""])
        #expect(scenario.cells[2].expectations.map(\.text) == ["survives: true"])
    }

    @Test func faultsAreTriggeredByMessagesOrByTime() throws {
        let faults = try read().cells[0].faults
        #expect(faults.map(\.id) == ["fault-0", "fault-1"])
        #expect(faults[0].trigger == .message(MessageMatch(kind: .response, api: "Produce", selection: .nth([20]))))
        #expect(faults[0].actions.map(\.keyword) == ["drop", "reset"])
        #expect(faults[1].trigger == .timeline(at: .seconds(2), for: .seconds(1), every: nil))
        #expect(faults[1].direction == .brokerToClient)
        #expect(faults[1].settings.map(\.keyword) == ["delay", "jitter", "loss"])
        #expect(faults[0].location == SourceLocation(file: "x.yaml", line: 15, column: 5))
    }

    @Test func theRecordsDescriptionCarriesFaultEffects() throws {
        let description = try read().cells[0].description(vocabulary: testVocabulary)
        #expect(
            description.faults == [
                .init(
                    id: "fault-0", summary: "drop, reset, on response Produce nth 20", effects: ["drop", "reset"],
                    onMessage: true),
                .init(
                    id: "fault-1", summary: "delay 80ms, jitter 20ms, loss 5%, brokerToClient, at 2s for 1s",
                    effects: ["delay", "loss"], atMs: 2000, forMs: 1000, direction: .brokerToClient,
                    values: ["delay_ms": 80, "jitter_ms": 20, "loss": 0.05]),
            ])
        #expect(
            description.expectations == [
                .init(measure: "duplicates", comparison: ">", value: 0, line: 18, text: "duplicates: \"> 0\"")
            ])
        #expect(
            description.parameters == [
                "producer.config.enable.idempotence": "false", "producer.client": "librdkafka",
            ])
        #expect(description.recoveryTimeMs == 5000)
    }

    @Test func aSettingOfZeroHasNoEffectToShow() throws {
        let scenario = try scenario(
            "faults: [{ delay: 5ms, loss: 0% }]\nmatrix: { faults.0.loss: [0%, 1%] }\n")
        #expect(scenario.cells.map { $0.faults[0].effects(in: testVocabulary) } == [["delay"], ["delay", "loss"]])
    }

    @Test func defaultsAreThere() throws {
        let cell = try scenario("").cells[0]
        #expect(cell.id == "s")
        #expect(cell.broker == BrokerSpec())
        #expect(cell.producer == ProducerSpec())
        #expect(cell.expectations.map(\.text) == ["survives: true"])
        #expect(cell.recoveryTime == .seconds(5))
        #expect(cell.timeout == .seconds(65))
    }

    @Test func messagesAreMatchedByEverythingThatNamesThem() throws {
        let body = """
            broker: { nodes: 3, topics: [{ name: orders, partitions: 2 }] }
            faults:
              - on: { response: Produce, every: 5, topic: orders, partition: 1, producer_id: 1000, base_sequence: 15,
                      error: 45, node: 2 }
                do: [{ hold: 80ms }, restart]
              - { on: { request: Metadata, nth: [3, 1] }, do: drop }
              - { during: setup, loss: 10%, node: 3 }
            """
        let faults = try scenario(body).cells[0].faults
        var match = MessageMatch(kind: .response, api: "Produce", selection: .every(5))
        match.topic = "orders"
        match.partition = 1
        match.producerID = 1000
        match.baseSequence = 15
        match.error = 45
        match.node = 2
        #expect(faults[0].trigger == .message(match))
        #expect(
            faults.map(\.summary) == [
                "hold 80ms, restart, on response Produce every 5, topic orders, partition 1, producer id 1000, "
                    + "base sequence 15, error 45, node 2",
                "drop, on request Metadata nth 1, 3",
                "loss 10%, both directions, node 3, during setup",
            ])
    }

    @Test func brokersAndProducersOfOtherKinds() throws {
        let body = """
            broker: { kind: command, command: kafka-server-start.sh server.properties, ready_within: 60s }
            producer: { client: command, command: [./send, --topic, orders] }
            workload: { records: 10, rate: unlimited, size: 1KiB, partitioner: client }
            """
        let cell = try scenario(body).cells[0]
        #expect(cell.broker.option == ["kafka-server-start.sh", "server.properties"])
        #expect(cell.broker.readyWithin == .seconds(60))
        #expect(cell.producer.command == ["./send", "--topic", "orders"])
        #expect(cell.workload == WorkloadSpec(records: 10, rate: nil, size: 1024, partitioner: .client))
        #expect(
            try scenario("broker: { kind: external, address: 'kafka:9092' }").cells[0].broker.option == ["kafka:9092"])
    }

    @Test func waysOfTheHarnessToABroker() throws {
        let body = """
            broker:
              kind: external
              nodes: 2
              address: "a:1,b:2"
              login: { username: alice, password: "7" }
              plaintext_port: 19092
            """
        let broker = try scenario(body).cells[0].broker
        #expect(broker.option == ["a:1", "b:2"] && broker.plaintextPort == 19092)
        #expect(broker.login == .init(username: "alice", password: "7"))
        #expect(try scenario("").cells[0].broker.login == nil)
    }

    @Test func aRefusalCanBeExpected() throws {
        let cell = try scenario("expect: [{ refused: true, sent: 0 }]").cells[0]
        #expect(cell.expectations.map(\.measure) == ["refused", "sent"])
        #expect(cell.expectations.first?.value == 1 && cell.expectations.first?.text == "refused: true")
    }

    @Test func theLogCanBeReadWithOtherFetchVersions() throws {
        let body = """
            workload: { records: 10, fetch: [1, 3, 11] }
            expect: [{ fetched_records.3: 10, fetch_errors.1: 0 }]
            """
        let cell = try scenario(body).cells[0]
        #expect(cell.workload.fetch == [1, 3, 11])
        #expect(cell.expectations.map(\.measure) == ["fetched_records.3", "fetch_errors.1"])
        #expect(throws: (any Error).self) { try scenario("workload: { fetch: [18] }") }
        #expect(throws: (any Error).self) { try scenario("expect: [{ fetched_records.18: 1 }]") }
    }

    @Test func propertiesForOneClientReachOnlyThatClient() throws {
        let body = """
            producer:
              config: { acks: all }
              config_for:
                kafka-python: { acks: 1, delivery_timeout_ms: 100 }
                raw: { x: 1 }
            matrix: { producer.client: [librdkafka, kafka-python] }
            """
        let cells = try scenario(body).cells
        #expect(cells[0].producer.config == ["acks": "all"])
        #expect(cells[1].producer.config == ["acks": "1", "delivery_timeout_ms": "100"])
    }
}

import ScenarioModel
import Testing

@Suite struct ScenarioErrorTests {
    @Test func unknownKeys() {
        #expect(
            wrong("producr: {}") == """
                x.yaml:3:1: unknown key 'producr'; allowed: name, claim, tags, references, statement, seed, repeat, \
                timeout, recovery_time, broker, producer, network, workload, matrix, faults, expect, sweep; \
                did you mean 'producer'?
                """)
        #expect(
            wrong("producer:\n  clinet: raw") == """
                x.yaml:4:3: producer: unknown key 'clinet'; allowed: client, version, config, config_for, command, driver; \
                did you mean 'client'?
                """)
        #expect(
            wrong("faults: [{ los: 5% }]") == """
                x.yaml:3:12: faults.0: unknown key 'los'; allowed: delay, loss, jitter, correlation, on, at, for, \
                every, during, direction, node, do; did you mean 'loss'?
                """)
        #expect(
            wrong("faults: [{ drop: true }]") == "x.yaml:3:12: faults.0: 'drop' is an action; allowed: do: [drop]")
        #expect(
            wrong("expect: [{ duplicate: 0 }]").hasPrefix(
                "x.yaml:3:12: expect.0: unknown measure 'duplicate'; allowed: "))
        #expect(wrong("expect: [{ duplicate: 0 }]").hasSuffix("; did you mean 'duplicates'?"))
    }

    @Test func wrongTypes() {
        #expect(wrong("producer: raw") == "x.yaml:3:11: producer: expected a mapping, found 'raw'")
        #expect(wrong("faults: {}") == "x.yaml:3:9: faults: expected a list, found a mapping")
        #expect(
            wrong("producer: { config: { a: { b: 1 } } }")
                == "x.yaml:3:26: producer.config.a: expected a text, found a mapping")
        #expect(
            wrong("expect: [{ survives: maybe }]")
                == "x.yaml:3:22: expect.0.survives: 'maybe' is not a boolean; allowed: true, false")
        #expect(
            wrong("expect: [{ lost: few }]") == """
                x.yaml:3:18: expect.0.lost: 'few' is not a comparison; allowed: a number, or "> 0" with \
                ==, !=, <, <=, >, >=
                """)
        #expect(wrong("- 1", head: "") == "x.yaml:1:1: expected a mapping, found a list")
    }

    @Test func badUnitsAndImpossibleRanges() {
        #expect(
            wrong("faults: [{ at: 2, loss: 5% }]")
                == "x.yaml:3:16: faults.0.at: '2' has no unit; allowed: us, ms, s, m, h")
        #expect(
            wrong("faults: [{ loss: 5 % % }]")
                == "x.yaml:3:18: faults.0.loss: '5 % %' is not a fraction; allowed: 0% to 100%, or 0 to 1")
        #expect(
            wrong("faults: [{ loss: 105% }]")
                == "x.yaml:3:18: faults.0.loss: '105%' is out of range; allowed: 0% to 100%, or 0 to 1")
        #expect(
            wrong("workload: { records: 0 }") == """
                x.yaml:3:22: workload.records: '0' is out of range; allowed: a whole number from 1 to 100000000
                """)
        #expect(
            wrong("workload: { size: 8B }")
                == "x.yaml:3:19: workload.size: '8B' is out of range; allowed: 16B to 10485760B")
        #expect(
            wrong("workload: { rate: 5000 }") == "x.yaml:3:19: workload.rate: '5000' has no unit; allowed: /s, /min")
        #expect(
            wrong("broker: { nodes: 2, topics: [{ name: a, replicas: 3 }] }") == """
                x.yaml:3:51: broker.topics.0.replicas: '3' is out of range; allowed: a whole number from 1 to 2
                """)
        #expect(
            wrong("faults: [{ at: 9s, loss: 5% }]") == """
                x.yaml:3:16: faults.0.at: begins after the last record; allowed: before 5s, the workload's length
                """)
    }

    /// What is not listed may be played all the same: any patch release is.
    @Test func aPatchReleaseIsTaken() throws {
        let text = "broker: { release: '2.5.1', topics: [{ name: t, partitions: 1 }] }"
        #expect(try scenario(text).cells.map(\.broker.release) == ["2.5.1"])
        #expect(wrong("broker: { release: '4.3.1' }").contains("'4.3.1' is unknown"))
    }

    @Test func unknownKinds() {
        #expect(
            wrong("producer: { client: librdkafk }") == """
                x.yaml:3:21: producer.client: 'librdkafk' is unknown; allowed: librdkafka, kafka-clients, \
                kafka-python, aiokafka, raw, command; did you mean 'librdkafka'?
                """)
        #expect(
            wrong("broker: { kind: dokcer }")
                == "x.yaml:3:17: broker.kind: 'dokcer' is unknown; allowed: embedded, compose, command, external")
        #expect(
            wrong("broker: { release: '4.2' }")
                == "x.yaml:3:20: broker.release: '4.2' is unknown; allowed: 0.11, 1.0.0, 2.5, 4.3; did you mean '4.3'?")
        #expect(
            wrong("broker: { kind: external }") == "x.yaml:3:9: broker: a broker of kind 'external' needs 'address'")
        #expect(
            wrong("broker: { address: 'a:1' }")
                == "x.yaml:3:20: broker.address: 'address' goes with kind 'external', and this broker is 'embedded'")
        #expect(
            wrong("broker: { kind: external, nodes: 3, address: 'a:1,b:2' }").contains(
                "broker.address: 2 addresses for 3 nodes; allowed: one address, or one for each node"))
        #expect(
            wrong("broker: { kind: external, address: 'a:1,b' }").contains(
                "broker.address: 'b' is not an address; allowed: host:port"))
        #expect(wrong("broker: { login: { username: alice } }").contains("broker.login: 'password' is missing"))
        #expect(wrong("broker: { plaintext_port: 9093 }").contains("ours speak no TLS"))
    }

    @Test func emptyMatrix() {
        #expect(
            wrong("matrix: { producer.config.acks: [] }") == """
                x.yaml:3:33: matrix.producer.config.acks: an empty matrix: no value is given; allowed: at least one value
                """)
        #expect(wrong("matrix: {}") == "x.yaml:3:9: matrix: the matrix is empty; allowed: path: [value, …]")
        #expect(
            wrong("matrix: { producer.config.acks: [1], exclude: [{ acks: 1 }] }")
                == "x.yaml:3:9: matrix: the matrix is empty: every cell is excluded")
        #expect(
            wrong("matrix: { producer.config.acks: [1], exclude: [{ acks: 2 }] }")
                == "x.yaml:3:48: matrix.exclude.0: excludes no cell")
    }

    @Test func matrixPathsThatLeadNowhere() {
        #expect(
            wrong("matrix: { enable.idempotence: [true] }") == """
                x.yaml:3:11: matrix: 'enable.idempotence' begins in no section that a matrix may change; \
                allowed: a path that begins with broker, producer, network, workload, faults, recovery_time, timeout; \
                did you mean 'producer.config.enable.idempotence'?
                """)
        #expect(
            wrong("faults: [{ loss: 1% }]\nmatrix: { faults.1.loss: [1%] }")
                == "x.yaml:4:11: matrix: 'faults.1.loss': no element '1' in faults; allowed: faults.0")
        #expect(
            wrong("matrix: { producer.clinet: [raw] }") == """
                x.yaml:3:11: producer: unknown key 'clinet'; allowed: client, version, config, config_for, command, driver; \
                did you mean 'client'?
                """)
        #expect(
            wrong("matrix: { producer: [{ client: raw }] }")
                == "x.yaml:3:22: matrix.producer.0: a mapping as a matrix value needs a name; allowed: { as: name, value: … }"
        )
    }

    @Test func errorsInAMatrixPointIntoTheMatrix() {
        #expect(
            wrong("faults: [{ loss: 1% }]\nmatrix: { faults.0.loss: [1%, 2x] }") == """
                x.yaml:4:31: faults.0.loss: '2x' is not a fraction; allowed: 0% to 100%, or 0 to 1
                """)
    }

    @Test func duplicates() {
        #expect(
            wrong("broker: { topics: [{ name: a }, { name: a }] }")
                == "x.yaml:3:41: broker.topics.1.name: the topic 'a' is given twice")
        #expect(wrong("seed: 1\nseed: 2") == "x.yaml:3:1: the key 'seed' is given more than once")
        #expect(
            wrong("matrix: { producer.config.acks: [1, 1] }")
                == "x.yaml:3:37: matrix.producer.config.acks.1: the value '1' is given twice")
        #expect(wrong("tags: [a, a]") == "x.yaml:3:11: tags.1: the tag 'a' is given twice")
    }

    @Test func faultsWithoutEffectOrSense() {
        #expect(
            wrong("faults: [{ at: 2s }]") == "x.yaml:3:10: faults.0: a fault without effect; allowed: delay, loss, do")
        #expect(
            wrong("faults: [{ jitter: 2ms, loss: 1% }]")
                == "x.yaml:3:20: faults.0.jitter: 'jitter' goes with another word; allowed: beside delay")
        #expect(wrong("faults: [{ for: 2s, loss: 1% }]") == "x.yaml:3:17: faults.0.for: 'for' needs 'at'")
        #expect(
            wrong("faults: [{ at: 1s, for: 2s, every: 1s, loss: 1% }]") == """
                x.yaml:3:36: faults.0.every: repeats before it has ended; allowed: 2s or more, as 'for' says
                """)
        #expect(
            wrong("faults: [{ at: 1s, every: 1s, loss: 1% }]")
                == "x.yaml:3:27: faults.0.every: an impairment that repeats needs 'for'")
        #expect(
            wrong("faults: [{ at: 1s, on: { response: Produce }, do: [drop] }]")
                == "x.yaml:3:10: faults.0: 'on' and 'at' exclude each other; allowed: one of on, at, during")
        #expect(
            wrong("faults: [{ on: { response: Produce }, loss: 1% }]") == """
                x.yaml:3:45: faults.0.loss: 'loss' acts on packets for a time, and a message starts this fault; \
                allowed: at, during, or an action in do
                """)
        #expect(
            wrong("faults: [{ on: { response: Prodce, nth: 1 }, do: [dorp] }]") == """
                x.yaml:3:28: faults.0.on.response: 'Prodce' is unknown; allowed: Produce, InitProducerId, Metadata, \
                ApiVersions, Fetch, ListOffsets, CreateTopics, FindCoordinator, AddPartitionsToTxn, EndTxn, \
                SaslHandshake, SaslAuthenticate; did you mean 'Produce'?
                x.yaml:3:51: faults.0.do.0: 'dorp' is unknown; allowed: drop, reset, hold, restart, pause; did you mean 'drop'?
                """)
        #expect(
            wrong("faults: [{ at: 1s, do: [hold, { drop: 1 }] }]") == """
                x.yaml:3:25: faults.0.do.0: the action 'hold' needs a value; allowed: { hold: … }
                x.yaml:3:39: faults.0.do.1.drop: the action 'drop' takes no value; allowed: drop
                """)
        #expect(
            wrong("faults: [{ on: { response: Produce }, do: [pause] }]")
                == "x.yaml:3:43: faults.0.do: 'pause' cannot be started by 'on'; allowed: at")
    }

    @Test func expectationsThatMatchNothing() {
        let matrix = "matrix: { producer.config.acks: [0, all], broker.config.acks: [1] }\n"
        #expect(
            wrong(matrix + "expect: [{ when: { producer.config.acks: 1 }, survives: true }]") == """
                x.yaml:4:10: expect: this entry matches no cell; allowed: producer.config.acks: 0, all
                """)
        #expect(
            wrong(matrix + "expect: [{ when: { acks: 0 }, survives: true }]") == """
                x.yaml:4:20: 'acks' names several matrix parameters; allowed: producer.config.acks, broker.config.acks
                """)
        #expect(
            wrong(matrix + "expect: [{ when: { producer.config.ack: 0 }, survives: true }]") == """
                x.yaml:4:20: 'producer.config.ack' names no matrix parameter; allowed: producer.config.acks, \
                broker.config.acks; did you mean 'producer.config.acks'?
                """)
        #expect(wrong("expect: [{ when: { a: 0 }, lost: 0 }]").contains("allowed: nothing: there is no matrix"))
        #expect(
            wrong("expect: [{ at_least: 2 }]")
                .contains("x.yaml:3:22: expect.0.at_least: '2' is out of range; allowed: a whole number from 1 to 1"))
        #expect(
            wrong("repeat: 5\nexpect: [{ lost: 0, at_least: 4, of: 10 }]")
                == "x.yaml:4:38: expect.0.of: 'of' is not the number of repeats; allowed: 5, as 'repeat' says")
    }

    @Test func statements() {
        #expect(
            wrong("statement: { says: a, verdict: true, because: b, cots: {} }") == """
                x.yaml:3:32: statement.verdict: 'true' is unknown; allowed: confirmed, refuted, depends
                x.yaml:3:50: statement: unknown key 'cots'; allowed: says, verdict, because, cost; did you mean 'cost'?
                """)
        let cost = "statement: { says: a, verdict: refuted, because: b, cost: { of: c, before: { acks: 2 }, "
        #expect(
            wrong("matrix: { producer.config.acks: [0, 1] }\n" + cost + "after: { ack: 1 } } }") == """
                x.yaml:4:76: statement.cost.before: matches no cell
                x.yaml:4:98: 'ack' names no matrix parameter; allowed: producer.config.acks; did you mean 'acks'?
                """)
    }

    @Test func everyErrorOfAFileIsReportedInOrder() {
        let body = """
            broker: { kind: dokcer }
            workload: { records: 0, size: 1B }
            faults:
              - { loss: 200% }
              - { at: 1s }
            """
        #expect(
            wrong(body).split(separator: "\n").map { $0.split(separator: ":").prefix(3).joined(separator: ":") } == [
                "x.yaml:3:17", "x.yaml:4:22", "x.yaml:4:31", "x.yaml:6:13", "x.yaml:7:5",
            ])
        #expect(wrong("{}", head: "") == "x.yaml:1:1: 'claim' is missing\nx.yaml:1:1: 'name' is missing")
    }

    @Test func whatIsNoYAML() {
        #expect(
            wrong("a: [1, 2") == """
                x.yaml:4:1: not YAML: did not find expected ',' or ']' (while parsing a flow sequence at line 3)
                """)
        #expect(
            wrong("claim: it breaks: twice", head: "name: s\n") == """
                x.yaml:2:17: not YAML: mapping values are not allowed in this context; \
                allowed: a text that holds ': ' in quotes
                """)
        #expect(wrong("a: *b").hasPrefix("x.yaml:3:4: not YAML: found undefined alias"))
        #expect(wrong("", head: "").hasPrefix("x.yaml:1:1: the file is empty"))
        #expect(wrong("a: 1\n--- \nb: 2", head: "").hasPrefix("x.yaml:2:1: not YAML: but found another document"))
        #expect(wrong("[a]: 1", head: "") == "x.yaml:1:1: a key must be a word")
    }
}

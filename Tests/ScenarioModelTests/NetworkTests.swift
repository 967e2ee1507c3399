import EvidenceModel
import Foundation
import Testing

@testable import ScenarioModel

@Suite struct NetworkTests {
    let rules = ScenarioRules(vocabulary: libraryVocabulary, clients: libraryClients)

    func network(_ section: String, nodes: Int = 1) throws -> NetworkSpec {
        let yaml = "name: s\nclaim: c\nbroker: { nodes: \(nodes) }\nnetwork: \(section)\n"
        return try Scenario(yaml: yaml, file: "x.yaml", rules: rules, seed: .chosen(1)).cells[0].network
    }

    func problem(_ section: String, nodes: Int = 1) -> String {
        do {
            return "valid: \(try network(section, nodes: nodes).summary)"
        } catch {
            return "\(error)"
        }
    }

    @Test func withoutTheSectionNothingIsAdded() throws {
        let cell = try Scenario(yaml: "name: s\nclaim: c\n", file: "x.yaml", rules: rules, seed: .chosen(1)).cells[0]
        #expect(cell.network == NetworkSpec())
        #expect(cell.network.summary.isEmpty)
        #expect(cell.network.mtu == 1500)
    }

    @Test func aRoundTripIsHalfOfItEachWay() throws {
        let way = try network("{ rtt: 81ms, mtu: 1400B }")
        #expect(way.ways.map(\.doing) == ["delay 40500us"])
        #expect(way.ways.map(\.id) == ["network-0"])
        #expect(way.ways[0].trigger == .network)
        #expect(way.ways[0].direction == nil)
        #expect(way.mtu == 1400)
        #expect(way.summary == "delay 40500us; mtu 1400B")
    }

    @Test func whatIsSaidMoreCloselyWins() throws {
        let way = try network(
            "{ profile: dsl, rtt: 20ms, brokerToClient: { delay: 30ms, rate: unlimited }, nodes: { 2: { rtt: 8ms } } }",
            nodes: 2)
        #expect(
            way.ways.map(\.summary) == [
                "delay 10ms, rate 384kbit/s, queue 64KB, clientToBroker, node 1, as the network",
                "delay 30ms, brokerToClient, node 1, as the network",
                "delay 4ms, rate 384kbit/s, queue 64KB, clientToBroker, node 2, as the network",
                "delay 4ms, brokerToClient, node 2, as the network",
            ])
        #expect(way.profile == "dsl")
    }

    @Test func jitterKeepsTheOrderUnlessItMayNot() throws {
        #expect(try network("{ rtt: 2ms, jitter: 1ms }").ways[0].doing == "delay 1ms, jitter 1ms, in-order true")
        #expect(try network("{ rtt: 2ms, jitter: 1ms, reorder: true }").ways[0].doing == "delay 1ms, jitter 1ms")
        #expect(try network("{ profile: transatlantic, jitter: 0ms }").ways[0].doing == "delay 40ms")
    }

    @Test func aTraceTakesThePlaceOfARateAndARateThatOfATrace() throws {
        #expect(try network("{ profile: lte, trace: a }").ways[0].doing == "delay 35ms, trace a, queue 105KB")
        #expect(try network("{ trace: a, nodes: { 1: { rate: 1Mbit/s } } }").ways[0].doing == "rate 1Mbit/s")
        #expect(try network("{ profile: lte, rate: unlimited }").ways[0].doing == "delay 35ms")
    }

    @Test func mistakesAreToldWhereTheyAre() {
        #expect(problem("{ profile: lta }").hasPrefix("x.yaml:4:21: network.profile: 'lta' is unknown"))
        #expect(problem("{ rtt: 1ms, delay: 2ms }").contains("'rtt' and 'delay' exclude each other"))
        #expect(problem("{ rate: 1Mbit/s, trace: a }").contains("'rate' and 'trace' exclude each other"))
        #expect(problem("{ jitter: 1ms }").contains("'jitter' goes with another word; allowed: beside rtt or delay"))
        #expect(problem("{ loss: { from: 0%, to: 1% } }").contains("a ramp is an event"))
        #expect(problem("{ nodes: { 2: { rtt: 1ms } } }").contains("there is no node '2'; allowed: 1 to 1"))
        #expect(problem("{ rtd: 1ms }").contains("did you mean 'rtt'?"))
        #expect(problem("{ mtu: 500B }").contains("allowed: 576B to 9001B"))
        #expect(problem("{ clientToBroker: { rtt: 1ms } }").contains("unknown key 'rtt'"))
        #expect(problem("{ queue: 64KB }").contains("'queue' goes with another word"))
    }

    @Test func everyProfileIsAWay() throws {
        for profile in NetworkProfile.all {
            let way = try network("{ profile: \(profile.name) }")
            #expect(!way.ways.isEmpty, "\(profile.name)")
            #expect(way.ways.allSatisfy { $0.settings.contains { $0.keyword == "delay" } }, "\(profile.name)")
        }
    }

    /// The page is where the numbers have their source, so it must hold the same ones.
    @Test func thePageHoldsTheNumbersOfEveryProfile() throws {
        let page = try String(contentsOfFile: "\(repository)/docs/network-profiles.md", encoding: .utf8)
        for profile in NetworkProfile.all {
            let row = try #require(page.split(separator: "\n").first { $0.hasPrefix("| `\(profile.name)` |") })
            let words = [profile.words, profile.clientToBroker, profile.brokerToClient].flatMap(\.values)
            for word in words { #expect(row.contains(word), "\(profile.name): \(word)") }
        }
    }

    @Test func theMatrixReachesIt() throws {
        let yaml = "name: s\nclaim: c\nnetwork: { rtt: 2ms }\nmatrix: { network.rtt: [~, 4ms] }\n"
        let cells = try Scenario(yaml: yaml, file: "x.yaml", rules: rules, seed: .chosen(1)).cells
        #expect(cells.map(\.network.summary) == ["", "delay 2ms"])
    }

    @Test func theRecordHoldsIt() throws {
        let yaml = "name: s\nclaim: c\nnetwork: { rtt: 4ms, nodes: { 1: { loss: 1% } } }\n"
        let cell = try Scenario(yaml: yaml, file: "x.yaml", rules: rules, seed: .chosen(1)).cells[0]
        let network = try #require(cell.description(vocabulary: libraryVocabulary).network)
        #expect(network.ways.map(\.effects) == [["delay", "loss"]])
        #expect(network.ways[0].values == ["delay_ms": 2, "loss": 0.01])
        #expect(network.ways[0].node == 1)
        #expect(network.ways[0].onMessage == false)
    }

    @Test func aFaultWithoutATimeIsPointedOutInASweep() throws {
        func notes(_ faults: String) throws -> [String] {
            let yaml =
                "name: s\nclaim: c\nworkload: { rate: 10/s }\nfaults: [\(faults)]\nsweep: { axes: { workload.rate: [10/s, 20/s] } }\n"
            return try Scenario(yaml: yaml, file: "x.yaml", rules: rules, seed: .chosen(1)).notes.map(\.description)
        }
        let late = try notes("{ delay: 10ms }")
        #expect(late.count == 1)
        #expect(late.first?.hasPrefix("x.yaml:4:10: note: fault-0 begins with the first record") == true)
        #expect(try notes("{ at: 0s, delay: 10ms }").isEmpty)
        #expect(try notes("{ during: always, delay: 10ms }").isEmpty)
        #expect(try notes("{ partition: true }").isEmpty)
    }

    @Test func tcpIsAStockLinuxUnlessSaid() throws {
        #expect(try network("{ rtt: 1ms }").tcp == TCPOfCell())
        #expect(TCPOfCell().summary == "cubic")
        let tcp = try network(
            "{ tcp: { congestion: bbr, keepalive: { after: 60s }, client: { send_buffer: 8MB }, broker: { ecn: true } } }"
        ).tcp
        #expect(tcp.client.sendBufferBytes == [4096, 16384, 8_000_000])
        #expect(tcp.broker.sendBufferBytes == [4096, 16384, 4_194_304])
        #expect(tcp.client.keepaliveAfterS == 60 && tcp.client.keepaliveEveryS == 75)
        #expect(!tcp.client.ecn && tcp.broker.ecn)
        #expect(
            tcp.summary == "client bbr, send buffer up to 8000000 B, keepalive after 60 s every 75 s, 9 probes; "
                + "broker bbr, keepalive after 60 s every 75 s, 9 probes, asks for ECN")
        let small = try network("{ tcp: { receive_buffer: 64KB, send_buffer: { initial: 32KB } } }").tcp.client
        #expect(small.receiveBufferBytes == [4096, 64_000, 64_000])
        #expect(small.sendBufferBytes == [4096, 32_000, 4_194_304])
        #expect(small.sysctls.needed.contains { $0.name == "tcp_rmem" && $0.value == "4096 64000 64000" })
    }

    @Test func mistakesOfTCPAreToldWhereTheyAre() {
        #expect(problem("{ tcp: { congestion: \"a b\" } }").contains("is not a congestion control"))
        #expect(problem("{ tcp: { congestion: abcdefghijklmnop } }").contains("is not a congestion control"))
        #expect(problem("{ tcp: { send_buffer: { initial: 8MB } } }").contains("the sizes do not rise"))
        #expect(problem("{ tcp: { keepalive: { after: 1500ms } } }").contains("no whole number of seconds"))
        #expect(problem("{ tcp: { client: { client: {} } } }").contains("unknown key 'client'"))
        #expect(problem("{ tcp: { syn_retries: 0 } }").contains("1"))
    }
}

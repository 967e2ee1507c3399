// Feeds damaged answers to Metadata, FindCoordinator and Produce to the relay that puts the link's addresses in place of
// the broker's. Whatever comes, every byte that it does not rewrite must pass: what it gives back is held against that.

import FuzzKit
import KafkaWire
import Relay

/// One exchange: what the client asked, and a sound answer.
struct Exchange {
    var request: [UInt8]
    var answer: FuzzEntry
}

func frame(_ write: (inout ByteWriter) throws -> Void) rethrows -> [UInt8] {
    var writer = ByteWriter()
    try write(&writer)
    return writer.framed()
}

func exchanges<R: KafkaRequest>(_ request: R, _ response: R.Response) throws -> [Exchange] {
    try R.versions.map { version in
        let asked = try frame { writer in
            let header = RequestHeader(apiKey: R.apiKey, apiVersion: version, correlationID: 7, clientID: "fuzz")
            try header.write(to: &writer)
            try request.write(to: &writer, version: version)
        }
        let answer = try frame { writer in
            ResponseHeader.write(to: &writer, correlationID: 7, apiKey: R.apiKey, apiVersion: version)
            try response.write(to: &writer, version: version)
        }
        let numbers = stride(from: 0, to: answer.count - 8, by: 2).map { $0..<$0 + 4 }
        return Exchange(request: asked, answer: FuzzEntry(frame: answer, numbers: numbers))
    }
}

func corpus() throws -> [Exchange] {
    var metadata = MetadataResponse()
    metadata.brokers = [
        .init(nodeID: 1, host: "broker-1.example", port: 9092), .init(nodeID: 2, host: "b", port: 9093),
    ]
    metadata.topics = [.init(name: "t", partitions: [.init(partitionIndex: 0, leaderID: 1, replicaNodes: [1, 2])])]
    var coordinator = FindCoordinatorResponse()
    (coordinator.nodeID, coordinator.host, coordinator.port) = (1, "broker-1.example", 9092)
    coordinator.coordinators = [.init(key: "g", nodeID: 2, host: "b", port: 9093)]
    var produce = ProduceResponse()
    var topic = ProduceResponse.Topic()
    topic.name = "t"
    topic.partitions = [.init()]
    topic.partitions[0].baseOffset = 5
    produce.topics = [topic]
    return try exchanges(MetadataRequest(), metadata) + exchanges(FindCoordinatorRequest(), coordinator)
        + exchanges(ProduceRequest(), produce)
}

let all = try corpus()
let addresses: [Int32: AddressRewriter.Address] = [
    1: .init(host: "198.18.1.1", port: 9092), 2: .init(host: "198.18.2.1", port: 9092),
]
var scratch: [UInt8] = []

FuzzRun.main(memoryMB: 256) { random in
    let exchange = all[random.below(all.count)]
    let rewriter = AddressRewriter(addresses: addresses)
    guard rewriter.fromClient(exchange.request) == exchange.request else { fatalError("the request was changed") }
    exchange.answer.damaged(&random, into: &scratch)
    let cut = random.below(scratch.count)
    let first = rewriter.fromBroker(Array(scratch[..<cut]))
    let second = rewriter.fromBroker(Array(scratch[cut...]))
    // A frame that is not whole yet is kept back, so less may come out; never more than the addresses can add.
    guard first.count + second.count <= scratch.count + 4096 else { fatalError("bytes were invented") }
    return first + second != scratch
}

import EvidenceModel

@testable import Capacity

/// Situations by hand: what a point would look like that one thing alone binds.
enum Situations {
    static func cell(
        rate: Double? = 2000, config: [String: String] = ["max.in.flight.requests.per.connection": "1"],
        faults: [CellDescription.Fault] = []
    ) -> CellDescription {
        CellDescription(
            scenario: "s", claim: "A claim.", file: "s.yaml", id: "s", parameters: [:], seed: 1,
            producer: .init(client: "librdkafka", config: config, settings: .librdkafka),
            broker: .init(kind: "embedded", topics: [.init(name: "orders", partitions: 1)]),
            workload: .init(records: 10_000, rateRecordsPerS: rate, sizeBytes: 100), faults: faults, expectations: [],
            recoveryTimeMs: 5000)
    }

    /// A point that carries 1000 records/s in requests of 100, one at a time, 100 ms each.
    static func observation(throughput: Double = 1000, latency: Double = 150) -> PointObservation {
        var observation = PointObservation()
        observation.throughputRecordsPerS = throughput
        observation.latencyMs = .init(p50: latency / 2, p99: latency, max: latency)
        observation.latencyFromSendMs = observation.latencyMs
        observation.outstandingMax = 200
        observation.handoverLatenessP99Ms = 1
        observation.windows = [0, 1000].map {
            .init(atMs: $0, throughputRecordsPerS: throughput, latencyMs: observation.latencyMs)
        }
        var wire = PointObservation.Wire()
        wire.requests = 60
        wire.recordsPerRequest = 100
        wire.largeRequestRecords = 100
        wire.bytesPerRequest = 11_000
        wire.connections = 1
        wire.inFlightMean = 0.99
        wire.inFlightMax = 1
        wire.roundTripMs = 101
        wire.transitMs = 100.2
        wire.baseTransitMs = 100
        wire.brokerMs = 0.8
        wire.brokerBusyShare = 0.01
        wire.wireBytesPerRecord = 115
        observation.wire = wire
        return observation
    }

    static func situation(
        _ cell: CellDescription = cell(), _ observation: PointObservation = observation(),
        measures: Measures = Measures(), ceiling: Double? = 100_000
    ) -> PointSituation {
        PointSituation(cell: cell, observation: observation, measures: measures, harnessCeiling: ceiling)
    }
}

extension ClientSettings {
    /// Those that matter here of the C client.
    static let librdkafka = ClientSettings(
        names: [
            .idempotence: ["enable.idempotence"],
            .inFlight: ["max.in.flight.requests.per.connection", "max.in.flight"], .batchBytes: ["batch.size"],
            .batchRecords: ["batch.num.messages"], .lingerMs: ["linger.ms"], .bufferKiB: ["queue.buffering.max.kbytes"],
        ], inFlightWhenIdempotent: 5)
    /// Those that matter here of the Java client.
    static let java = ClientSettings(
        names: [
            .idempotence: ["enable.idempotence"], .inFlight: ["max.in.flight.requests.per.connection"],
            .batchBytes: ["batch.size"], .lingerMs: ["linger.ms"], .bufferBytes: ["buffer.memory"],
            .sendBufferBytes: ["send.buffer.bytes"],
        ], isIdempotentByDefault: true, defaultInFlight: 5, inFlightWhenIdempotent: 5, defaultSendBufferBytes: 131_072,
        kernelSendBuffer: "-1")
}

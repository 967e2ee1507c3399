// Feeds damaged Fetch answers to the reader of a broker's log: the answer of every version, its batches of every magic
// and codec, the records in them, and where reading would go on.

import FuzzKit
import KafkaWire
import RawClient

let corpus = try FetchCorpus.entries()
var scratch: [UInt8] = []

FuzzRun.main(memoryMB: 512) { random in
    let (version, entry) = corpus[random.below(corpus.count)]
    entry.damaged(&random, into: &scratch)
    return scratch.withUnsafeBytes { bytes in
        var reader = ByteReader(bytes)
        guard let answer = try? FetchResponse(from: &reader, version: version) else { return false }
        for topic in answer.responses {
            for partition in topic.partitions {
                let records = partition.records ?? []
                guard let batches = try? LogReader.batches(records, "t", partition.partitionIndex, from: 0, "fuzz")
                else { continue }
                for batch in batches { _ = LogReader.offset(after: batch) }
            }
        }
        return true
    }
}

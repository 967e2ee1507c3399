// Feeds damaged captures to the observer: no input may make it trap or hold more memory than its bounds allow.
//
//     fuzz-captures INPUTS [SEED] [CAPTURE...]
//
// An input is one of the small captures of `Corpus`, changed in a few places: anywhere in the file, or in the TCP payload
// only, so that the damage gets as far as the Kafka frames. Captures that are named join the corpus, such as those of TLS. The number of a failing input is its seed: a trap prints the
// last number that was begun when run with FUZZ_TRACE=1.

import Glibc
import WireObserver

let inputs = CommandLine.arguments.count > 1 ? UInt64(CommandLine.arguments[1]) ?? 100_000 : 100_000
let firstSeed = CommandLine.arguments.count > 2 ? UInt64(CommandLine.arguments[2]) ?? 1 : 1
let traces = getenv("FUZZ_TRACE") != nil
let corpus = try Corpus.make() + CommandLine.arguments.dropFirst(3).map { try Corpus.file($0) }

var recognised: UInt64 = 0
var batches: UInt64 = 0
var scratch: [UInt8] = []
for number in firstSeed..<firstSeed + inputs {
    if traces { print(number) }
    var mutator = Mutator(seed: number)
    mutator.mutate(corpus[mutator.below(corpus.count)], of: corpus, into: &scratch)
    scratch.withUnsafeBytes { bytes in
        guard let analysis = try? WireAnalysis(bytes: bytes) else { return }
        recognised += 1
        batches += UInt64(analysis.batchCount)
        // Everything a user can ask for is worked out, now and then its text too.
        analysis.writeJSON { _ in }
        if number % 16 == 0 { _ = analysis.summary() }
    }
    if (number - firstSeed) % 1_000_000 == 999_999 { report(number - firstSeed + 1, recognised, batches) }
}
report(inputs, recognised, batches)

func report(_ done: UInt64, _ recognised: UInt64, _ batches: UInt64) {
    var usage = rusage()
    // RUSAGE_SELF; Swift imports the constant as another type.
    getrusage(0, &usage)
    print("\(done) inputs, \(recognised) recognised, \(batches) batches, peak memory \(usage.ru_maxrss / 1024) MB")
    fflush(nil)
    guard usage.ru_maxrss / 1024 < 256 else {
        print("memory is above its bound of 256 MB")
        exit(1)
    }
}

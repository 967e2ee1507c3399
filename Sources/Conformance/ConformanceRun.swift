import Dispatch
import EmbeddedBroker
import FoundationEssentials
import Glibc
import Synchronization
import SystemCalls

/// What became of one case.
public struct CaseOutcome: Sendable {
    /// The result of a case.
    public enum Result: Sendable, Equatable {
        /// Every answer and the log are as recorded.
        case passed
        /// Something differs.
        case failed([Difference])
        /// The target cannot do what the case needs; why.
        case skipped(String)
    }

    /// See ``SequenceCase/group``.
    public var group: String
    /// See ``SequenceCase/name``.
    public var name: String
    /// The result.
    public var result: Result

    init(_ one: SequenceCase, _ result: Result) {
        self.init(group: one.group, name: one.name, result)
    }

    init(group: String, name: String, _ result: Result) {
        self.group = group
        self.name = name
        self.result = result
    }
}

/// A run of a case file against one broker.
public struct ConformanceRun: Sendable {
    /// What to run against.
    public enum Target: Sendable {
        /// The embedded broker playing a release; every case has a cluster of its own.
        case embedded(Release)
        /// Any broker at an address.
        case bootstrap(host: String, port: Int)
    }

    /// The target.
    public var target: Target
    /// The cases.
    public var cases: [SequenceCase]
    /// The cases of transactions.
    public var transactions: [TransactionCase]
    private var outside: OutsideRecord?

    /// Cases of `file` against `target`.
    public init(_ target: Target, _ file: CaseFile) {
        self.target = target
        cases = file.cases
        transactions = file.transactions
        outside = file.outside
    }

    /// Runs every case; several at a time, since some wait for seconds. Blocks until all are done.
    ///
    /// - Parameter progress: called after each case, from any thread.
    public func run(progress: @escaping @Sendable (CaseOutcome) -> Void = { _ in }) -> [CaseOutcome] {
        if let outside {
            let outcomes = run(outside)
            outcomes.forEach(progress)
            return outcomes
        }
        let run = self
        if !transactions.isEmpty {
            return runAll(transactions.map(\.weight), progress) { index, topic in
                TransactionRunner.run(run.transactions[index], on: run.makeTransactionTarget(), topic: topic)
            }
        }
        return runAll(cases.map(Self.weight), progress) { index, topic in
            CaseRunner.run(run.cases[index], on: run.makeTarget(), topic: topic)
        }
    }

    /// Runs as many cases as there are weights, the heaviest first: one that waits for a replica to leave the in-sync set
    /// takes ten seconds and more.
    private func runAll(
        _ weights: [Int64], _ progress: @escaping @Sendable (CaseOutcome) -> Void,
        _ runOne: @escaping @Sendable (_ index: Int, _ topic: String) -> CaseOutcome
    ) -> [CaseOutcome] {
        let queue = WorkQueue(order: weights.indices.sorted { weights[$0] > weights[$1] })
        let tag = String(UInt32.random(in: .min ... .max), radix: 36)
        let done = DispatchSemaphore(value: 0)
        let workers = min(parallel, max(weights.count, 1))
        for _ in 0..<workers {
            WorkerThread.start {
                while let index = queue.next() {
                    let outcome = runOne(index, "conform-\(tag)-\(index)")
                    queue.finish(index, outcome)
                    progress(outcome)
                }
                done.signal()
            }
        }
        for _ in 0..<workers { done.wait() }
        return weights.indices.compactMap { queue.outcome($0) }
    }

    private func run(_ outside: OutsideRecord) -> [CaseOutcome] {
        let tag = String(UInt32.random(in: .min ... .max), radix: 36)
        switch target {
        case .bootstrap(let host, let port): return OutsideRunner.run(outside, host: host, port: port, tag: tag)
        case .embedded(let release):
            do {
                let cluster = try EmbeddedCluster.launch(
                    BrokerConfiguration(
                        release: release,
                        nodes: [
                            .init(id: 1, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))
                        ]))
                defer { cluster.end() }
                return OutsideRunner.run(outside, host: "127.0.0.1", port: try cluster.port(of: 1), tag: tag)
            } catch {
                let difference = Difference(place: "run", expected: "the broker starts", got: "\(error)")
                return [CaseOutcome(group: "outside", name: "broker", .failed([difference]))]
            }
        }
    }

    private var parallel: Int {
        switch target {
        case .embedded: 24
        case .bootstrap: 4
        }
    }

    private static func weight(_ one: SequenceCase) -> Int64 {
        (one.steps ?? []).reduce(0) { sum, step in
            var own = step.action?.sleepMs ?? 0
            if step.action?.external?.contains("ISR") == true { own += 9000 }
            if step.action?.waitLogStart != nil { own += 3000 }
            return sum + own + Int64(step.produce?.timeoutMs ?? 0)
        }
    }

    private func makeTransactionTarget() -> any TransactionTarget {
        switch target {
        case .embedded(let release): EmbeddedTransactionTarget(release: release)
        case .bootstrap(let host, let port): BootstrapTransactionTarget(host: host, port: port)
        }
    }

    private func makeTarget() -> any ConformanceTarget {
        switch target {
        case .embedded(let release): EmbeddedTarget(release: release)
        case .bootstrap(let host, let port): BootstrapTarget(host: host, port: port)
        }
    }
}

/// The cases that are still to run, and what became of the others.
private final class WorkQueue: Sendable {
    private struct State {
        var order: [Int]
        var outcomes: [Int: CaseOutcome] = [:]
    }

    private let state: Mutex<State>

    init(order: [Int]) { state = Mutex(State(order: order.reversed())) }

    func next() -> Int? { state.withLock { $0.order.popLast() } }

    func finish(_ index: Int, _ outcome: CaseOutcome) { state.withLock { $0.outcomes[index] = outcome } }

    func outcome(_ index: Int) -> CaseOutcome? { state.withLock { $0.outcomes[index] } }
}

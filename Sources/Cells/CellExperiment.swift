import BrokerKinds
import Drivers
import EvidenceModel
import FoundationEssentials
import Glibc
import LinkEmulator
import Reports
import RunRecord
import ScenarioModel
import SystemCalls
import Testbed
import WireObserver

/// The experiment of one cell, from the testbed to the read-back of the log, as scopes: the broker's site, the testbed,
/// the broker, the link, the captures, the timeline. Each ends before the one around it, on every way out.
final class CellExperiment: Sendable {
    private let cell: ScenarioCell
    private let record: RecordDirectory
    private let history: HistoryWriter
    private let reporter: CellReporter
    private let control: CellControl
    private let dialer: OutsideDialer?
    private let begun = ContinuousClock.now

    init(
        _ cell: ScenarioCell, _ record: RecordDirectory, _ history: HistoryWriter, _ reporter: CellReporter,
        _ control: CellControl, dialer: OutsideDialer?
    ) {
        self.cell = cell
        self.record = record
        self.history = history
        self.reporter = reporter
        self.control = control
        self.dialer = dialer
    }

    /// What stands while the producer runs.
    private struct Stage {
        let testbed: CellTestbed
        let broker: any BrokerUnderTest
        let link: Link
        let captures: CellCaptures
        let actions: BrokerActions
    }

    /// Runs it. On return or throw, everything that was started has ended.
    func run() async throws {
        let launch = try launch()
        let cell = cell
        try await Scope.with {
            try await BrokerCatalog.site(cell, record, dialer)
        } end: {
            await $0.remove()
        } _: { site in
            let testbed = try await WorkerThread.run {
                try CellTestbed(
                    nodes: cell.broker.nodes, mtu: Int32(cell.network.mtu), tcp: cell.network.tcp.setup,
                    nodeNamespaces: site.namespaces)
            }
            history.append(.testbedReady)
            try await Scope.with {
                try site.broker(in: testbed)
            } end: {
                await $0.stop()
            } _: { broker in
                try await broker.start()
                history.append(.brokerReady, detail: broker.bootstrap)
                let actions = BrokerActions(cell: cell, broker: broker, history: history)
                try conclude(try await produce(launch, testbed, broker, actions), launch)
                await actions.bringBack()
                let readBack = CellReadBack(
                    cell: cell, broker: broker, record: record, history: history, end: begun + cell.lifeLimit)
                try await readBack.run(withPatience: actions.needsPatience)
            }
        }
    }

    private func launch() throws -> DriverLaunch {
        let producer = cell.producer
        if producer.isProgram { return DriverLaunch(executable: producer.command.first ?? "") }
        if !producer.driver.isEmpty { return try OwnDriver.launch(producer.driver) }
        return try DriverCatalog.installed().launch(client: producer.client, version: producer.version)
    }

    /// The part with the link: from its first packet to its account.
    private func produce(
        _ launch: DriverLaunch, _ testbed: CellTestbed, _ broker: any BrokerUnderTest, _ actions: BrokerActions
    ) async throws -> CellDriver.End {
        let (cell, record, history) = (cell, record, history)
        let end = try await Scope.with {
            try startLink(testbed)
        } end: { link in
            // It waits for the threads of the link.
            await WorkerThread.run { history.append(.linkEnded, values: link.stop().historyValues) }
        } _: { link in
            try await Scope.with {
                try await WorkerThread.run {
                    try CellCaptures(cell, testbed: testbed, record: record, history: history)
                }
            } end: { captures in
                await WorkerThread.run { captures.stop() }
            } _: { captures in
                try await Scope.with {
                    Stage(testbed: testbed, broker: broker, link: link, captures: captures, actions: actions)
                } end: { stage in
                    reporter.update { $0.state = .settling }
                    await stage.actions.stop()
                } _: { stage in
                    try await runProducer(launch, stage)
                }
            }
        }
        countDrops(testbed)
        return end
    }

    /// Notes how the producer ended, where that is no result of its own.
    private func conclude(_ end: CellDriver.End, _ launch: DriverLaunch) throws {
        switch end {
        case .refused where cell.expectsRefusal: break
        case .refused(let text):
            throw ClientRefusal(
                client: launch.clientName(cell), words: text, config: cell.producer.config,
                known: cell.producer.properties)
        case .died(let text): history.append(.harnessError, subject: "driver", detail: text)
        case .rejected(let text): history.append(.driverRejected, detail: text)
        case .neverBegan(let text): history.append(.noExperiment, detail: text)
        case .done, .gaveUp, .stopped: break
        }
    }

    private func startLink(_ testbed: CellTestbed) throws -> Link {
        let history = history
        let link = try Link(
            LinkConfiguration(
                ports: testbed.linkPorts, mtu: cell.network.mtu, seed: cell.seed,
                faults: cell.network.ways + cell.faults,
                faultLogPath: record.path(of: .faultLog), offloads: true),
            onPhase: { event in
                history.append(event.began ? .faultBegan : .faultEnded, subject: event.fault, timeUs: event.timeUs)
            })
        try link.start()
        return link
    }

    private func runProducer(_ launch: DriverLaunch, _ stage: Stage) async throws -> CellDriver.End {
        if cell.producer.isProgram { return try await runProgram(stage) }
        let topics = cell.broker.topics.map { DriverConfiguration.Topic(name: $0.name, partitions: $0.partitions) }
        let configuration = DriverConfiguration(
            bootstrap: stage.broker.bootstrap, config: cell.producer.config, topics: topics,
            records: cell.workload.records, rateRecordsPerS: cell.workload.rate, sizeBytes: cell.workload.size,
            partitioner: cell.workload.partitioner == .client ? .client : .roundRobin)
        let driver = CellDriver(
            launch: launch, configuration: configuration, namespace: stage.testbed.client, record: record,
            history: history, reporter: reporter)
        let reporter = reporter
        let counting = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(200))
                let counters = stage.captures.clientCounters
                reporter.update { $0.retries = counters.retries }
            }
        }
        defer { counting.cancel() }
        let control = control
        return try await driver.run(
            timeout: cell.timeout, loadTime: cell.loadTime, stop: { await control.waitForStop() },
            onTimeZero: { timeUs in
                stage.link.setTimeZero(epochUs: timeUs)
                stage.actions.begin(timeZeroUs: timeUs)
            }, onAllSent: { stage.link.beginDrain() })
    }

    private func runProgram(_ stage: Stage) async throws -> CellDriver.End {
        let program = CellProgram(
            cell: cell, bootstrap: stage.broker.bootstrap, namespace: stage.testbed.client, record: record,
            history: history, reporter: reporter)
        let control = control
        return try await program.run(
            timeout: cell.timeout, stop: { await control.waitForStop() },
            hasProduced: { stage.captures.clientCounters.requests > 0 }
        ) { timeUs in
            stage.link.setTimeZero(epochUs: timeUs)
            stage.actions.begin(timeZeroUs: timeUs)
        }
    }

    private func countDrops(_ testbed: CellTestbed) {
        for device in [testbed.clientDevice] + testbed.nodeDevices {
            do {
                let drops = try device.droppedPackets()
                history.append(
                    .deviceCounters, subject: device.name,
                    values: ["rx_dropped_packets": drops.received, "tx_dropped_packets": drops.sent])
            } catch {
                // Without values the judge knows that nothing is known.
                history.append(.deviceCounters, subject: device.name, detail: String(describing: error))
            }
        }
    }
}

extension DriverLaunch {
    /// The client for messages.
    func clientName(_ cell: ScenarioCell) -> String {
        ([cell.producer.client] + [cell.producer.version].compactMap { $0 }).joined(separator: " ")
    }
}

extension ScenarioCell {
    /// True when the scenario says that the client refuses its configuration: then that is a result and no mistake.
    var expectsRefusal: Bool { expectations.contains { $0.measure == "refused" && $0.value == 1 } }
}

import Drivers
import EvidenceModel
import FoundationEssentials
import Glibc
import LinkEmulator
import Reports
import ScenarioModel
import Synchronization
import Testbed
import WireObserver

/// The experiment of one cell, from the testbed to the read-back of the log.
final class CellExperiment: Sendable {
    private let cell: ScenarioCell
    private let record: RecordDirectory
    private let history: HistoryWriter
    private let reporter: CellReporter
    private let control: CellControl
    private let dialer: OutsideDialer?
    private let hasLinkEnded = Mutex(false)

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

    /// Runs it. On return or throw, everything that was started has ended.
    func run() async throws {
        let launch = try launch()
        let containers = try BrokerContainers.start(cell, record)
        defer { containers?.remove() }
        let testbed = try CellTestbed(
            nodes: cell.broker.nodes, mtu: CellRun.mtu, nodeNamespaces: containers?.namespaces)
        let captures = try CellCaptures(cell, testbed: testbed, record: record, history: history)
        do {
            let link = try startLink(testbed)
            do {
                try await runWithLink(link, launch, testbed, captures, containers)
            } catch {
                end(link)
                throw error
            }
        } catch {
            captures.stop()
            throw error
        }
    }

    private func launch() throws -> DriverLaunch {
        let producer = cell.producer
        if producer.isProgram { return DriverLaunch(executable: producer.command.first ?? "") }
        return try DriverCatalog.installed().launch(client: producer.client, version: producer.version)
    }

    private func runWithLink(
        _ link: Link, _ launch: DriverLaunch, _ testbed: CellTestbed, _ captures: CellCaptures,
        _ containers: BrokerContainers?
    ) async throws {
        history.append(.testbedReady)
        let broker = try BrokerCatalog.broker(
            cell: cell, testbed: testbed, record: record, containers: containers, dialer: dialer)
        do {
            try await broker.start()
            history.append(.brokerReady, detail: broker.bootstrap)
            let actions = BrokerActions(cell: cell, broker: broker, history: history)
            let end = try await runDriver(launch, broker, testbed, captures, link, actions)
            reporter.update { $0.state = .settling }
            await actions.stop()
            captures.stop()
            self.end(link)
            countDrops(testbed)
            switch end {
            case .refused where cell.expectsRefusal: break
            case .refused(let text):
                throw ClientRefusal(
                    client: launch.clientName(cell), words: text, config: cell.producer.config,
                    known: try ScenarioLibrary.rules().clientProperties[cell.producer.client])
            case .died(let text): history.append(.harnessError, subject: "driver", detail: text)
            case .rejected(let text): history.append(.driverRejected, detail: text)
            case .neverBegan(let text): history.append(.noExperiment, detail: text)
            case .done, .gaveUp, .stopped: break
            }
            let wasAway = await actions.bringBack()
            try await readBack(broker, within: wasAway ? cell.broker.readyWithin : .zero)
        } catch {
            await broker.stop()
            throw error
        }
        await broker.stop()
    }

    /// Stops the link and notes its account, once only: what fails afterwards changes nothing of it.
    private func end(_ link: Link) {
        let isFirst = hasLinkEnded.withLock { ended in
            defer { ended = true }
            return !ended
        }
        if isFirst { history.append(.linkEnded, values: link.stop().historyValues) }
    }

    private func startLink(_ testbed: CellTestbed) throws -> Link {
        var ports = [
            LinkConfiguration.Port(
                node: 0, descriptor: testbed.clientDevice.descriptor, address: testbed.clientDevice.address)
        ]
        for (index, device) in testbed.nodeDevices.enumerated() {
            ports.append(.init(node: index + 1, descriptor: device.descriptor, address: device.address))
        }
        let history = history
        let link = try Link(
            LinkConfiguration(
                ports: ports, mtu: Int(CellRun.mtu), seed: cell.seed, faults: cell.faults,
                faultLogPath: record.path(of: .faultLog), offloads: true),
            onPhase: { event in
                history.append(event.began ? .faultBegan : .faultEnded, subject: event.fault, timeUs: event.timeUs)
            })
        try link.start()
        return link
    }

    private func runDriver(
        _ launch: DriverLaunch, _ broker: any BrokerUnderTest, _ testbed: CellTestbed, _ captures: CellCaptures,
        _ link: Link, _ actions: BrokerActions
    ) async throws -> CellDriver.End {
        if cell.producer.isProgram {
            return try await runProgram(broker, testbed, captures, link, actions)
        }
        let topics = cell.broker.topics.map { DriverConfiguration.Topic(name: $0.name, partitions: $0.partitions) }
        let configuration = DriverConfiguration(
            bootstrap: broker.bootstrap, config: cell.producer.config, topics: topics,
            records: cell.workload.records, rateRecordsPerS: cell.workload.rate, sizeBytes: cell.workload.size,
            partitioner: cell.workload.partitioner == .client ? .client : .roundRobin)
        let driver = CellDriver(
            launch: launch, configuration: configuration, namespace: testbed.client, record: record, history: history,
            reporter: reporter)
        let reporter = reporter
        let counting = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(200))
                let counters = captures.clientCounters
                reporter.update { $0.retries = counters.retries }
            }
        }
        defer { counting.cancel() }
        let control = control
        return try await driver.run(
            timeout: cell.timeout, loadTime: cell.loadTime, stop: { await control.waitForStop() },
            onTimeZero: { timeUs in
                link.setTimeZero(epochUs: timeUs)
                actions.begin(timeZeroUs: timeUs)
            }, onAllSent: { link.beginDrain() })
    }

    private func runProgram(
        _ broker: any BrokerUnderTest, _ testbed: CellTestbed, _ captures: CellCaptures, _ link: Link,
        _ actions: BrokerActions
    ) async throws -> CellDriver.End {
        let program = CellProgram(
            cell: cell, bootstrap: broker.bootstrap, namespace: testbed.client, record: record, history: history,
            reporter: reporter)
        let control = control
        return try await program.run(
            timeout: cell.timeout, stop: { await control.waitForStop() },
            hasProduced: { captures.clientCounters.requests > 0 }
        ) { timeUs in
            link.setTimeZero(epochUs: timeUs)
            actions.begin(timeZeroUs: timeUs)
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

    /// - Parameter patience: how long a broker that was away may take until it answers again.
    private func readBack(_ broker: any BrokerUnderTest, within patience: Duration) async throws {
        let reader = LogReadBack(
            broker: broker, topics: cell.broker.topics.map(\.name),
            run: cell.producer.isProgram ? RecordNumber.run(seed: cell.seed) : nil,
            login: cell.broker.readerLogin)
        let deadline = ContinuousClock.now + patience
        var log: LogAccount?
        while log == nil {
            do {
                log = try await reader.read()
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        guard let log else { return }
        try record.write(log)
        history.append(.logReadBack, values: ["batches": Int64(log.batches.count)])
        for fetched in try await reader.fetch(versions: cell.workload.fetch, comparingWith: log) {
            history.append(
                .fetched, subject: "v\(fetched.version)", detail: fetched.detail.isEmpty ? nil : fetched.detail,
                values: [
                    "fetch_version": Int64(fetched.version), "fetched_records": Int64(fetched.records),
                    "error_code": Int64(fetched.errorCode),
                ])
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

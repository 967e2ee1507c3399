import EvidenceModel
import FoundationEssentials
import Glibc
import RunRecord
import ScenarioModel
import SystemCalls
import Testbed

/// The containers of a cell: they exist before the testbed, because the link is plugged into their namespaces.
final class BrokerContainers: BrokerSite {
    /// The containers, node 1 first.
    let containers: [Container]
    /// Their network namespaces, node 1 first.
    let namespaces: [NetworkNamespace]?
    private let cell: ScenarioCell
    /// The project they belong to.
    let project: ComposeProject

    /// Starts the containers that a cell asks for.
    ///
    /// - Throws: ``MissingRequirement`` when this machine cannot run them; nothing is left behind then.
    static func start(_ cell: ScenarioCell, _ record: RecordDirectory) throws -> BrokerContainers {
        do {
            return try BrokerContainers(cell, record)
        } catch let error as ContainerError {
            throw MissingRequirement(error.description)
        }
    }

    private init(_ cell: ScenarioCell, _ record: RecordDirectory) throws {
        guard geteuid() == 0 else {
            throw MissingRequirement("broker kind compose needs root: only root may enter a container's namespace")
        }
        self.cell = cell
        let service = cell.broker.option.first ?? "kafka"
        let run = ProcessInfo.processInfo.environment[ContainerGuard.runVariable] ?? "\(getpid())"
        project = ComposeProject(
            engine: try ContainerEngine.find(), file: try Self.composeFile(), profile: service,
            name: "\(run)-\(RecordPayload.hash(record.path.utf8))", run: run, environment: Self.environment(cell))
        containers = try project.start()
        do {
            guard containers.count == cell.broker.nodes else {
                throw MissingRequirement(
                    "profile \(service) of docker-compose.yml has \(containers.count) services, broker.nodes is "
                        + "\(cell.broker.nodes): they must be equal")
            }
            for (index, container) in containers.enumerated() {
                try project.followLog(container, to: "\(record.path)/broker-\(index + 1).log")
            }
            if let ended = Self.ended(of: containers, project) { throw ended }
            namespaces = try Self.join(containers, project)
        } catch {
            project.remove()
            throw error
        }
    }

    /// Enters the containers' network namespaces and joins them.
    private static func join(
        _ containers: [Container], _ project: ComposeProject
    ) throws -> [NetworkNamespace] {
        do {
            let namespaces = try containers.enumerated().map { index, container in
                try NetworkNamespace(name: "broker-\(index + 1)", processIdentifier: container.processIdentifier)
            }
            try Backplane.join(namespaces)
            return namespaces
        } catch {
            // A container that ends takes its namespace along, and the engine notices a little later.
            for _ in 0..<30 {
                if let ended = ended(of: project.containers(), project) { throw ended }
                usleep(100_000)
            }
            throw error
        }
    }

    /// What to say of a container that does not run.
    private static func ended(
        of containers: [Container], _ project: ComposeProject
    ) -> MissingRequirement? {
        containers.first { $0.processIdentifier == 0 }.map {
            MissingRequirement(
                "container \($0.service) ended at once: \(project.logTail($0)); see docker-compose.yml")
        }
    }

    /// `CROSSWIND_COMPOSE_FILE`, or the docker-compose.yml of the installation, or of the checkout that the user is in.
    static func composeFile() throws -> String {
        let variable = "CROSSWIND_COMPOSE_FILE"
        if let file = ProcessInfo.processInfo.environment[variable] { return file }
        let name = "docker-compose.yml"
        let found =
            InstalledFiles.find(name) ?? InstalledFiles.find(name, from: FileManager.default.currentDirectoryPath)
        if let found { return found }
        throw MissingRequirement("no \(name) above the executable or the working directory; set \(variable)")
    }

    private static func environment(_ cell: ScenarioCell) -> [String: String] {
        var variables: [String: String] = [:]
        if let image = ComposeImages.image(cell.broker) { variables[ComposeImages.variable] = image }
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["CROSSWIND_CACHE"] ?? (environment["HOME"] ?? "/root") + "/.cache/crosswind"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: cache + "/tansu")) ?? []
        if environment["CROSSWIND_TANSU_DIR"] == nil, let newest = versions.max(by: NaturalOrder.precedes) {
            variables["CROSSWIND_TANSU_DIR"] = "\(cache)/tansu/\(newest)"
        }
        return variables
    }

    func broker(in testbed: CellTestbed) -> any BrokerUnderTest {
        ComposeBroker(cell: cell, testbed: testbed, containers: self)
    }

    func remove() async { await WorkerThread.run { self.project.remove() } }
}

/// A broker in containers of docker-compose.yml, each with the link plugged into its network namespace.
///
/// Actions: `pause` freezes the container's processes, `kill` ends it for the rest of the cell. A container that starts
/// again would come up in a new network namespace without the link, so nothing restarts.
final class ComposeBroker: BrokerUnderTest {
    /// A container: one that starts again would come up without the link.
    static let kind = BrokerKind(
        spec: BrokerSpec.Kind("compose", option: .init("service", .text, isRequired: false)),
        abilities: BrokerAbilities(
            actions: ["pause", "kill"], undoes: ["pause"], takesRelease: true, takesImage: true,
            takesConfig: false, servesTransactions: true,
            checkValues: { spec in
                guard spec.release != nil || spec.image != nil, let file = try? BrokerContainers.composeFile(),
                    let text = try? String(contentsOfFile: file, encoding: .utf8),
                    let isUsed = ComposeImages.useRelease(text, profile: spec.option.first ?? "kafka"), !isUsed
                else { return nil }
                return (
                    spec.release == nil ? "image" : "release",
                    "it has no effect with service '\(spec.option.first ?? "kafka")', whose image is always the same"
                )
            }), usesContainers: true,
        startAllowance: .seconds(120),  // an image may have to be built
        site: { cell, record, _ in try await WorkerThread.run { try BrokerContainers.start(cell, record) } })

    private let cell: ScenarioCell
    private let testbed: CellTestbed
    private let containers: BrokerContainers

    let bootstrap: String

    init(cell: ScenarioCell, testbed: CellTestbed, containers: BrokerContainers) {
        self.cell = cell
        self.testbed = testbed
        self.containers = containers
        bootstrap = testbed.bootstrap
    }

    func start() async throws {
        let project = containers.project
        let setup = BrokerSetup(
            spec: cell.broker, name: "compose \(project.profile)",
            addresses: testbed.brokerAddresses,
            connect: { host, port in try self.connectWithoutFaults(host: host, port: port) },
            death: {
                let ended = project.containers().first { $0.processIdentifier == 0 }
                return ended.map { "container \($0.service): \(project.logTail($0))" }
            })
        try await setup.run()
    }

    func connectWithoutFaults(host: String, port: UInt16) throws -> Int32 {
        try testbed.connectInside(host: host, port: port, cell.broker)
    }

    func perform(_ action: BrokerAction, node: Int) async throws -> Bool {
        let verb: String
        switch (action.name, action.undo) {
        case ("pause", false): verb = "pause"
        case ("pause", true): verb = "unpause"
        case ("kill", false): verb = "kill"
        case (_, true): return false
        default:
            throw HarnessError(
                operation: "perform", subject: action.name, reason: "a container can be paused and killed, nothing else"
            )
        }
        guard containers.containers.indices.contains(node - 1) else {
            throw HarnessError(operation: "perform", subject: action.name, reason: "there is no node \(node)")
        }
        let (project, container) = (containers.project, containers.containers[node - 1])
        try await WorkerThread.run { try project.perform(verb, on: container) }
        return true
    }

    /// The site removes the containers.
    func stop() async {}
}

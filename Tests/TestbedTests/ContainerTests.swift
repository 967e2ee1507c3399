import Foundation
import Testing

@testable import Testbed

/// What containers need: an engine, and the image's binary.
private enum Engine {
    static let reason = "needs root, a Docker engine and Tansu: scripts/dockerd.sh and `make clients`"
    static let tansu: String? = {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["CROSSWIND_CACHE"] ?? (environment["HOME"] ?? "/root") + "/.cache/crosswind"
        let folder = cache + "/tansu/0.6.0"
        return FileManager.default.fileExists(atPath: folder + "/Dockerfile") ? folder : nil
    }()
    static let isReady = geteuid() == 0 && tansu != nil && (try? ContainerEngine.find()) != nil
}

@Suite(.serialized, .enabled(if: Engine.isReady, Comment(rawValue: Engine.reason)))
struct ContainerTests {
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    private func project(_ run: String, profile: String = "tansu", file: String? = nil) throws -> ComposeProject {
        ComposeProject(
            engine: try ContainerEngine.find(), file: file ?? Self.repository + "/docker-compose.yml", profile: profile,
            name: "test-\(run)", run: run, environment: ["CROSSWIND_TANSU_DIR": Engine.tansu ?? ""])
    }

    private func containers(ofRun run: String) -> Int {
        ContainerEngine.run(["docker", "ps", "--all", "--quiet", "--filter", "label=crosswind.run=\(run)"]).text
            .split(separator: "\n").count
    }

    @Test func aContainerIsReachedThroughItsNamespaceAndLeavesNothing() throws {
        let run = UUID().uuidString.lowercased()
        let project = try project(run)
        defer { project.remove() }
        let containers = try project.start()
        #expect(containers.map(\.service) == ["tansu"])
        let namespace = try NetworkNamespace(name: "tansu", processIdentifier: containers[0].processIdentifier)
        let device = try TunDevice(name: "tun1", address: "198.18.1.1", namespace: namespace, networks: [])
        #expect(device.address == "198.18.1.1")
        var socket: Int32?
        for _ in 0..<100 where socket == nil {
            socket = try? ConnectedSocket.open(address: "198.18.1.1", port: 9092, namespace: namespace)
            if socket == nil { usleep(50_000) }
        }
        #expect(socket != nil, "the broker does not listen: \(project.logTail(containers[0]))")
        if let socket { close(socket) }
        let log = NSTemporaryDirectory() + run + ".log"
        defer { try? FileManager.default.removeItem(atPath: log) }
        try project.followLog(containers[0], to: log)
        for _ in 0..<100 where (try? String(contentsOfFile: log, encoding: .utf8))?.contains("listening") != true {
            usleep(50_000)
        }
        #expect(try String(contentsOfFile: log, encoding: .utf8).contains("listening on"))
        project.remove()
        #expect(self.containers(ofRun: run) == 0)
    }

    @Test func theGuardRemovesWhatARunLeft() throws {
        let run = UUID().uuidString.lowercased()
        let project = try project(run)
        var sentinel: ContainerGuard? = try ContainerGuard(run: run)
        _ = try project.start()
        #expect(containers(ofRun: run) == 1)
        withExtendedLifetime(sentinel) {}
        sentinel = nil
        for _ in 0..<200 where containers(ofRun: run) > 0 { usleep(50_000) }
        #expect(containers(ofRun: run) == 0)
    }

    @Test func aProfileThatIsNotThereSaysSo() throws {
        #expect(throws: ContainerError.self) { try project("none", profile: "no-such-profile").start() }
    }

    @Test func anImageThatIsNotThereGivesTheEnginesWords() throws {
        let file = NSTemporaryDirectory() + "compose-\(UUID().uuidString).yml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try "services: { x: { image: 'localhost:1/none/such:1', network_mode: none } }\n"
            .write(toFile: file, atomically: true, encoding: .utf8)
        do {
            _ = try project("wrong", file: file).start()
            Issue.record("it started")
        } catch let error as ContainerError {
            #expect(error.description.contains("localhost:1"), "\(error)")
        }
    }

    @Test func aContainerThatEndsAtOnceHasNoProcessAndALog() throws {
        let file = NSTemporaryDirectory() + "compose-\(UUID().uuidString).yml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try "services: { x: { image: 'crosswind/tansu:0.6.0', network_mode: none, command: [--nonsense] } }\n"
            .write(toFile: file, atomically: true, encoding: .utf8)
        let project = try project("ends", file: file)
        defer { project.remove() }
        var container = try project.start()[0]
        for _ in 0..<100 where container.processIdentifier != 0 {
            usleep(50_000)
            container = project.containers()[0]
        }
        #expect(container.processIdentifier == 0)
        #expect(project.logTail(container).contains("--help"))
    }
}

@Suite(.enabled(if: Privilege.canCreateDevices, Comment(rawValue: Privilege.reason)))
struct BackplaneTests {
    @Test func everyNodeReachesEveryOtherAndNothingElse() throws {
        let nodes = try (1...3).map { try NetworkNamespace(name: "node-\($0)") }
        try Backplane.join(nodes)
        for first in 1...3 {
            for second in 1...3 where first != second {
                let listener = try ListeningSocket.open(
                    address: Backplane.address(node: second), port: 0, namespace: nodes[second - 1])
                let socket = try ConnectedSocket.open(
                    address: Backplane.address(node: second), port: listener.port, namespace: nodes[first - 1])
                close(socket)
                close(listener.descriptor)
            }
        }
        #expect(throws: TestbedError.self) {
            try ConnectedSocket.open(address: "198.18.0.1", port: 1, namespace: nodes[0])
        }
    }
}

import KafkaWire
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// A cluster of Kafka brokers in this process, with logs in memory.
///
/// Every node has its own listening socket, so that each can be reached, and faulted, by itself. All methods may be called
/// from any thread; those that act on the cluster return when the action is done. Do not call them from one of the
/// cluster's own event loops.
public final class EmbeddedCluster: Sendable {
    private let core: Mutex<UncheckedSendable<ClusterCore>>
    private let group: MultiThreadedEventLoopGroup
    private let listeners: [Int32: Listener]
    private let gates: [Int32: NodeGate]
    private let connections = Connections()
    private let memory = RequestMemory()
    private let configuration: BrokerConfiguration

    /// What the topics, nodes and actions are called in errors.
    public struct UnknownNameError: Error, Sendable, CustomStringConvertible {
        /// What is not there.
        public var description: String
    }

    /// Starts the cluster: every node listens when this returns.
    ///
    /// - Throws: ``BrokerConfigurationError`` or ``ListenError``.
    public static func start(_ configuration: BrokerConfiguration) async throws -> EmbeddedCluster {
        try launch(configuration)
    }

    /// ``start(_:)`` for callers without a task; blocks for some milliseconds.
    ///
    /// - Throws: ``BrokerConfigurationError`` or ``ListenError``.
    public static func launch(_ configuration: BrokerConfiguration) throws -> EmbeddedCluster {
        let cluster = try EmbeddedCluster(configuration)
        do {
            for node in cluster.configuration.nodes { try cluster.openListener(node.id) }
        } catch {
            cluster.end()
            throw error
        }
        return cluster
    }

    private init(_ configuration: BrokerConfiguration) throws {
        guard !configuration.nodes.isEmpty, Set(configuration.nodes.map(\.id)).count == configuration.nodes.count else {
            throw BrokerConfigurationError(
                property: "nodes", value: "\(configuration.nodes.map(\.id))",
                wanted: "at least one, each with its own id")
        }
        var resolved = configuration
        var listeners: [Int32: Listener] = [:]
        do {
            for index in resolved.nodes.indices {
                let listener = try Listener(resolved.nodes[index].listen)
                listeners[resolved.nodes[index].id] = listener
                if resolved.nodes[index].advertisedPort == 0 { resolved.nodes[index].advertisedPort = listener.port }
            }
        } catch {
            for listener in listeners.values { listener.release() }
            throw error
        }
        self.configuration = resolved
        self.listeners = listeners
        gates = resolved.nodes.reduce(into: [:]) { $0[$1.id] = NodeGate() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(configuration.eventLoopThreads, 1))
        self.group = group
        let timers = Timers(group.next())
        do {
            let core = try ClusterCore(resolved) { afterMs, work in timers.schedule(afterMs, work) }
            self.core = Mutex(UncheckedSendable(value: core))
        } catch {
            for listener in listeners.values { listener.release() }
            group.shutdownGracefully { _ in }
            throw error
        }
        timers.cluster = self
        withCore { $0.startTasks() }
    }

    private func bootstrap(_ nodeID: Int32) -> ServerBootstrap {
        let configuration = configuration
        let gate = gates[nodeID]!
        let connections = connections
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: configuration.limits.unsentBytes / 4, high: configuration.limits.unsentBytes)
            )
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 16384, maximum: 256 << 10)
            )
            .childChannelInitializer { [weak self] channel in
                guard let self, connections.add(channel, nodeID, limit: configuration.limits.connections) else {
                    configuration.logger.warning(
                        "connection refused: too many", metadata: ["limit": "\(configuration.limits.connections)"])
                    return channel.close()
                }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(
                            nodeID: nodeID, cluster: self, gate: gate, memory: self.memory, configuration: configuration
                        ))
                }
            }
    }

    /// The port that a node listens on.
    ///
    /// - Throws: ``UnknownNameError``.
    public func port(of nodeID: Int32) throws -> Int { try listener(nodeID).port }

    private func listener(_ nodeID: Int32) throws -> Listener {
        guard let listener = listeners[nodeID] else {
            throw UnknownNameError(description: "node \(nodeID) is not in the cluster: \(listeners.keys.sorted())")
        }
        return listener
    }

    /// Closes every connection and socket and ends the threads.
    public func shutdown() async {
        for listener in listeners.values { listener.release() }
        connections.closeAll()
        try? await group.shutdownGracefully()
    }

    /// ``shutdown()`` for callers without a task; blocks.
    public func end() {
        for listener in listeners.values { listener.release() }
        connections.closeAll()
        try? group.syncShutdownGracefully()
    }

    // MARK: Inside

    /// Runs `body` with the state, alone.
    func withCore<Result: Sendable>(_ body: (ClusterCore) throws -> Result) rethrows -> Result {
        try core.withLock { try body($0.value) }
    }

    func handle(_ nodeID: Int32, _ frame: UnsafeRawBufferPointer, reply: @escaping ReplyTo) {
        withCore { $0.handle(nodeID, frame, reply: reply) }
    }

    /// Takes one request without a connection, for the fuzzer; whether an answer came at once.
    package func take(_ frame: UnsafeRawBufferPointer, at nodeID: Int32) -> Bool {
        let box = UncheckedSendable(value: AnswerFlag())
        handle(nodeID, frame) { reply in
            if case .response = reply { box.value.isSet = true }
        }
        return box.value.isSet
    }

    func gate(_ nodeID: Int32) throws -> NodeGate {
        guard let gate = gates[nodeID] else {
            throw UnknownNameError(description: "node \(nodeID) is not in the cluster: \(gates.keys.sorted())")
        }
        return gate
    }

    func closeListener(_ nodeID: Int32) throws {
        try listener(nodeID).close()
        connections.close(nodeID)
    }

    func openListener(_ nodeID: Int32) throws {
        try listener(nodeID).open(bootstrap(nodeID))
    }
}

/// Runs work later, under the cluster's lock.
private final class Timers: @unchecked Sendable {
    private let loop: any EventLoop
    /// Set once, before the first timer can fire.
    weak var cluster: EmbeddedCluster?

    init(_ loop: any EventLoop) { self.loop = loop }

    func schedule(_ afterMs: Int64, _ work: @escaping @Sendable (ClusterCore) -> Void) {
        loop.scheduleTask(in: .milliseconds(min(max(afterMs, 0), 1 << 40))) { [self] in
            cluster?.withCore { work($0) }
        }
    }
}

/// The open connections, by node.
private final class Connections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: (channel: any Channel, nodeID: Int32)]>([:])

    func add(_ channel: any Channel, _ nodeID: Int32, limit: Int) -> Bool {
        let id = ObjectIdentifier(channel)
        let isAdded = channels.withLock {
            guard $0.count < limit else { return false }
            $0[id] = (channel, nodeID)
            return true
        }
        if isAdded { channel.closeFuture.whenComplete { [self] _ in channels.withLock { $0[id] = nil } } }
        return isAdded
    }

    func close(_ nodeID: Int32) {
        let closing = channels.withLock { $0.values.filter { $0.nodeID == nodeID }.map(\.channel) }
        for channel in closing { channel.close(promise: nil) }
    }

    func closeAll() {
        for channel in channels.withLock({ $0.values.map(\.channel) }) { channel.close(promise: nil) }
    }
}

/// Set by a reply, which comes under the cluster's lock.
private final class AnswerFlag {
    var isSet = false
}

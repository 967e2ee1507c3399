import KafkaWire
import Logging
import NIOCore
import Synchronization

/// Bytes of requests that all connections together hold and that are not worked on yet.
final class RequestMemory: Sendable {
    private let bytes = Atomic(0)

    /// Adds `delta`; returns the sum.
    func change(by delta: Int) -> Int { bytes.wrappingAdd(delta, ordering: .relaxed).newValue }
}

/// One client connection: cuts the byte stream into requests and has them answered one at a time.
///
/// Like Kafka, it takes the next request only when the last one is answered, so that answers keep the order of requests.
/// Bytes that are no request close the connection with a log line; nothing a peer sends ends the process.
///
/// A client that closes in order has sent everything before: whole requests that wait are still worked on, until one has an
/// answer that can no longer be sent (Kafka's `Selector` keeps such a channel among its closing ones). So what a client
/// sent with acks=0 right before its end is in the log. After a reset nothing more is taken.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let nodeID: Int32
    private let cluster: EmbeddedCluster
    private let gate: NodeGate
    private let limits: BrokerConfiguration.Limits
    private let logger: Logger
    private let memory: RequestMemory
    private var sasl: SaslSession?
    private var input = ByteBuffer()
    private var accounted = 0
    private var isBusy = false
    private var isClosing = false
    private var isReadingStopped = false
    /// The client has closed its side.
    private var isInputClosed = false
    /// A request is never answered, so nothing behind it is.
    private var isSilent = false

    init(
        nodeID: Int32, cluster: EmbeddedCluster, gate: NodeGate, memory: RequestMemory,
        configuration: BrokerConfiguration
    ) {
        self.memory = memory
        self.nodeID = nodeID
        self.cluster = cluster
        self.gate = gate
        limits = configuration.limits
        logger = configuration.logger
        // The properties were checked when the cluster was made.
        sasl = (try? SaslSettings(configuration.properties)).flatMap { $0 }.map(SaslSession.init)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        var bytes = unwrapInboundIn(data)
        // Copied, not kept: the channel then reads into the same memory again, and the log copies anyway.
        reserveFrame(adding: bytes.readableBytes)
        input.writeBuffer(&bytes)
        process(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        input.clear()
        account(context)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            isInputClosed = true
            if isSilent { end(context) } else { process(context) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { process(context) } else { updateReading(context) }
        context.fireChannelWritabilityChanged()
    }

    /// Grows the buffer once to the frame's size instead of doubling up to it.
    private func reserveFrame(adding count: Int) {
        if input.readableBytes > 0 {
            input.discardReadBytes()
        } else if input.capacity > 4 << 20 {
            input = ByteBuffer()
        } else {
            input.clear()
        }
        guard let length = input.getInteger(at: input.readerIndex, as: Int32.self), length > 0,
            Int(length) <= limits.requestBytes
        else { return }
        // What a peer announces is not yet sent: no more is reserved at once than it has shown it can fill.
        let wanted = min(Int(length) + 4 - input.readableBytes, max(1 << 20, 3 * input.readableBytes))
        if wanted > input.writableBytes { input.reserveCapacity(minimumWritableBytes: max(wanted, count)) }
    }

    /// Tells the budget how much this connection holds; closes it when all connections together hold too much.
    private func account(_ context: ChannelHandlerContext) {
        let held = input.readableBytes
        let total = memory.change(by: held - accounted)
        accounted = held
        if total > limits.requestMemoryBytes, held > 0, !isClosing {
            close(context, "requests in memory exceed \(limits.requestMemoryBytes) bytes")
        }
    }

    /// Handles requests until one has to wait, the input is used up, or the client does not read its answers.
    private func process(_ context: ChannelHandlerContext) {
        while !isBusy, !isClosing, context.channel.isWritable {
            guard let length = input.getInteger(at: input.readerIndex, as: Int32.self) else { break }
            guard length >= 0, Int(length) <= limits.requestBytes else {
                close(context, "frame of \(length) bytes; the limit is \(limits.requestBytes)")
                return
            }
            guard input.readableBytes >= Int(length) + 4 else { break }
            input.moveReaderIndex(forwardBy: 4)
            guard let frame = input.readSlice(length: Int(length)) else { break }
            isBusy = true
            submit(frame, context)
        }
        if isInputClosed, !isBusy, !isClosing {
            end(context)
            return
        }
        account(context)
        updateReading(context)
    }

    private func submit(_ frame: ByteBuffer, _ context: ChannelHandlerContext) {
        let loop = context.eventLoop
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: loop)
        if case .reply(let reply)? = frame.withUnsafeReadableBytes({ sasl?.take($0) }) {
            // Later, not at once: many such frames in one read must not nest.
            loop.execute { bound.value.handler.finish(reply, bound.value.context) }
            return
        }
        let gate = gate
        let cluster = cluster
        let nodeID = nodeID
        // The reply comes while the cluster's lock is held: what follows it must wait until the lock is free.
        let takeReply: ReplyTo = { reply in
            gate.pass { loop.execute { bound.value.handler.finish(reply, bound.value.context) } }
        }
        gate.pass {
            frame.withUnsafeReadableBytes { cluster.handle(nodeID, $0, reply: takeReply) }
        }
    }

    private func finish(_ reply: Reply, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        switch reply {
        case .response where isInputClosed:
            end(context)
            return
        case .response(let bytes):
            write(bytes, context)
            isBusy = false
        case .lastResponse(let bytes, let why):
            write(bytes, context)
            close(context, why)
            return
        case .nothing: isBusy = false
        case .close(let why):
            close(context, why)
            return
        case .silence(let why):
            logger.warning("request is never answered", metadata: ["reason": "\(why)"])
            isSilent = true
            if isInputClosed { end(context) }
            return
        }
        process(context)
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: bytes.count + 4)
        buffer.writeInteger(Int32(bytes.count))
        buffer.writeBytes(bytes)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    private func close(_ context: ChannelHandlerContext, _ why: String) {
        logger.notice(
            "connection closed",
            metadata: ["reason": "\(why)", "peer": "\(context.remoteAddress.map(String.init(describing:)) ?? "?")"])
        end(context)
    }

    private func end(_ context: ChannelHandlerContext) {
        isClosing = true
        input.clear()
        account(context)
        context.close(promise: nil)
    }

    /// Stops reading while much is buffered or the client does not take its answers; goes on when that is over.
    private func updateReading(_ context: ChannelHandlerContext) {
        let isFull = input.readableBytes > 0 && (isBusy || !context.channel.isWritable) && hasEnough
        guard isFull != isReadingStopped, !isClosing else { return }
        isReadingStopped = isFull
        context.channel.setOption(.autoRead, value: !isFull).whenFailure { _ in }
    }

    /// True when a whole request waits already, or more than a request's worth of bytes.
    private var hasEnough: Bool {
        guard let length = input.getInteger(at: input.readerIndex, as: Int32.self) else { return false }
        return input.readableBytes >= Int(length) + 4
    }
}

import KafkaWire
import Synchronization

/// Follows one connection between a client and a broker and puts the link's addresses in place of those that the broker
/// advertises, as a NAT does for protocols that carry addresses. Every other byte passes unchanged and at once.
///
/// Rewritten are the answers to Metadata and FindCoordinator. From version 10 on, Produce answers may name a new leader's
/// address in tagged fields (KIP-951); these fields are taken out, so that the client asks for Metadata. What is not Kafka
/// (TLS, tokens of SASL before KIP-152) passes as it is. Never throws: what cannot be read passes unchanged.
package final class AddressRewriter: Sendable {
    /// Where a node is on the link.
    package struct Address: Sendable, Equatable {
        /// Host name or address.
        package var host: String
        /// TCP port.
        package var port: Int32

        /// A place on the link.
        package init(host: String, port: Int32) {
            self.host = host
            self.port = port
        }
    }

    /// An answer longer than this passes unread.
    static let largestAnswer = 16 << 20

    private let addresses: [Int32: Address]
    private let state = Mutex(State())

    private struct State {
        var requests: [Int32: (api: APIKey, version: Int16)] = [:]
        var fromClient = FrameSplitter(headerSize: 8)
        var fromBroker = FrameSplitter(headerSize: 4)
        var isOpaque = false
    }

    /// - Parameter addresses: the link's address of each broker id.
    package init(addresses: [Int32: Address]) { self.addresses = addresses }

    /// Notes what the client asks.
    package func fromClient(_ chunk: [UInt8]) -> [UInt8] {
        state.withLock { state in
            guard !state.isOpaque else { return }
            state.fromClient.feed(chunk, wants: { _ in false }) { part in
                guard case .header(let header) = part else { return }
                // A TLS record where a frame's length should be: 22, 3 is a handshake, never a length that Kafka takes.
                if header.starts(with: [22, 3]) { state.isOpaque = true }
                guard header.count == 12 else { return }
                let api = APIKey(rawValue: Self.integer(header, 4))
                let version: Int16 = Self.integer(header, 6)
                if Self.isRewritten(api, version) { state.requests[Self.integer(header, 8)] = (api, version) }
            }
            if state.fromClient.isLost { state.isOpaque = true }
        }
        return chunk
    }

    /// What the client is to see of what the broker says.
    package func fromBroker(_ chunk: [UInt8]) -> [UInt8] {
        state.withLock { state in
            guard !state.isOpaque else { return chunk }
            var output: [UInt8] = []
            output.reserveCapacity(chunk.count)
            let requests = state.requests
            var answered: [Int32] = []
            state.fromBroker.feed(
                chunk,
                wants: { header in
                    header.count == 8 && requests[Self.integer(header, 4)] != nil
                },
                each: { part in
                    switch part {
                    case .header(let bytes), .rest(let bytes): output += bytes
                    case .whole(let frame):
                        let correlationID: Int32 = Self.integer(frame, 4)
                        answered.append(correlationID)
                        output += requests[correlationID].flatMap { rewritten(frame, $0.api, $0.version) } ?? frame
                    }
                })
            for correlationID in answered { state.requests[correlationID] = nil }
            return output + state.fromBroker.takeUnreadable()
        }
    }

    private static func isRewritten(_ api: APIKey, _ version: Int16) -> Bool {
        api == .metadata || api == .findCoordinator || (api == .produce && version >= 10)
    }

    private static func integer<T: FixedWidthInteger & BitwiseCopyable>(_ bytes: [UInt8], _ offset: Int) -> T {
        bytes.withUnsafeBytes { T(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
    }

    /// The frame with other addresses; nil when it cannot be read.
    private func rewritten(_ frame: [UInt8], _ api: APIKey, _ version: Int16) -> [UInt8]? {
        switch api {
        case .metadata:
            recoded(frame, api, version) { (response: inout MetadataResponse) in
                for index in response.brokers.indices {
                    guard let address = addresses[response.brokers[index].nodeID] else { continue }
                    response.brokers[index].host = address.host
                    response.brokers[index].port = address.port
                }
            }
        case .findCoordinator:
            recoded(frame, api, version) { (response: inout FindCoordinatorResponse) in
                if let address = addresses[response.nodeID] {
                    (response.host, response.port) = (address.host, address.port)
                }
                for index in response.coordinators.indices {
                    guard let address = addresses[response.coordinators[index].nodeID] else { continue }
                    response.coordinators[index].host = address.host
                    response.coordinators[index].port = address.port
                }
            }
        case .produce: recoded(frame, api, version) { (_: inout ProduceResponse) in }
        default: nil
        }
    }

    private func recoded<Body: KafkaMessage>(
        _ frame: [UInt8], _ api: APIKey, _ version: Int16, _ change: (inout Body) -> Void
    ) -> [UInt8]? {
        try? frame.withUnsafeBytes { bytes in
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[4...]))
            let correlationID = try ResponseHeader.read(from: &reader, apiKey: api, apiVersion: version)
            var body = try Body(from: &reader, version: version)
            change(&body)
            var writer = ByteWriter(capacity: frame.count)
            ResponseHeader.write(to: &writer, correlationID: correlationID, apiKey: api, apiVersion: version)
            try body.write(to: &writer, version: version)
            return writer.framed()
        }
    }
}

/// Finds the frames in one direction of a connection.
struct FrameSplitter {
    /// A piece of the stream.
    enum Part {
        /// The length and the first bytes of a frame that nobody wants whole.
        case header([UInt8])
        /// More of such a frame.
        case rest([UInt8])
        /// A frame that is wanted, with its length.
        case whole([UInt8])
    }

    /// Bytes after the length that decide what a frame is; shorter frames have fewer.
    let headerSize: Int
    private var buffer: [UInt8] = []
    private var remaining = 0
    private var wanted = 0
    /// A length made no sense: frames are not found any more.
    private(set) var isLost = false

    init(headerSize: Int) { self.headerSize = headerSize }

    /// Cuts the next chunk.
    ///
    /// - Parameters:
    ///   - wants: whether the frame with this header is to be kept until it is whole.
    ///   - each: called for each part in order.
    mutating func feed(_ chunk: [UInt8], wants: ([UInt8]) -> Bool, each: (Part) -> Void) {
        var rest = chunk[...]
        while !rest.isEmpty, !isLost {
            if remaining > 0 {
                let count = min(remaining, rest.count)
                each(.rest(Array(rest.prefix(count))))
                remaining -= count
                rest = rest.dropFirst(count)
                continue
            }
            let goal = wanted > 0 ? wanted : headerGoal
            let count = min(goal - buffer.count, rest.count)
            buffer += rest.prefix(count)
            rest = rest.dropFirst(count)
            if wanted > 0 {
                guard buffer.count == wanted else { return }
                each(.whole(take()))
            } else {
                guard buffer.count == headerGoal, let length else { continue }
                guard length >= 0, length <= 1 << 30 else {
                    isLost = true
                    // The bytes decide what it is after all: the owner looks at them.
                    each(.header(buffer))
                    break
                }
                if length + 4 <= AddressRewriter.largestAnswer, wants(buffer) {
                    wanted = length + 4
                    if buffer.count == wanted { each(.whole(take())) }
                } else {
                    remaining = length + 4 - buffer.count
                    each(.header(buffer))
                    buffer = []
                }
            }
        }
        if isLost { buffer = Array(rest) }
    }

    /// What came after the stream stopped making sense.
    mutating func takeUnreadable() -> [UInt8] {
        guard isLost else { return [] }
        defer { buffer = [] }
        return buffer
    }

    private mutating func take() -> [UInt8] {
        defer {
            buffer = []
            wanted = 0
        }
        return buffer
    }

    private var length: Int? {
        guard buffer.count >= 4 else { return nil }
        return buffer.withUnsafeBytes { Int(Int32(bigEndian: $0.loadUnaligned(as: Int32.self))) }
    }

    /// Bytes to collect before the frame can be judged.
    private var headerGoal: Int {
        guard let length else { return 4 }
        return 4 + min(max(length, 0), headerSize)
    }
}

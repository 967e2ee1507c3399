import CLinux
import Foundation
import Testbed

/// Requests and responses in Kafka's framing over connections that the link may reset, stall or forget: what the soak's
/// triggers and connection faults act on.
final class SoakConversation: @unchecked Sendable {
    private let stopped = Shared(false)
    private var workers: [Worker] = []
    /// Connections that were made and requests that were answered.
    let connections = Shared(0)
    let answers = Shared(0)

    /// Starts one client and one server; both go on until `stop`.
    init(_ network: BenchNetwork) throws {
        let listener = try makeSocket(
            in: network.server, type: SOCK_STREAM, bind: address("198.18.1.1", 9092), listening: true)
        let stopped = stopped
        let client = network.client
        workers.append(
            Worker {
                while !stopped.with({ $0 }) {
                    guard cl_wait_readable(listener, 100_000_000) > 0 else { continue }
                    let descriptor = accept(listener, nil, nil)
                    guard descriptor >= 0 else { continue }
                    Self.serve(descriptor, until: stopped)
                    close(descriptor)
                }
                close(listener)
            })
        workers.append(
            Worker { [connections, answers] in
                while !stopped.with({ $0 }) {
                    guard
                        let descriptor = try? makeSocket(
                            in: client, type: SOCK_STREAM, connect: address("198.18.1.1", 9092))
                    else {
                        usleep(10_000)
                        continue
                    }
                    connections.with { $0 += 1 }
                    Self.ask(descriptor, until: stopped) { answers.with { $0 += 1 } }
                    close(descriptor)
                }
            })
    }

    func stop() {
        stopped.with { $0 = true }
        for worker in workers { worker.join() }
    }

    /// Answers every request with its correlation id, until the connection fails or is silent for a second.
    private static func serve(_ descriptor: Int32, until stopped: Shared<Bool>) {
        while !stopped.with({ $0 }) {
            guard let request = readFrame(descriptor), request.count >= 8 else { return }
            let response: [UInt8] = [0, 0, 0, 20] + request[4..<8] + [UInt8](repeating: 0, count: 16)
            guard writeAll(descriptor, response) else { return }
        }
    }

    /// Sends Produce requests of some kilobytes one after another.
    private static func ask(_ descriptor: Int32, until stopped: Shared<Bool>, onAnswer: () -> Void) {
        var correlation: Int32 = 0
        while !stopped.with({ $0 }) {
            correlation &+= 1
            var request: [UInt8] = [0, 0, 0, 9]
            withUnsafeBytes(of: correlation.bigEndian) { request += $0 }
            request += [UInt8](repeating: 1, count: 4000)
            let length = withUnsafeBytes(of: Int32(request.count).bigEndian) { Array($0) }
            guard writeAll(descriptor, length + request), readFrame(descriptor) != nil else { return }
            onAnswer()
            usleep(2000)
        }
    }

    private static func readFrame(_ descriptor: Int32) -> [UInt8]? {
        guard let length = read(4, from: descriptor) else { return nil }
        let count = length.reduce(0) { $0 << 8 | Int($1) }
        return (0...100_000).contains(count) ? read(count, from: descriptor) : nil
    }

    private static func read(_ count: Int, from descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var at = 0
        while at < count {
            guard cl_wait_readable(descriptor, 1_000_000_000) > 0 else { return nil }
            let got = bytes.withUnsafeMutableBytes { cl_read(descriptor, $0.baseAddress.map { $0 + at }, count - at) }
            guard got > 0 else { return nil }
            at += Int(got)
        }
        return bytes
    }

    private static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            == bytes.count
    }
}

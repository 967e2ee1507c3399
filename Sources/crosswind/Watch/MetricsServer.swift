import Glibc
import KafkaWire
import Synchronization
import SystemCalls

/// Serves one text over HTTP/1.1 on a thread of its own, one request a connection.
final class MetricsServer: Sendable {
    private let descriptor: Int32
    private let text = Mutex("# EOF\n")

    /// - Parameter address: HOST:PORT, the host as a number or `localhost`; port 0 picks a free one.
    /// - Throws: ``SystemCallError`` when it cannot listen there.
    init(address: String) throws {
        guard let place = HostPort(address, ports: 0...UInt16.max) else {
            throw SystemCallError(
                operation: "listen on", subject: "'\(address)', which is no HOST:PORT", errorNumber: EINVAL)
        }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(place.host, String(place.port), &hints, &found) == 0, let info = found else {
            throw SystemCallError(operation: "listen on", subject: address, errorNumber: EADDRNOTAVAIL)
        }
        defer { freeaddrinfo(found) }
        let opened = socket(info.pointee.ai_family, info.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard opened >= 0 else {
            throw SystemCallError(operation: "open a socket for", subject: address, errorNumber: errno)
        }
        var one: Int32 = 1
        setsockopt(opened, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard bind(opened, info.pointee.ai_addr, info.pointee.ai_addrlen) == 0, listen(opened, 16) == 0 else {
            let failure = errno
            close(opened)
            throw SystemCallError(operation: "listen on", subject: address, errorNumber: failure)
        }
        descriptor = opened
        WorkerThread.start { [self] in serve() }
    }

    /// What is served from now on.
    func publish(_ new: String) { text.withLock { $0 = new } }

    private func serve() {
        while true {
            let client = accept(descriptor, nil, nil)
            if client < 0 {
                // Out of descriptors, or a client that left again: the next may do better.
                usleep(10_000)
                continue
            }
            answer(client)
            close(client)
        }
    }

    private func answer(_ client: Int32) {
        var timeout = timeval(tv_sec: 2, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(client, SOL_SOCKET, option, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }
        var request: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 2048)
        while request.count < 8192, !request.contains(sequence: [13, 10, 13, 10]) {
            let count = recv(client, &chunk, chunk.count, 0)
            if count <= 0 { return }
            request += chunk[..<count]
        }
        let line = String(decoding: request.prefix { $0 != 13 }, as: UTF8.self).split(separator: " ")
        let isKnown = line.count > 1 && line[0] == "GET" && (line[1] == "/metrics" || line[1].hasPrefix("/metrics?"))
        let body = isKnown ? text.withLock { $0 } : "GET /metrics\n"
        Descriptor.write(
            "HTTP/1.1 \(isKnown ? "200 OK" : "404 Not Found")\r\n"
                + "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"
                + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n" + body, to: client)
    }
}

extension [UInt8] {
    fileprivate func contains(sequence: [UInt8]) -> Bool {
        guard count >= sequence.count else { return false }
        return (0...(count - sequence.count)).contains { self[$0..<$0 + sequence.count].elementsEqual(sequence) }
    }
}

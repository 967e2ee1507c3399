import CLinux
import FoundationEssentials
import Glibc

/// A TCP socket that listens inside a namespace and can be served from any thread of the process.
public enum ListeningSocket {
    /// Binds and listens; port 0 lets the kernel choose.
    ///
    /// - Returns: the descriptor, and the port.
    public static func open(
        address: String, port: UInt16, namespace: NetworkNamespace
    ) throws -> (descriptor: Int32, port: UInt16) {
        try namespace.run {
            let subject = "\(address):\(port) in \(namespace.name)"
            let descriptor = try streamSocket(for: subject)
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
            var name = socketName(address, port)
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let bound = withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
            }
            guard bound == 0, listen(descriptor, 1024) == 0 else {
                let error = errno
                close(descriptor)
                throw TestbedError(operation: "listen on", subject: subject, errorNumber: error)
            }
            _ = withUnsafeMutablePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
            }
            return (descriptor, UInt16(bigEndian: name.sin_port))
        }
    }
}

/// A TCP connection made inside a namespace.
public enum ConnectedSocket {
    /// Connects.
    ///
    /// - Returns: the descriptor, the caller's to close.
    /// - Throws: ``TestbedError`` when nothing listens there.
    public static func open(address: String, port: UInt16, namespace: NetworkNamespace) throws -> Int32 {
        try namespace.run {
            let subject = "\(address):\(port) in \(namespace.name)"
            let descriptor = try streamSocket(for: subject)
            var name = socketName(address, port)
            let connected = withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard connected == 0 else {
                let error = errno
                close(descriptor)
                throw TestbedError(operation: "connect to", subject: subject, errorNumber: error)
            }
            return descriptor
        }
    }
}

private func streamSocket(for subject: String) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    if descriptor < 0 { throw TestbedError(operation: "open socket", subject: subject, errorNumber: errno) }
    return descriptor
}

private func socketName(_ address: String, _ port: UInt16) -> sockaddr_in {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = TunDevice.parse(address)
    return name
}

import CLinux
import FoundationEssentials
import Glibc

/// TCP of one side: what is written into its namespace, and the congestion control of the routes in it.
public struct TCPSetup: Sendable, Equatable {
    /// The kernel's name of the congestion control.
    public var congestion: String
    /// Files of `/proc/sys/net/ipv4` and what is written there; each must be there.
    public var needed: [String: String]
    /// The same of files that a kernel may lack.
    public var known: [String: String]

    /// Makes a set-up.
    public init(
        congestion: String, needed: [(name: String, value: String)], known: [(name: String, value: String)] = []
    ) {
        self.congestion = congestion
        self.needed = Dictionary(uniqueKeysWithValues: needed.map { ($0.name, $0.value) })
        self.known = Dictionary(uniqueKeysWithValues: known.map { ($0.name, $0.value) })
    }

    /// Sets what a namespace has of its own, and reads it back.
    ///
    /// - Throws: `TestbedError` for what cannot be set or reads otherwise.
    func apply(in namespace: NetworkNamespace) throws {
        let name = namespace.name
        try namespace.run {
            for (file, value) in needed.sorted(by: { $0.key < $1.key }) {
                try Self.write(value, to: file, in: name, mayLack: false)
            }
            for (file, value) in known.sorted(by: { $0.key < $1.key }) {
                try Self.write(value, to: file, in: name, mayLack: true)
            }
        }
    }

    private static func write(_ value: String, to file: String, in namespace: String, mayLack: Bool) throws {
        let path = "/proc/sys/net/ipv4/\(file)"
        let subject = "net.ipv4.\(file) in namespace \(namespace)"
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT, mayLack { return }
            throw TestbedError(operation: "set", subject: subject, errorNumber: errno, remedy: remedy)
        }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, value, value.utf8.count) == value.utf8.count else {
            throw TestbedError(operation: "set", subject: subject, errorNumber: errno, remedy: remedy)
        }
        let read = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isWhitespace)
        guard read == value.split(separator: " ") else {
            throw TestbedError(
                operation: "keep \(value) as", subject: subject, errorNumber: EINVAL,
                remedy: "the kernel made it \(read.joined(separator: " "))")
        }
    }

    private static let remedy = "TCP is part of the experiment: the cell needs a /proc/sys that may be written"

    /// Adds a route whose connections have a congestion control of their own.
    static func addRoute(through device: String, to network: UInt32, prefix: Int, congestion: String) throws {
        let result = cl_route_add_congestion(device, network, Int32(prefix), congestion)
        // EINVAL is what the kernel says to a congestion control that it neither has nor can load.
        if result == -EINVAL { throw MissingCongestionControl(name: congestion, available: available) }
        try TestbedError.check(result, "add route through", device)
    }

    /// Congestion controls that are loaded; a kernel may have more, which it loads when asked to.
    public static var available: [String] {
        let path = "/proc/sys/net/ipv4/tcp_available_congestion_control"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// A number of `/proc/sys/net`; nil where there is none.
    public static func number(_ file: String) -> Int? {
        let text = try? String(contentsOfFile: "/proc/sys/net/\(file)", encoding: .utf8)
        return text.flatMap { Int($0.split(whereSeparator: \.isWhitespace).first ?? "") }
    }
}

/// A congestion control that was asked for and that this kernel has not.
public struct MissingCongestionControl: Error, CustomStringConvertible, Sendable, Equatable {
    /// What was asked for.
    public var name: String
    /// What is loaded.
    public var available: [String]

    /// One sentence with what to do.
    public var description: String {
        "network.tcp.congestion: this kernel has no congestion control '\(name)'; it offers "
            + "\(available.joined(separator: ", ")): choose one of them, or as root: modprobe tcp_\(name)"
    }
}

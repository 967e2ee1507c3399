import FoundationEssentials
import Glibc

/// A network without faults between the nodes of a cluster, for what brokers say to each other.
///
/// Containers of a cluster must replicate, but a node's end of the faulty link reaches only the client. One veth pair
/// joins each two nodes; node N has 198.19.0.N. veth(4).
public enum Backplane {
    /// The address of a node, counted from 1.
    public static func address(node: Int) -> String { "198.19.0.\(node)" }

    /// Joins the namespaces of all nodes; fewer than two need nothing.
    ///
    /// - Throws: ``TestbedError`` naming the `ip` command that failed.
    public static func join(_ nodes: [NetworkNamespace]) throws {
        for first in nodes.indices {
            for second in nodes.indices where second > first {
                let names = ["bp\(first + 1)-\(second + 1)", "bp\(second + 1)-\(first + 1)"]
                try ip([
                    "link", "add", names[0], "netns", nodes[first].path, "type", "veth", "peer", "name", names[1],
                    "netns", nodes[second].path,
                ])
                try connect(nodes[first], device: names[0], own: first + 1, peer: second + 1)
                try connect(nodes[second], device: names[1], own: second + 1, peer: first + 1)
            }
        }
    }

    private static func connect(_ namespace: NetworkNamespace, device: String, own: Int, peer: Int) throws {
        try ip(
            ["addr", "add", address(node: own) + "/32", "peer", address(node: peer) + "/32", "dev", device], namespace)
        try ip(["link", "set", device, "up"], namespace)
    }

    private static func ip(_ arguments: [String], _ namespace: NetworkNamespace? = nil) throws {
        let prefix = namespace.map { ["nsenter", "--net=\($0.path)", "--"] } ?? []
        let result = ContainerEngine.run(prefix + ["ip"] + arguments)
        guard result.code == 0 else {
            throw TestbedError(
                operation: "ip \(arguments.joined(separator: " ")) (\(result.lastLine))",
                subject: namespace?.name ?? "the sandbox", errorNumber: 0, remedy: "apt-get install iproute2")
        }
    }
}

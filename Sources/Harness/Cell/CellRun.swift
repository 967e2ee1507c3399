import Foundation
import Testbed

final class CellRun: Sendable {
    let directory: String
    let control: CellControl
    init(directory: String, control: CellControl) { self.directory = directory; self.control = control }
    func run() async -> ExitStatus {
        do {
            let t0 = WallClock.nowUs()
            let bed = try CellTestbed(nodes: 3, mtu: 1500)
            let t1 = WallClock.nowUs()
            print("testbed in \(t1 - t0) us", bed.clientDevice.descriptor, try bed.clientDevice.droppedPackets(), bed.client.path)
            let l = try ListeningSocket.open(address: "198.18.1.1", port: 9092, namespace: bed.nodes[0])
            print(l)
            let r = try await ChildProcess.run(ChildCommand(executable: "ip", arguments: ["addr"]).inside(bed.client), standardErrorPath: "/tmp/x.err") { ch in
                try await ch.forEachChunk { print(String(decoding: $0, as: UTF8.self)) }
            }
            print(r.end)
            print(try await ChildProcess.run(ChildCommand(executable: "sh", arguments: ["-c", "ip route; ps ax"]).inside(bed.nodes[0]), standardErrorPath: "/tmp/x.err") { ch in
                try await ch.forEachChunk { print(String(decoding: $0, as: UTF8.self)) }
            })
        } catch { print("error \(error)") }
        return .passed
    }
}

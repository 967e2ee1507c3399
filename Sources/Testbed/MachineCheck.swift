import CLinux
import FoundationEssentials
import Glibc

/// What this machine can do, and how to mend what it cannot: the checks of `crosswind doctor`.
public struct MachineCheck: Sendable, Equatable {
    /// What was looked at.
    public var name: String
    /// Fine, missing but optional, or missing and needed.
    public var state: State
    /// What was found.
    public var found: String
    /// The command that mends it; nil when it is fine.
    public var remedy: String?

    /// How a check came out.
    public enum State: String, Sendable, Equatable {
        /// Works.
        case ok
        /// Missing; something optional will not work.
        case optional
        /// Missing; no cell can run.
        case required
    }

    /// Describes a result.
    public init(name: String, state: State, found: String, remedy: String? = nil) {
        self.name = name
        self.state = state
        self.found = found
        self.remedy = remedy
    }

    /// All checks, in the order in which a cell needs them. `tryCommand` runs a command and tells its exit code: the
    /// sandbox is tried for real in a process of its own.
    public static func all(tryCommand: ([String]) -> Int32) -> [MachineCheck] {
        var checks = [kernel(), user()]
        if let capabilities = capabilities() { checks.append(capabilities) }
        checks.append(sandbox(tryCommand))
        checks.append(tun())
        checks += tcp()
        checks.append(program("nsenter", package: "util-linux", needed: true, tryCommand))
        checks.append(program("python3", package: "python3", needed: false, tryCommand))
        checks.append(program("java", package: "openjdk-17-jre-headless", needed: false, tryCommand))
        checks.append(containers { try ContainerEngine.find() })
        checks.append(processors())
        return checks
    }

    /// The checks without which no cell can run.
    public static func needed(tryCommand: ([String]) -> Int32) -> [MachineCheck] {
        [
            capabilities(), sandbox(tryCommand), tun(),
            program("nsenter", package: "util-linux", needed: true, tryCommand),
        ]
        .compactMap { $0 }
    }

    private static func kernel() -> MachineCheck {
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: &name.release) { String(cString: $0.bindMemory(to: CChar.self).baseAddress!) }
        return MachineCheck(name: "kernel", state: .ok, found: "Linux \(release)")
    }

    private static func user() -> MachineCheck {
        MachineCheck(
            name: "user", state: .ok,
            found: geteuid() == 0 ? "root" : "uid \(geteuid()), cells run in user namespaces")
    }

    /// Of root alone: an ordinary user has all of them in a user namespace. A container's root has those it was given.
    /// capabilities(7).
    private static func capabilities() -> MachineCheck? {
        guard geteuid() == 0 else { return nil }
        let needed: [(bit: UInt64, name: String, use: String)] = [
            (21, "SYS_ADMIN", "namespaces and their mounts"), (12, "NET_ADMIN", "devices of the link"),
            (13, "NET_RAW", "captures"),
        ]
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let effective = line?.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0, radix: 16) } ?? .max
        let missing = needed.filter { effective & (1 << $0.bit) == 0 }
        if missing.isEmpty { return MachineCheck(name: "capabilities", state: .ok, found: "all that a cell needs") }
        return MachineCheck(
            name: "capabilities", state: .required,
            found: "root without " + missing.map { "CAP_\($0.name) (\($0.use))" }.joined(separator: ", "),
            remedy: "in a container: " + missing.map { "--cap-add \($0.name)" }.joined(separator: " "))
    }

    private static func sandbox(_ tryCommand: ([String]) -> Int32) -> MachineCheck {
        let flags =
            geteuid() == 0
            ? ["--net", "--mount", "--pid", "--fork", "--mount-proc"]
            : ["--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--mount-proc"]
        let code = tryCommand(["unshare"] + flags + ["true"])
        if code == 0 { return MachineCheck(name: "namespaces", state: .ok, found: "can be created") }
        return MachineCheck(
            name: "namespaces", state: .required, found: "cannot be created (unshare: exit code \(code))",
            remedy: geteuid() == 0
                ? "in a container: --cap-add SYS_ADMIN; where it has that, --security-opt seccomp=unconfined, and on a host "
                    + "with AppArmor --security-opt apparmor=unconfined"
                : "sysctl -w user.max_user_namespaces=15000; on Debian also kernel.unprivileged_userns_clone=1, on "
                    + "Ubuntu kernel.apparmor_restrict_unprivileged_userns=0; or run as root")
    }

    private static func tun() -> MachineCheck {
        let path = "/dev/net/tun"
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        if descriptor >= 0 {
            close(descriptor)
            var status = stat()
            stat(path, &status)
            let mode = String(status.st_mode & 0o777, radix: 8)
            let rootOnly = status.st_mode & 0o006 != 0o006
            return MachineCheck(
                name: path, state: .ok,
                found: rootOnly ? "usable; mode 0\(mode) shuts out ordinary users (chmod 0666 opens it)" : "usable")
        }
        let failure = errno
        let reason = String(cString: strerror(failure))
        let missing = failure == ENOENT
        return MachineCheck(
            name: path, state: .required, found: reason,
            remedy: missing
                ? "as root: mkdir -p /dev/net && mknod -m 0666 /dev/net/tun c 10 200; in a container: --device /dev/net/tun"
                : failure == EPERM
                    ? "in a container: --device /dev/net/tun"
                    : "as root: chmod 0666 /dev/net/tun, the usual default of udev")
    }

    /// What scenarios may ask for as `network.tcp.congestion`, and what no namespace can set.
    private static func tcp() -> [MachineCheck] {
        let available = TCPSetup.available
        let hasCubic = available.contains("cubic")
        func limit(_ name: String) -> String { TCPSetup.number("core/\(name)").map { "\($0) B" } ?? "not known" }
        return [
            MachineCheck(
                name: "congestion control", state: hasCubic ? .ok : .optional,
                found: "loaded: \(available.joined(separator: ", ")); cells have cubic unless they say otherwise",
                remedy: hasCubic ? nil : "as root: modprobe tcp_cubic, or say network.tcp.congestion in scenarios"),
            MachineCheck(
                name: "socket buffers", state: .ok,
                found:
                    "programs may set \(limit("rmem_max")) to receive and \(limit("wmem_max")) to send (net.core, of the "
                    + "whole machine; a stock Linux has 212992 B)"),
        ]
    }

    private static func program(
        _ name: String, package: String, needed: Bool, _ tryCommand: ([String]) -> Int32
    ) -> MachineCheck {
        let paths = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        if let directory = paths.first(where: { access("\($0)/\(name)", X_OK) == 0 }) {
            return MachineCheck(name: name, state: .ok, found: "\(directory)/\(name)")
        }
        return MachineCheck(
            name: name, state: needed ? .required : .optional, found: "not in PATH",
            remedy: "apt-get install \(package)")
    }

    /// Docker is of use when an engine and a Compose answer, not when a command is there.
    package static func containers(_ find: () throws -> ContainerEngine) -> MachineCheck {
        do {
            return MachineCheck(
                name: "docker", state: .ok,
                found: "an engine answers, with " + (try find().compose.joined(separator: " ")))
        } catch let error as ContainerError {
            return MachineCheck(
                name: "docker", state: .optional, found: "\(error.operation): \(error.reason)", remedy: error.remedy)
        } catch {
            return MachineCheck(name: "docker", state: .optional, found: "\(error)")
        }
    }

    private static func processors() -> MachineCheck {
        let count = ProcessInfo.processInfo.activeProcessorCount
        return MachineCheck(
            name: "processors", state: count >= 2 ? .ok : .optional, found: "\(count)",
            remedy: count >= 2 ? nil : "with one processor the link may be late: use --jobs 1")
    }
}

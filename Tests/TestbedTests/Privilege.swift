import Glibc

/// Whether this process may create namespaces and TUN devices by itself.
enum Privilege {
    static let canCreateDevices = geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0
    static let reason = "needs root and /dev/net/tun: sudo swift test --filter TestbedTests"
}

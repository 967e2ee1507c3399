/// A network that is known by name: `network: { profile: transatlantic }`.
///
/// Each number has a public source, which docs/network-profiles.md names; what no source says (a loss, a queue) is left
/// out or marked there as ours.
public struct NetworkProfile: Sendable, Equatable {
    /// The name.
    public var name: String
    /// What it is, one line.
    public var summary: String
    /// Words of the section `network` for both directions, then for each alone.
    var words: [String: String]
    var clientToBroker: [String: String] = [:]
    var brokerToClient: [String: String] = [:]

    /// Every profile, from near to far, then ways to the user.
    public static let all: [NetworkProfile] = [
        NetworkProfile(
            name: "same-zone", summary: "two machines in one zone of a cloud",
            words: ["rtt": "500us", "jitter": "50us"]),
        NetworkProfile(
            name: "across-zones", summary: "two zones of one region",
            words: ["rtt": "1500us", "jitter": "100us"]),
        NetworkProfile(
            name: "across-regions", summary: "two coasts of one continent", words: ["rtt": "73ms", "jitter": "500us"]),
        NetworkProfile(
            name: "transatlantic", summary: "Virginia and Ireland", words: ["rtt": "80ms", "jitter": "500us"]),
        NetworkProfile(
            name: "antipodes", summary: "Ireland and Sydney", words: ["rtt": "310ms", "jitter": "1ms"]),
        NetworkProfile(
            name: "geostationary", summary: "a satellite in geostationary orbit",
            words: ["rtt": "629ms", "jitter": "5ms"],
            clientToBroker: ["rate": "3Mbit/s", "queue": "240KB"],
            brokerToClient: ["rate": "19Mbit/s", "queue": "1500KB"]),
        NetworkProfile(
            name: "low-orbit", summary: "satellites in low orbit", words: ["rtt": "50ms", "jitter": "10ms"],
            clientToBroker: ["rate": "13500kbit/s", "queue": "85KB"],
            brokerToClient: ["rate": "87Mbit/s", "queue": "545KB"]),
        NetworkProfile(
            name: "lte", summary: "a mobile phone", words: ["rtt": "70ms", "rate": "12Mbit/s", "queue": "105KB"]),
        NetworkProfile(
            name: "dsl", summary: "a household's line", words: ["rtt": "50ms", "queue": "64KB"],
            clientToBroker: ["rate": "384kbit/s"], brokerToClient: ["rate": "1500kbit/s"]),
        NetworkProfile(
            name: "busy-wifi", summary: "one of many stations on a wireless network with a long queue",
            words: ["rtt": "10ms", "slot": "5ms", "rate": "20Mbit/s", "queue": "1000"]),
    ]

    /// The profile of that name; nil: none.
    static func named(_ name: String) -> NetworkProfile? { all.first { $0.name == name } }
}

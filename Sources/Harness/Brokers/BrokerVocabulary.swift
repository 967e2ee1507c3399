import ScenarioModel

/// The words of a fault that brokers carry out, and the releases that the embedded broker plays.
enum BrokerVocabulary {
    /// Broker actions for `do:`.
    static let keywords: [FaultKeyword] = []

    /// Releases of `broker.release`.
    static let releases = ["4.3"]
}

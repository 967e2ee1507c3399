/// Names of expectations that are no measure.
enum ExpectationName {
    /// Every property holds.
    static let survives = "survives"
    /// The client refuses its configuration.
    static let refused = "refused"
}

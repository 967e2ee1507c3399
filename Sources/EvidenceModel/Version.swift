/// Which release of Crosswind this is.
public enum CrosswindVersion {
    /// The release, by semantic versioning: `--version`, and in every record and report.
    public static let current = "0.2.0"
}

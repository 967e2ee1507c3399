import ArgumentParser

/// `--jobs`: how much runs side by side.
enum Jobs {
    /// The number asked for; nil for `auto`.
    ///
    /// - Throws: `ValidationError` for anything else.
    static func parse(_ text: String) throws -> Int? {
        if text == "auto" { return nil }
        guard let number = Int(text), number >= 1 else {
            throw ValidationError("--jobs \(text): not a number from 1, nor auto")
        }
        return number
    }
}

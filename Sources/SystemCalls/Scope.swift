/// Lifetimes as scopes: what was begun is ended on every way out, once, before the scope returns.
public enum Scope {
    /// Begins something, works with it, and ends it, whether the work returned or threw.
    ///
    /// - Parameters:
    ///   - begin: makes the thing; when it throws there is nothing to end.
    ///   - end: ends it; it cannot fail, for nobody could do anything about it then.
    ///   - body: the work.
    public static func with<Thing, Value>(
        _ begin: () async throws -> Thing, end: (Thing) async -> Void, _ body: (Thing) async throws -> Value
    ) async throws -> Value {
        let thing = try await begin()
        do {
            let value = try await body(thing)
            await end(thing)
            return value
        } catch {
            await end(thing)
            throw error
        }
    }
}

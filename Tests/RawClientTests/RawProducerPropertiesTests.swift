import RawClient
import Testing

/// What the raw producer's properties may be, and how it says that they may not.
struct RawProducerPropertiesTests {
    @Test func namesAreKafkas() throws {
        let properties = try RawProducerProperties(
            [
                "acks": "all", "max.in.flight.requests.per.connection": "20", "linger.ms": "5", "batch.size": "1000",
                "raw.produce.version": "7", "raw.on.sequence.error": "retry",
            ], bootstrap: "198.18.1.1:9092,198.18.2.1:9092")
        #expect(properties.acks == -1 && properties.maxInFlight == 20 && properties.rules.produceVersion == 7)
        #expect(properties.bootstrap.map(\.port) == [9092, 9092] && properties.rules.onSequenceError == .retry)
        #expect(properties.isIdempotent && properties.login == nil)
    }

    @Test func idempotenceGoesOffSilentlyWithOtherAcksAsInKafka() throws {
        #expect(try !RawProducerProperties(["acks": "1"], bootstrap: "h:1").isIdempotent)
        #expect(try RawProducerProperties(["acks": "1", "enable.idempotence": "true"], bootstrap: "h:1").isIdempotent)
    }

    @Test(arguments: [
        ("max.in.flights", "1", "no such property"), ("acks", "2", "'2' is not allowed"),
        ("raw.retry.changes", "shuffle", "none, merge, split, swap, renumber"),
        ("enable.idempotence", "yes", "true or false"), ("security.protocol", "SSL", "SASL_PLAINTEXT"),
        ("raw.produce.version", "2", "set enable.idempotence to false"),
        ("security.protocol", "SASL_PLAINTEXT", "sasl.username"),
    ])
    func whatIsWrongIsNamed(name: String, value: String, words: String) {
        let error = #expect(throws: RawPropertyError.self) {
            try RawProducerProperties([name: value], bootstrap: "h:1")
        }
        #expect(error?.name == name && error?.message.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func everyNameIsKnown() throws {
        for name in RawProducerProperties.names {
            do { _ = try RawProducerProperties([name: "~"], bootstrap: "h:1") } catch {
                #expect(!error.message.contains("no such property"), "\(name)")
            }
        }
    }
}

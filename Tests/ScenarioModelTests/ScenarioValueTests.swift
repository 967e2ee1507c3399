import Testing

@testable import ScenarioModel

/// What a value says when it is read wrongly; the description of the error, or the result when there is none.
func complaint<T>(_ yaml: String, _ read: (ScenarioValue) throws -> T) -> String {
    do {
        let result = try read(ScenarioValue(yaml: yaml, file: "x.yaml"))
        return "read \(result)"
    } catch {
        return "\(error)"
    }
}

@Suite struct ScenarioValueTests {
    func value(_ yaml: String) throws -> ScenarioValue { try ScenarioValue(yaml: yaml, file: "x.yaml") }

    @Test func scalarsKeepTheirText() throws {
        #expect(try value("4.10").text() == "4.10")
        #expect(try value("\"007\"").text() == "007")
        #expect(try value("true").bool())
        #expect(try value("20000").count(in: 1...100_000) == 20000)
        #expect(try value("-3").count(in: -5...5) == -3)
        #expect(try value("0.25").number(in: 0...1) == 0.25)
    }

    @Test(arguments: [
        ("100us", Duration.microseconds(100)), ("80ms", .milliseconds(80)), ("1.5s", .milliseconds(1500)),
        ("1m", .seconds(60)), ("1h", .seconds(3600)), ("0s", .zero), ("80 ms", .milliseconds(80)),
    ])
    func durations(yaml: String, expected: Duration) throws {
        #expect(try value(yaml).duration() == expected)
    }

    @Test func otherQuantities() throws {
        #expect(try value("5%").fraction() == 0.05)
        #expect(try value("0.05").fraction() == 0.05)
        #expect(try value("20Mbit/s").bitRate() == 20_000_000)
        #expect(try value("100kbit/s").bitRate() == 100_000)
        #expect(try value("1Gbit/s").bitRate() == 1_000_000_000)
        #expect(try value("20MB/s").bitRate() == 160_000_000)
        #expect(try value("512B").byteCount() == 512)
        #expect(try value("64KB").byteCount() == 64_000)
        #expect(try value("1KiB").byteCount() == 1024)
        #expect(try value("5000/s").recordRate() == 5000)
        #expect(try value("300/min").recordRate() == 5)
    }

    @Test func aWrongTypeNamesWhatItFound() {
        #expect(complaint("a: [1]") { try $0["a"]!.text() } == "x.yaml:1:4: a: expected a text, found a list")
        #expect(complaint("a: {b: 1}") { try $0["a"]!.sequence() } == "x.yaml:1:4: a: expected a list, found a mapping")
        #expect(complaint("a: 1") { try $0["a"]!.mapping() } == "x.yaml:1:4: a: expected a mapping, found '1'")
        #expect(
            complaint("a: yes") { try $0["a"]!.bool() }
                == "x.yaml:1:4: a: 'yes' is not a boolean; allowed: true, false; did you mean 'true'?")
        #expect(
            complaint("a: '5'") { try $0["a"]!.count(in: 1...9) }
                == "x.yaml:1:4: a: '5' is not a whole number; allowed: a whole number from 1 to 9")
        #expect(
            complaint("a: 1e3") { try $0["a"]!.number(in: 0...1.5) }
                == "x.yaml:1:4: a: '1e3' is not a number; allowed: a number from 0 to 1.5")
    }

    @Test func aBadUnitListsTheUnits() {
        #expect(
            complaint("80") { try $0.duration() } == "x.yaml:1:1: '80' has no unit; allowed: us, ms, s, m, h")
        #expect(
            complaint("80 msec") { try $0.duration() }
                == "x.yaml:1:1: '80 msec' has the bad unit 'msec'; allowed: us, ms, s, m, h; did you mean '80ms'?")
        #expect(
            complaint("fast") { try $0.duration() }
                == "x.yaml:1:1: 'fast' is not a duration; allowed: a number with a unit (us, ms, s, m, h), "
                + "for example 80ms")
        #expect(
            complaint("20mbit/s") { try $0.bitRate() }
                == "x.yaml:1:1: '20mbit/s' has the bad unit 'mbit/s'; allowed: bit/s, kbit/s, Mbit/s, Gbit/s, B/s, "
                + "KB/s, MB/s, GB/s; did you mean '20Mbit/s'?")
        #expect(
            complaint("512") { try $0.byteCount() }
                == "x.yaml:1:1: '512' has no unit; allowed: B, KB, MB, GB, KiB, MiB, GiB")
        #expect(
            complaint("5%x") { try $0.fraction() }
                == "x.yaml:1:1: '5%x' is not a fraction; allowed: 0% to 100%, or 0 to 1")
    }

    @Test func anImpossibleRangeSaysWhatIsPossible() {
        #expect(
            complaint("120%") { try $0.fraction() }
                == "x.yaml:1:1: '120%' is out of range; allowed: 0% to 100%, or 0 to 1")
        #expect(
            complaint("5") { try $0.fraction() }
                == "x.yaml:1:1: '5' is out of range; allowed: 0% to 100%, or 0 to 1; did you mean '5%'?")
        #expect(
            complaint("-1s") { try $0.duration(in: .zero ... .milliseconds(1500)) }
                == "x.yaml:1:1: '-1s' is out of range; allowed: 0s to 1.5s")
        #expect(
            complaint("99999999999999999999h") { try $0.duration() }
                == "x.yaml:1:1: '99999999999999999999h' is out of range; allowed: 0s to 24h")
        #expect(
            complaint("99999999999999999999") { try $0.count(in: 0...5) }
                == "x.yaml:1:1: '99999999999999999999' is not a whole number; allowed: a whole number from 0 to 5")
        #expect(
            complaint("8B") { try $0.byteCount(in: 16...20) } == "x.yaml:1:1: '8B' is out of range; allowed: 16B to 20B"
        )
        #expect(complaint("99999999999999999999GB") { try $0.byteCount(in: 16...20) }.contains("out of range"))
    }

    @Test func choicesAndKeysSuggestTheNearestWord() {
        #expect(
            complaint("compse") { try $0.choice(of: ["embedded", "compose", "external"]) }
                == "x.yaml:1:1: 'compse' is unknown; allowed: embedded, compose, external; did you mean 'compose'?")
        #expect(
            complaint("zebra") { try $0.choice(of: ["embedded", "compose"]) }
                == "x.yaml:1:1: 'zebra' is unknown; allowed: embedded, compose")
        #expect(
            complaint("b:\n  rat: 1\n  sise: 2") { try $0["b"]!.requireKnownKeys(["rate", "size"]) } == """
                x.yaml:2:3: b: unknown key 'rat'; allowed: rate, size; did you mean 'rate'?
                x.yaml:3:3: b: unknown key 'sise'; allowed: rate, size; did you mean 'size'?
                """)
        #expect(complaint("b: {}") { try $0["b"]!.required("rate") } == "x.yaml:1:4: b: 'rate' is missing")
    }
}

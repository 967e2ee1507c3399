import EvidenceModel
import Testing

@testable import Reports

struct SweepReportTests {
    static func results() -> SweepResults {
        let points = ["10ms", "50ms", "200ms"].enumerated().flatMap { order, delay in
            (0..<2).map { index in
                var observation = PointObservation()
                observation.throughputRecordsPerS = 1000 / Double(order + 1)
                observation.latencyMs = .init(p50: 20, p99: 50, max: 60)
                observation.windows = [
                    .init(atMs: 0, throughputRecordsPerS: 1000 / Double(order + 1), latencyMs: observation.latencyMs)
                ]
                return SweepPoint(
                    id: "p\(order)\(index)", group: "p\(order)", repeatIndex: index, order: order,
                    parameters: ["faults.0.delay": delay], seed: 1, outcome: order < 2 ? .passed : .failed,
                    reason: "a, \"b\" <c>", objectives: [], offeredRecordsPerS: 1000, sizeBytes: 100,
                    producer: .init(client: "librdkafka", config: ["acks": "all", "linger.ms": "5"]),
                    observation: observation, measures: Measures(),
                    limits: [
                        .init(
                            kind: .inFlight, ceilingRecordsPerS: 900, used: 1, binding: true, evidence: "a full window")
                    ], harnessCeilingRecordsPerS: 100_000, isHarnessBound: false, doubts: [], runs: 1)
            }
        }
        return SweepResults(
            scenario: "s", claim: "A claim.", file: "s.yaml", seed: 1, startedUs: 1, endedUs: 2,
            axes: [.init(path: "faults.0.delay", values: ["10ms", "50ms", "200ms"], isBisected: false)],
            objective: ["throughput >= 95%"], loadS: 5, repeats: 2, plannedPoints: 6, points: points, brackets: [],
            recommendation: .init(
                parameters: ["faults.0.delay": "10ms"], producer: points[0].producer,
                margins: ["throughput >= 95%": 0.05], evidence: ["a full window"]))
    }

    @Test func thePageHasMapCurvesAndRecommendation() {
        let page = SweepReport.html(Self.results())
        for text in [
            "Recommended", "margin over throughput", "delay=50ms", "✗ fails", "line ref c-epoch", "a full window",
            "linger.ms=5",
        ] { #expect(page.contains(text), "\(text)") }
        #expect(!page.contains("<c>") && !page.contains("<script"))
    }

    @Test func theTableQuotesWhatNeedsQuotes() {
        let lines = SweepTable.csv(Self.results()).split(separator: "\r\n")
        #expect(lines.count == 7)
        #expect(lines[0].hasPrefix("faults.0.delay,repeat,outcome,reason"))
        #expect(lines[1].contains("\"a, \"\"b\"\" <c>\""))
        #expect(lines[1].contains(",in-flight,a full window,100000,false"))
    }

    @Test func theTerminalNamesSettingsAndMargin() {
        let text = SweepTable.text(Self.results())
        #expect(text.contains("recommended: faults.0.delay = 10ms"))
        #expect(text.contains("margin 5 % over throughput >= 95%"))
        #expect(text.contains("fails"))
    }

    @Test func valuesOfOneAxisHaveOneUnit() throws {
        let values = try #require(AxisValue.numbers(["500us", "10ms", "1.5s"]))
        #expect(values["500us"]?.number == 0.5 && values["1.5s"]?.number == 1500)
        #expect(AxisValue.numbers(["1%", "2%"])?["2%"]?.unit == "%")
        #expect(AxisValue.numbers(["librdkafka", "1"]) == nil)
    }

    @Test func pythonClientsGetKeywordArguments() {
        let text = PropertiesSnippet.text(
            .init(
                client: "aiokafka", config: ["acks": "all", "linger_ms": "5"],
                settings: ClientSettings(style: .python, constructor: "AIOKafkaProducer")))
        #expect(text == "AIOKafkaProducer(\n    acks=\"all\",\n    linger_ms=5,\n)\n")
    }
}

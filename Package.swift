// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target of this package: strict imports, explicit existentials, warnings as errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "crosswind",
    products: [
        .executable(name: "crosswind", targets: ["crosswind"]),
        .executable(name: "crosswind-rdkafka", targets: ["crosswind-rdkafka"]),
        .executable(name: "crosswind-raw", targets: ["crosswind-raw"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    ],
    targets: [
        // C: system libraries and what Swift cannot import.
        .systemLibrary(name: "CRdkafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSnappy", pkgConfig: "snappy", providers: [.apt(["libsnappy-dev"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CZstandard", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "CLinux"),
        .target(name: "CCRC32C"),

        // What every process of Crosswind asks of the system, whatever it is for.
        .target(name: "SystemCalls", dependencies: ["CLinux"], swiftSettings: strict),

        // Pure: no sockets, clocks or tasks.
        .target(name: "ScenarioModel", dependencies: ["CYAML", "EvidenceModel", "KafkaWire"], swiftSettings: strict),
        .target(name: "KafkaWire", dependencies: ["CCRC32C"], swiftSettings: strict),
        .target(
            name: "RecordCompression", dependencies: ["CZlib", "CSnappy", "CLZ4", "CZstandard", "KafkaWire"],
            swiftSettings: strict),
        .target(name: "PacketWire", swiftSettings: strict),
        .target(name: "EvidenceModel", swiftSettings: strict),
        .target(name: "TLSWire", dependencies: [crypto], swiftSettings: strict),

        // The parts of an experiment. They never import each other.
        .target(
            name: "LinkEmulator",
            dependencies: ["CLinux", "SystemCalls", "ScenarioModel", "KafkaWire", "PacketWire", "EvidenceModel"],
            swiftSettings: strict),
        .target(
            name: "EmbeddedBroker", dependencies: ["KafkaWire", "RecordCompression", nioCore, nioPosix, logging],
            swiftSettings: strict),
        .target(name: "RawClient", dependencies: ["KafkaWire", "RecordCompression"], swiftSettings: strict),
        .target(
            name: "WireObserver",
            dependencies: [
                "CPcap", "CLZ4", "CLinux", "CZlib", "CZstandard", "KafkaWire", "PacketWire", "EvidenceModel", "TLSWire",
            ],
            swiftSettings: strict),
        .target(
            name: "Drivers", dependencies: ["CLinux", "EvidenceModel", "ScenarioModel", "SystemCalls"],
            swiftSettings: strict),
        .target(name: "Verdicts", dependencies: ["EvidenceModel"], swiftSettings: strict),
        .target(name: "Capacity", dependencies: ["EvidenceModel", "ScenarioModel"], swiftSettings: strict),
        .target(name: "Reports", dependencies: ["EvidenceModel"], swiftSettings: strict),
        // Pure too.
        .target(name: "Diagnosis", dependencies: ["EvidenceModel", "PacketWire"], swiftSettings: strict),
        .target(name: "Testbed", dependencies: ["CLinux", "SystemCalls", subprocess, system], swiftSettings: strict),

        // Where siblings meet.
        .target(
            name: "Conformance",
            dependencies: ["KafkaWire", "RawClient", "EmbeddedBroker", "RecordCompression", "Reports", "SystemCalls"],
            swiftSettings: strict),
        .target(
            name: "RunRecord", dependencies: ["EvidenceModel", "Capacity", "SystemCalls"], swiftSettings: strict),
        .target(
            name: "Relay", dependencies: ["KafkaWire", "RawClient", "SystemCalls", "Testbed"], swiftSettings: strict),
        .target(
            name: "BrokerKinds",
            dependencies: [
                "SystemCalls", "ScenarioModel", "KafkaWire", "EvidenceModel", "EmbeddedBroker", "RawClient", "Testbed",
                "Relay", "RunRecord", logging,
            ], swiftSettings: strict),
        .target(
            name: "Cells",
            dependencies: [
                "SystemCalls", "ScenarioModel", "EvidenceModel", "LinkEmulator", "WireObserver", "Drivers", "Verdicts",
                "Capacity", "Reports", "Testbed", "BrokerKinds", "RunRecord",
            ], swiftSettings: strict),
        .target(
            name: "Runs",
            dependencies: [
                "CLinux", "SystemCalls", "ScenarioModel", "EvidenceModel", "LinkEmulator", "EmbeddedBroker",
                "RawClient", "RecordCompression", "WireObserver", "Drivers", "Verdicts", "Capacity", "Reports",
                "Testbed",
                "BrokerKinds", "Cells", "KafkaWire", "Relay", "RunRecord", logging,
            ], swiftSettings: strict),

        .executableTarget(
            name: "crosswind",
            dependencies: [
                "Cells", "Diagnosis", "EvidenceModel", "Conformance", "KafkaWire", "EmbeddedBroker", "Reports",
                "RunRecord", "Runs",
                "ScenarioModel",
                "PacketWire", "SystemCalls", "TLSWire", "WireObserver",
                argumentParser, logging,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "crosswind-rdkafka", dependencies: ["CLinux", "CRdkafka", "EvidenceModel", "SystemCalls"],
            swiftSettings: strict),
        .executableTarget(
            name: "crosswind-raw", dependencies: ["CLinux", "RawClient", "Drivers", "EvidenceModel", "SystemCalls"],
            swiftSettings: strict),
        .executableTarget(
            name: "link-bench",
            dependencies: ["LinkEmulator", "WireObserver", "Testbed", "CLinux", "ScenarioModel", "EvidenceModel"],
            path: "Benchmarks/link", exclude: ["count_allocations.sh"], swiftSettings: strict),

        // Invented traffic for tests, benchmarks and fuzzing.
        .target(
            name: "CaptureSynthesis", dependencies: ["PacketWire", "KafkaWire"], path: "Benchmarks/CaptureSynthesis",
            swiftSettings: strict),
        .executableTarget(
            name: "capture-generator", dependencies: ["CaptureSynthesis"], path: "Benchmarks/inspect",
            exclude: ["bench_inspect.py"], swiftSettings: strict),
        .executableTarget(
            name: "fuzz-captures", dependencies: ["WireObserver", "CaptureSynthesis", "KafkaWire", "PacketWire"],
            path: "Fuzz/captures", exclude: ["README.md"], swiftSettings: strict),

        // Fuzz targets: damaged input to one boundary each.
        .target(name: "FuzzKit", path: "Fuzz/Kit", swiftSettings: strict),
        .executableTarget(
            name: "fuzz-driver",
            dependencies: ["FuzzKit", "Drivers", "EvidenceModel", "Verdicts", "Capacity", "SyntheticRecords"],
            path: "Fuzz/driver", swiftSettings: strict),
        .executableTarget(
            name: "fuzz-fetch", dependencies: ["FuzzKit", "RawClient", "KafkaWire", "RecordCompression"],
            path: "Fuzz/fetch", swiftSettings: strict),
        .executableTarget(
            name: "fuzz-records",
            dependencies: [
                "FuzzKit", "EvidenceModel", "Drivers", "Verdicts", "Capacity", "Reports", "SyntheticRecords",
            ],
            path: "Fuzz/records", swiftSettings: strict),
        .executableTarget(
            name: "fuzz-scenarios", dependencies: ["FuzzKit", "Cells", "ScenarioModel"], path: "Fuzz/scenarios",
            swiftSettings: strict),
        .executableTarget(
            name: "fuzz-diagnosis", dependencies: ["FuzzKit", "Diagnosis"], path: "Fuzz/diagnosis",
            swiftSettings: strict),
        .executableTarget(
            name: "fuzz-metadata", dependencies: ["FuzzKit", "KafkaWire", "Relay"], path: "Fuzz/metadata",
            swiftSettings: strict),

        .testTarget(name: "PacketWireTests", dependencies: ["PacketWire"], swiftSettings: strict),
        .testTarget(
            name: "WireObserverTests",
            dependencies: [
                "WireObserver", "CLZ4", "CZstandard", "PacketWire", "KafkaWire", "RecordCompression", "EvidenceModel",
                "CaptureSynthesis", "TLSWire",
            ],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "LinkEmulatorTests",
            dependencies: ["LinkEmulator", "CLinux", "ScenarioModel", "KafkaWire", "PacketWire", "EvidenceModel"],
            swiftSettings: strict),

        .testTarget(
            name: "ScenarioModelTests", dependencies: ["ScenarioModel", "EvidenceModel"], swiftSettings: strict),
        .testTarget(name: "EvidenceModelTests", dependencies: ["EvidenceModel"], swiftSettings: strict),
        .testTarget(name: "VerdictsTests", dependencies: ["Verdicts", "EvidenceModel"], swiftSettings: strict),
        .testTarget(
            name: "CapacityTests", dependencies: ["Capacity", "EvidenceModel", "ScenarioModel"], swiftSettings: strict),
        .testTarget(
            name: "ReportsTests", dependencies: ["Reports", "EvidenceModel", "Verdicts", "SyntheticRecords"],
            swiftSettings: strict),

        // Input for tests and benchmarks of reports.
        .target(
            name: "SyntheticRecords", dependencies: ["EvidenceModel"], path: "Benchmarks/SyntheticRecords",
            swiftSettings: strict),
        .executableTarget(
            name: "bench-report", dependencies: ["EvidenceModel", "Verdicts", "Reports", "SyntheticRecords"],
            path: "Benchmarks/report", swiftSettings: strict),
        .testTarget(
            name: "DriversTests", dependencies: ["Drivers", "EvidenceModel", "SystemCalls"], exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(name: "KafkaWireTests", dependencies: ["KafkaWire"], swiftSettings: strict),
        .executableTarget(
            name: "fuzz-frames", dependencies: ["EmbeddedBroker", "KafkaWire"], path: "Fuzz/frames",
            swiftSettings: strict),
        .testTarget(
            name: "RecordCompressionTests", dependencies: ["RecordCompression", "KafkaWire"],
            exclude: ["Vectors"], swiftSettings: strict),
        .testTarget(
            name: "EmbeddedBrokerTests", dependencies: ["EmbeddedBroker", "KafkaWire", "RawClient"],
            swiftSettings: strict),
        .testTarget(
            name: "ConformanceTests",
            dependencies: ["Conformance", "EmbeddedBroker", "KafkaWire", "RecordCompression"], swiftSettings: strict),
        .testTarget(
            name: "ClientCompatibilityTests", dependencies: ["CRdkafka", "EmbeddedBroker", "RawClient", "KafkaWire"],
            exclude: ["Clients"], swiftSettings: strict),
        .testTarget(
            name: "RawClientTests", dependencies: ["RawClient", "EmbeddedBroker", "KafkaWire"], swiftSettings: strict),
        .testTarget(
            name: "DiagnosisTests",
            dependencies: [
                "Diagnosis", "Drivers", "EvidenceModel", "KafkaWire", "PacketWire", "RecordCompression",
                "ScenarioModel",
                "WireObserver",
            ],
            swiftSettings: strict),
        .testTarget(name: "TestbedTests", dependencies: ["Testbed"], swiftSettings: strict),
        .testTarget(name: "SystemCallsTests", dependencies: ["SystemCalls", "CLinux"], swiftSettings: strict),
        .testTarget(
            name: "HarnessTests",
            dependencies: [
                "BrokerKinds", "Cells", "Drivers", "EvidenceModel", "RawClient", "Reports", "Relay", "RunRecord",
                "Runs", "ScenarioModel", "EmbeddedBroker",
                "KafkaWire",
                "crosswind", "crosswind-rdkafka", "crosswind-raw",
            ],
            swiftSettings: strict),
    ]
)

// One part alone, with what it needs: `CROSSWIND_PARTS=VerdictsTests,WireObserverTests swift build --build-tests`. The checks
// that build again and again (make mutants, make test-asan, make test-tsan) would otherwise wait for everything else.
if let parts = Context.environment["CROSSWIND_PARTS"], !parts.isEmpty {
    var wanted: Set<String> = []
    var products: Set<String> = []
    var waiting = parts.split(separator: ",").map(String.init)
    while let name = waiting.popLast() {
        guard wanted.insert(name).inserted else { continue }
        guard let target = package.targets.first(where: { $0.name == name }) else { fatalError("no target \(name)") }
        for dependency in target.dependencies {
            switch dependency {
            case .targetItem(let name, _), .byNameItem(let name, _): waiting.append(name)
            case .productItem(_, let package?, _, _): products.insert(package)
            default: break
            }
        }
    }
    package.targets.removeAll { !wanted.contains($0.name) }
    package.products = []
    package.dependencies.removeAll { dependency in
        guard case .sourceControl(_, let location, _) = dependency.kind else { return false }
        return !products.contains { location.hasSuffix("/" + $0) }
    }
}

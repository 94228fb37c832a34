// swift-tools-version: 6.2
import PackageDescription

// Benchmarks in the small, a package of their own: the program never depends on what measures it.
// `traits: []` leaves out jemalloc, so allocation counts read 0; wall clock and instructions hold.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func benchmark(_ name: String, _ products: [String]) -> Target {
  .executableTarget(
    name: name,
    dependencies: [.product(name: "Benchmark", package: "benchmark"), "BenchmarkInputs"]
      + products.map { .product(name: $0, package: "ometsuke") },
    path: "Benchmarks/\(name)",
    swiftSettings: strict,
    plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
  )
}

let package = Package(
  name: "ometsuke-micro",
  platforms: [.macOS(.v13)],
  dependencies: [
    .package(name: "ometsuke", path: "../.."),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
  ],
  targets: [
    benchmark("Decode", ["EventModel", "Ingest"]),
    benchmark("Windows", ["EventModel", "Estate", "Detection"]),
    benchmark("EndToEnd", ["EventModel", "Estate", "Detection", "Pipeline"]),
    // Where the inputs lie; read once, before anything is measured.
    .target(name: "BenchmarkInputs", swiftSettings: strict),
    // How many bytes of each format a second of CPU reads.
    .executableTarget(
      name: "decode-rates",
      dependencies: [
        "BenchmarkInputs",
        .product(name: "EventModel", package: "ometsuke"),
        .product(name: "Ingest", package: "ometsuke"),
      ],
      swiftSettings: strict
    ),
    // Reads and decodes one file and does nothing with the rows: goal G3, compared as a process.
    .executableTarget(
      name: "decode-pass",
      dependencies: [
        .product(name: "EventModel", package: "ometsuke"),
        .product(name: "Estate", package: "ometsuke"),
        .product(name: "Ingest", package: "ometsuke"),
      ],
      swiftSettings: strict
    ),
  ]
)

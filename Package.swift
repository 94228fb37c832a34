// swift-tools-version: 6.2
import PackageDescription

/// One set of settings for every target: language mode 6, the upcoming features, no warning left.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "ometsuke",
  products: [
    .executable(name: "ometsuke", targets: ["ometsuke"]),
    .library(name: "EventModel", targets: ["EventModel"]),
    .library(name: "Estate", targets: ["Estate"]),
    .library(name: "Ingest", targets: ["Ingest"]),
    .library(name: "Detection", targets: ["Detection"]),
    .library(name: "Pipeline", targets: ["Pipeline"]),
    .library(name: "Simulation", targets: ["Simulation"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // L5: the commands and the composition root.
    .executableTarget(
      name: "ometsuke",
      dependencies: [
        "EventModel", "Estate", "Ingest", "Detection", "Storage", "Reporting", "Pipeline",
        "Simulation", "Sinks", "Network", "Capture",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),
    // L4: runs it: files to chunks to batches to findings, in order, on n threads.
    .target(
      name: "Pipeline",
      dependencies: [
        "EventModel", "Estate", "Ingest", "Detection", "Storage", "Network", "CSodium", "CSpool",
      ],
      swiftSettings: strict
    ),
    // L4: findings carried to where somebody reads them.
    .target(
      name: "Sinks",
      dependencies: ["EventModel", "Estate", "Reporting", "Storage", "Network"],
      swiftSettings: strict
    ),
    // L3: what outlives the logs: one SQLite file.
    .target(
      name: "Storage",
      dependencies: ["EventModel", "Detection", "CSQLite", "CSodium", "CCrypto", "CZstd"],
      swiftSettings: strict
    ),
    // L3: findings and incidents rendered.
    .target(
      name: "Reporting",
      dependencies: ["EventModel", "Estate", "CXlsx"],
      swiftSettings: strict
    ),
    // L3: raw logs of an invented estate, and the truth about them; knows no decoder, no detector.
    .target(
      name: "Simulation",
      dependencies: ["EventModel", "CZlib", "CZstd"],
      swiftSettings: strict
    ),
    // L2: EventBatch to findings.
    .target(
      name: "Detection",
      dependencies: ["EventModel", "Estate", "CScan"],
      swiftSettings: strict
    ),
    // L2: bytes to EventBatch.
    .target(
      name: "Ingest",
      dependencies: [
        "EventModel", "Wire", "CScan", "CZlib", "CIsal", "CZstd", "CLzma", "CBzip2", "CSodium",
        "CCrypto", "CEvtx",
      ],
      swiftSettings: strict
    ),
    // L2: packets of an interface to the lines of a log, in files.
    .target(name: "Capture", dependencies: ["Wire", "CPcap"], swiftSettings: strict),
    // L1: packets to sessions to the lines of a log; opens no device, knows no other format.
    .target(
      name: "Wire",
      dependencies: ["EventModel", "CScan", "CZlib", "CZstd", "CSodium", "CCrypto", "CBrotli"],
      swiftSettings: strict
    ),
    // L1: sockets, TLS, HTTP and mail, and threads that may block.
    .target(name: "Network", dependencies: ["CNet"], swiftSettings: strict),
    // L1: what the operator declares.
    .target(name: "Estate", dependencies: ["EventModel", "CYAML"], swiftSettings: strict),
    // L1: the waist.
    .target(name: "EventModel", swiftSettings: strict),
    // L0: C: scanning shims and Debian's libraries: compression, hashing, YAML, SQLite.
    .target(name: "CScan", publicHeadersPath: "include"),
    .target(name: "CSpool", publicHeadersPath: "include"),
    // For tests: a file layer of SQLite that loses power.
    .target(name: "CStoreFaults", dependencies: ["CSQLite"], publicHeadersPath: "include"),
    // libcurl and OpenSSL, loaded when first used (decision 0033): nothing is linked.
    .target(name: "CNet", publicHeadersPath: "include"),
    // libcrypto, loaded when first used (decision 0041): nothing is linked.
    .target(name: "CCrypto", publicHeadersPath: "include"),
    .target(name: "CBrotli", publicHeadersPath: "include"),
    // libevtx, loaded when first used, in a process of its own (decision 0043): nothing is linked.
    .target(name: "CEvtx", publicHeadersPath: "include"),
    // libpcap, loaded when first used: nothing is linked.
    .target(name: "CPcap", publicHeadersPath: "include"),
    // libxlsxwriter, loaded when first used: nothing is linked.
    .target(name: "CXlsx", publicHeadersPath: "include"),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CIsal", providers: [.apt(["libisal-dev"])]),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CLzma", providers: [.apt(["liblzma-dev"])]),
    .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),

    .testTarget(name: "EventModelTests", dependencies: ["EventModel"], swiftSettings: strict),
    .testTarget(
      name: "EstateTests",
      dependencies: ["Estate", "EventModel"],
      exclude: ["Fixtures"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "IngestTests",
      dependencies: ["Ingest", "EventModel", "CScan", "CSodium"],
      exclude: ["Fixtures"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "WireTests",
      dependencies: ["Wire", "EventModel", "CZlib", "CZstd"],
      exclude: ["Fixtures"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "DetectionTests",
      dependencies: ["Detection", "Estate", "EventModel"],
      exclude: ["Scenarios"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ReportingTests",
      dependencies: ["Reporting", "Estate", "EventModel"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "StorageTests",
      dependencies: ["Storage", "Detection", "EventModel"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "SinksTests",
      dependencies: ["Sinks", "Network", "Reporting", "Storage", "Estate", "EventModel"],
      exclude: ["Receivers"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "SimulationTests",
      dependencies: ["Simulation", "EventModel"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "PipelineTests",
      dependencies: [
        "Pipeline", "Ingest", "Detection", "Storage", "Reporting", "Simulation", "Estate",
        "EventModel", "CStoreFaults",
      ],
      exclude: ["Fixtures"],
      swiftSettings: strict
    ),
    // Runs the built program, which lies beside the test bundle.
    .testTarget(
      name: "CommandTests",
      dependencies: ["ometsuke"],
      exclude: ["Asking", "Reports"],
      swiftSettings: strict
    ),
  ]
)

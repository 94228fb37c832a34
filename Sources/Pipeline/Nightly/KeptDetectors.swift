internal import Detection
internal import EventModel
internal import Storage

/// Which detectors judged what a store remembers, by name and in order: its state counts them by their place.
struct KeptDetectors: Sendable, Equatable {
  /// All of the version that kept it, those among them that judged, and those that came later than others.
  var all: [String]
  var chosen: [String]
  var late: [String] = []

  private static let setting = "detectors"
  private static let lateSetting = "detectors-late"

  /// Of this version; `chosen`: only these, `nil`: all.
  init(chosen names: Set<String>?) {
    all = DetectorSummary.all.map(\.name)
    chosen = all.filter { names?.contains($0) ?? true }
  }

  /// Of a store; `nil`: nothing has judged yet.
  init?(_ store: Store) throws(StoreError) {
    guard let kept = try store.setting(Self.setting) else { return nil }
    let words = kept.split(separator: " ").map(String.init)
    guard let place = words.firstIndex(of: "of") else { return nil }
    (all, chosen) = (Array(words[..<place]), Array(words[place...].dropFirst(2)))
    late = try store.setting(Self.lateSetting)?.split(separator: " ").map(String.init) ?? []
  }

  /// Whether this goes on with what the other judged: with all detectors of its version after all of that, or with
  /// the same ones.
  func follows(_ before: Self) -> Bool {
    chosen == before.chosen || chosen == all && before.chosen == before.all
  }

  /// Those that judge from now on and did not before.
  func added(since before: Self) -> [String] {
    chosen.filter { !before.chosen.contains($0) }
  }

  func keep(in store: Store, after before: Self?) throws(StoreError) {
    guard before?.all != all || before?.chosen != chosen else { return }
    try store.setSetting(Self.setting, (all + ["of which"] + chosen).joined(separator: " "))
    guard let before else { return }
    let late = (before.late + added(since: before)).filter { chosen.contains($0) }
    if late != before.late {
      try store.setSetting(Self.lateSetting, late.joined(separator: " "))
    }
  }

  /// What a mail says when others judge than before; `nil`: nothing to say.
  func notice(since before: Self) -> Notice? {
    let added = added(since: before).joined(separator: ", ")
    guard !added.isEmpty else { return nil }
    return Notice(
      .rules,
      english:
        "This version of ometsuke judges by detectors that earlier nights did not have: \(added). What is settled"
        + " already they have not judged; a scan of the logs that are still there does.",
      japanese: "この版の ometsuke には、これまでの夜間実行になかった検知器があります: \(added)。確定済みの期間は"
        + "これらで判定されていません。残っているログは scan で判定できます。"
    )
  }

  /// For reports: what judged that is no more, and what did not judge all of it.
  func difference(now: Self) -> StoreDifference? {
    let gone = Set(chosen).subtracting(now.all).sorted()
    let added = Set(now.all).subtracting(chosen).union(late).sorted()
    return gone.isEmpty && added.isEmpty ? nil : .detectors(gone: gone, added: added)
  }
}

extension StoreError {
  /// A state that this version cannot go on with.
  static func otherState(_ error: StateError) -> Self {
    guard let version = error.version else { return .otherDetectors }
    let known = DetectionEngine.readableVersions
    return Self(
      .notAStore,
      "what the store remembers is of format \(version); this version of ometsuke reads \(known.lowerBound) to"
        + " \(known.upperBound): go on with the version that kept it, or move the store aside, and the next"
        + " night begins a new one with the logs that are still there"
    )
  }

  /// The state counts detectors that are no more: without them it would mean something else.
  static let otherDetectors = Self(
    .notAStore,
    "the store was kept with detectors that this version of ometsuke does not have, or with others chosen: what it"
      + " remembers cannot be gone on with; go on as before, or move the store aside, and the next"
      + " night begins a new one with the logs that are still there"
  )
}

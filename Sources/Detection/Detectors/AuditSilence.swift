internal import Estate
internal import EventModel

/// Raises a finding when a source that writes every (working) day has days without a line, or hours of them
/// (`SilentHours`), or when its own sequence goes on while its clock goes back.
///
/// A day is missing when the source had events on at least three of the four same weekdays before
/// and after it, and it is no declared holiday. Sources declared `may-be-silent` are not judged. First and last are
/// those of what is missing: of days the begin of the first and the end of the last, of hours and steps their ends.
/// Order of files does not matter: judged on the coverage. MITRE ATT&CK T1562.008 (Disable or Modify
/// Cloud Logs), T1070 (Indicator Removal).
struct AuditSilence {
  static let name = "audit-silence"
  static let summary =
    "days or hours without a line in a source that always writes, clocks stepped back"
  static let technique = "T1070"
  static let signal = Signal.sources

  let estate: DeclaredEstate
  private let clock: LocalClock

  init(estate: DeclaredEstate) {
    self.estate = estate
    clock = LocalClock(zone: estate.policy.zone)
  }

  func incidents(of coverage: Coverage) -> [Incident] {
    coverage.sources.compactMap { source in
      let declared = estate.sources.first { $0.name == source.name }
      guard !(declared?.mayBeSilent ?? false), source.first != nil, source.last != nil
      else { return nil }
      let missing = missingDays(of: source)
      let holes = SilentHours(source.days, clock, isWorkday: isWorkingDay).holes(in: source.days)
      guard !missing.isEmpty || !holes.isEmpty || (source.backwardSteps ?? 0) > 0 else {
        return nil
      }
      let finding = finding(source, missing, holes)
      var incident = Incident(
        id: StableID.text(["incident", "source", source.name]),
        severity: finding.severity,
        actor: "source:\(source.name)",
        first: finding.first,
        last: finding.last
      )
      incident.findings = [finding]
      incident.records = Volume(low: 0, high: Volume.unbounded, quality: .unknown)
      return incident
    }
  }

  private func finding(
    _ source: SourceCoverage,
    _ missing: [Int],
    _ holes: [SilentHours.Hole]
  ) -> Finding {
    let steps = source.backwardSteps ?? 0
    let gaps = gaps(of: source, missing, holes)
    let first = gaps.map(\.lowerBound).min() ?? Timestamp(nanoseconds: 0)
    var finding = Finding(
      id: StableID.text(["finding", Self.name, source.name]),
      detector: Self.name,
      severity: missing.count >= 2 ? .medium : .low,
      time: missing.first.map { Timestamp(nanoseconds: clock.start(of: $0)) }
        ?? (steps > 0 ? source.clockSteps.first?.from : nil) ?? first
    )
    finding.first = first
    finding.last = gaps.map(\.upperBound).max() ?? first
    finding.window = "day"
    finding.value = .exactly(Int64(missing.count))
    finding.limit = 1
    finding.unit = "days"
    if missing.isEmpty {
      (finding.window, finding.value) = ("event", .exactly(steps))
      (finding.limit, finding.unit) = (0, "steps")
    }
    let hours = holes.reduce(0) { $0 + Int64($1.hours) }
    if missing.isEmpty, steps == 0, !holes.isEmpty {
      (finding.window, finding.value) = ("1h", .exactly(hours))
      (finding.limit, finding.unit) = (Int64(SilentHours.fewestHours), "hours")
    }
    finding.counter = "source \(source.name)"
    finding.counterJapanese = "記録元 \(source.name)"
    finding.technique = Self.technique
    finding.signal = Self.signal
    finding.events = missing.isEmpty ? max(steps, Int64(holes.count)) : Int64(missing.count)
    describe(&finding, source, missing, holes)
    finding.counters = [Finding.NamedCount(name: "silent_days", value: Int64(missing.count))]
    if hours > 0 { finding.counters.append(Finding.NamedCount(name: "silent_hours", value: hours)) }
    if let steps = source.backwardSteps {
      finding.counters.insert(Finding.NamedCount(name: "backward_steps", value: steps), at: 0)
    }
    return finding
  }

  /// Missing days from the first to the last, silent hours from end to end, and each step of the clock from its
  /// earlier to its later end.
  private func gaps(
    of source: SourceCoverage,
    _ missing: [Int],
    _ holes: [SilentHours.Hole]
  ) -> [ClosedRange<Timestamp>] {
    func range(_ one: Timestamp, _ other: Timestamp) -> ClosedRange<Timestamp> {
      min(one, other)...max(one, other)
    }
    var gaps = holes.map { range($0.first, $0.end) }
    if let first = missing.first, let last = missing.last {
      // Whole days: a question about the day behind is not about them.
      let end = clock.start(of: last + 1) - Timestamp.nanosecondsPerSecond
      gaps.append(
        range(Timestamp(nanoseconds: clock.start(of: first)), Timestamp(nanoseconds: end))
      )
    }
    let steps = source.backwardSteps ?? 0
    if steps > 0 {
      gaps += source.clockSteps.map { range($0.back, $0.from) }
      // Of more steps than are kept nobody knows where the others are.
      if steps > source.clockSteps.count, let first = source.first, let last = source.last {
        gaps.append(range(source.clockSteps.first?.back ?? first, last))
      }
    }
    return gaps
  }

  private func describe(
    _ finding: inout Finding,
    _ source: SourceCoverage,
    _ missing: [Int],
    _ holes: [SilentHours.Hole]
  ) {
    let steps = source.backwardSteps ?? 0
    let shown = source.clockSteps.prefix(3)
    /// Up to so many, and that there are more.
    func list(_ told: [String], of count: Int, _ separator: String) -> String {
      told.joined(separator: separator) + (count > told.count ? " …" : "")
    }
    func days(_ text: (Int) -> String, _ separator: String) -> String {
      list(missing.prefix(12).map(text), of: missing.count, separator)
    }
    finding.explanations = []
    finding.explanationsJapanese = []
    var (english, japanese): ([String], [String]) = ([], [])
    if !missing.isEmpty {
      english.append(
        "source \(source.name) is silent on \(NumberText.counted(Int64(missing.count), "day")) "
          + "it should not be: \(days(CivilCalendar.text(ofDay:), ", "))"
      )
      japanese.append(
        "記録元 \(source.name): 記録のない日 \(missing.count) 日: \(days(CivilCalendar.japanese(ofDay:), "、"))"
      )
      finding.explanations += [
        "the files of these days were not given to this run", "maintenance or a holiday",
        "log rotation lost them",
      ]
      finding.explanationsJapanese += ["当該日のファイルが渡されていない", "保守・休業日", "ローテーションでの欠落"]
    }
    if !holes.isEmpty {
      let hours = holes.reduce(0) { $0 + Int64($1.hours) }
      func spans(_ text: (SilentHours.Hole) -> String, _ separator: String) -> String {
        list(holes.prefix(6).map(text), of: holes.count, separator)
      }
      let told = spans(
        { NumberText.span(clock.text(of: $0.first), clock.text(of: $0.end), .english) },
        ", "
      )
      english.append(
        "source \(source.name) is silent for \(NumberText.counted(hours, "hour")) in which it writes on nearly every "
          + "day: \(told)"
      )
      japanese.append(
        "記録元 \(source.name): ほぼ毎日記録のある時間帯に記録なし \(hours) 時間: "
          + spans({ clock.japanese(from: $0.first, to: $0.end, "〜", toSecond: false) }, "、")
      )
      if missing.isEmpty {
        finding.explanations += [
          "the files of these hours were not given to this run",
          "maintenance, or a holiday that is not declared", "log rotation lost them",
        ]
        finding.explanationsJapanese += [
          "当該時間帯のファイルが渡されていない", "保守・申告されていない休業日", "ローテーションでの欠落",
        ]
      }
    }
    if steps > 0 {
      english.append(
        "source \(source.name): its clock went back \(NumberText.counted(steps, "time")) between lines "
          + "that it numbers one after the other"
          + (shown.isEmpty
            ? ""
            : ": " + list(shown.map { "\($0.from) → \($0.back)" }, of: Int(clamping: steps), ", "))
      )
      let places = shown.map { clock.japanese(from: $0.from, to: $0.back, " → ", toSecond: true) }
      japanese.append(
        "記録元 \(source.name): 連番の続く行の間で時刻が \(steps) 回逆行"
          + (shown.isEmpty ? "" : ": " + list(places, of: Int(clamping: steps), "、"))
      )
      finding.explanations += [
        "the time was set by hand", "a time server corrected a clock that was fast",
        "the machine was restored from a snapshot or moved to another host",
      ]
      finding.explanationsJapanese += ["時刻の手動変更", "時刻サーバによる進みの補正", "スナップショットからの復元・ホストの移動"]
    }
    finding.message = english.joined(separator: "; ")
    finding.messageJapanese = japanese.joined(separator: "。")
  }

  func missingDays(of source: SourceCoverage) -> [Int] {
    let seen = Set(source.days.filter { $0.events > 0 || $0.lines > 0 }.map(\.day))
    guard let first = seen.min(), let last = seen.max() else { return [] }
    // A line of another century makes a gap of tens of thousands of days: each gap is walked once.
    var gap = 0..<0
    return source.silentDays.filter { day in
      guard !estate.policy.holidays.contains(day), !seen.contains(day) else { return false }
      // A long gap must not be its own witness: the same weekdays before and after it are asked.
      if !gap.contains(day) {
        var (start, end) = (day, day)
        while start > first, !seen.contains(start - 1) { start -= 1 }
        while end < last, !seen.contains(end + 1) { end += 1 }
        gap = start..<end + 1
      }
      let before = day - 7 * ((day - gap.lowerBound) / 7 + 1)
      let after = day + 7 * ((gap.upperBound - 1 - day) / 7 + 1)
      let asked = (0..<4).flatMap { [before - 7 * $0, after + 7 * $0] }
        .filter { (first...last).contains($0) }
      guard asked.count >= 2 else { return isWorkday(day) && seen.count >= 5 }
      return asked.filter { seen.contains($0) }.count * 4 >= asked.count * 3
    }
  }

  private func isWorkingDay(_ day: Int) -> Bool {
    isWorkday(day) && !estate.policy.holidays.contains(day)
  }

  private func isWorkday(_ day: Int) -> Bool {
    estate.policy.workingDays.contains(CivilCalendar.weekday(ofDay: day))
  }
}

/// Ids derived from content: the same in every run, whatever the order of the input.
enum StableID {
  /// 16 hex digits of a 64-bit FNV-1a hash over the parts, each ended by a zero byte.
  ///
  /// Source: Fowler, Noll, Vo, "The FNV Non-Cryptographic Hash Algorithm" (IETF draft).
  static func text(_ parts: [String]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for part in parts {
      for byte in Array(part.utf8) + [0] {
        hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
      }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

internal import Estate
internal import EventModel

/// Raises a finding when somebody stops or clears an audit, changes what it records or sets a clock; when
/// an audit was stopped by nobody named and the host went on for ten minutes without it; and when numbers
/// are missing that a source gives its lines one by one.
///
/// What is held against an account is what the log says it did (a `sudo systemctl stop auditd`, a
/// `set pgaudit.log`; to `none` or nothing it is stopped). While an audit does not see, what was read is
/// unknown: an incident's number is then the least. A service that is restarted, a log that is rotated, a clock that a time service
/// steps are not raised. Missing numbers (lines of a session in PostgreSQL's csvlog, serials of a Linux
/// kernel's audit) are raised in a source whose gaps are rare: at most one for 50 lines, and not where as
/// many lines were rejected or a whole day is not there (`audit-silence` tells that day). Whoever the
/// lines on both sides name is possibly who took the others away: a suspicion, no proof.
///
/// Ten minutes: a package's update restarts its service within one. One in 50: a kernel that drops audit
/// events under load or excludes some leaves gaps throughout (audit-userspace, auditctl(8), `-b`, `exclude`).
/// MITRE ATT&CK T1070 (Indicator Removal), T1562 (Impair Defenses).
final class AuditTampering: HostDetector {
  static let name = "audit-tampering"
  static let summary = "audit stopped, cleared or changed, clock set, numbered lines missing"
  static let technique = "T1070"
  static let signal = Signal.sources
  static let gap: Int64 = 24 * 3_600_000_000_000

  private static let patience: Int64 = 600_000_000_000
  /// A host that is switched on tells of itself before its audit begins.
  private static let boot: Int64 = 300_000_000_000
  static let missing = "missing numbers"

  init(estate: DeclaredEstate) {}

  func observe(_ event: HostEvent, at host: inout HostState) -> [HostHit] {
    if case .audit(.started) = event.kind {
      host.stop = nil
      return []
    }
    var hits = overdue(at: event.row.time, &host)
    guard case .audit(let effect) = event.kind else { return hits }
    let place = FindingState.Place(event.row, charge: 0)
    switch effect {
    case .rotated, .started: break
    case .stopped where !event.isNamed:
      if host.stop == nil {
        host.stop = HostState.Mark(time: event.row.time, account: .none, place: place)
      }
    case .stopped, .cleared, .configured, .clock:
      // Logs are cleared by somebody, whether or not the line says by whom.
      guard event.isNamed || effect == .cleared, event.row.outcome != .failure else { break }
      hits.append(
        HostHit(
          account: event.isNamed ? event.row.account : .none,
          value: .exactly(1),
          limit: 0,
          unit: "events",
          severity: effect == .stopped || effect == .cleared ? .high : .medium,
          subkey: effect.rawValue,
          time: event.row.time,
          places: [place]
        )
      )
    }
    return hits
  }

  func observe(_ read: HostRead, at host: inout HostState) -> [HostHit] {
    overdue(at: read.row.time, &host)
  }

  /// The host goes on, its audit does not.
  private func overdue(at time: Int64, _ host: inout HostState) -> [HostHit] {
    guard let stop = host.stop, time &- stop.time >= Self.patience else { return [] }
    guard stop.isSpecial else {
      // The first sign of life since; when it was is kept in its place.
      host.stop?.isSpecial = true
      host.stop?.place.charge = time
      return []
    }
    guard time &- stop.place.charge >= Self.boot else { return [] }
    host.stop = nil
    return [
      HostHit(
        value: .exactly(1),
        limit: 0,
        unit: "events",
        severity: .medium,
        subkey: AuditEffect.stopped.rawValue,
        time: stop.time,
        places: [FindingState.Place(stop.place, charge: 0)]
      )
    ]
  }

  /// The gaps of a source that says something by them.
  static func telling(_ source: SourceCoverage) -> [SourceCoverage.Hole] {
    guard let numbered = source.numbered, source.holeCount > 0,
      source.holeCount <= max(1, numbered / 50)
    else { return [] }
    return source.holes
  }

  static func hit(of hole: SourceCoverage.Hole, in source: SourceCoverage) -> HostHit {
    HostHit(
      value: .exactly(hole.missing),
      limit: 0,
      unit: "lines",
      severity: .high,
      subkey: missing + " of " + source.name,
      time: hole.after.nanoseconds,
      places: []
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    let who = "\(words.kind.word) \(words.key)"
    let whom = "\(words.kind.japanese) \(words.key)"
    if finding.subkey.hasPrefix(missing) {
      let source = String(finding.subkey.dropFirst(missing.utf8.count + 4))
      return FindingText(
        english:
          "source \(source): \(finding.value.high) numbered lines are missing beside lines of "
          + "\(who); possibly taken out",
        japanese: "情報源 \(source): \(whom) の行の前後で連番 \(finding.value.high) 行が欠落(削除の可能性)",
        explanations: [
          "the collector or the audit's queue lost them", "the server crashed while it wrote",
          "parts of the log were not given to this run",
        ],
        explanationsJapanese: ["収集装置や監査キューでの損失", "書込み中の異常停止", "ログの一部が渡されていない"]
      )
    }
    let (english, japanese): (String, String) =
      switch AuditEffect(rawValue: finding.subkey) ?? .configured {
      case .stopped: ("an audit or log service was stopped", "監査・ログ機能の停止")
      case .cleared: ("log files were removed or emptied", "ログファイルの削除・消去")
      case .clock: ("the clock was set by hand", "時刻の手動変更")
      case .configured, .started, .rotated: ("what is audited was changed", "監査設定の変更")
      }
    return FindingText(
      english: "\(who): \(english)",
      japanese: "\(whom): \(japanese)",
      explanations: [
        "announced maintenance", "repair of a full disk or a broken service",
        "an audit setting changed on instruction",
      ],
      explanationsJapanese: ["予告された保守", "容量不足・障害の復旧", "指示による監査設定の変更"]
    )
  }
}

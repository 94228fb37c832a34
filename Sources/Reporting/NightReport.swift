public import EventModel

/// What a night has to say to a person, as a mail: what is new or changed, what could not be done.
///
/// Empty when there is nothing.
public struct NightReport: Sendable {
  /// Put together when they are written.
  public var fresh: [Incident] = []
  public var changed: [Incident] = []
  /// What persons decided about incidents and findings, by their id.
  public var decisions: [String: [Decision]] = [:]

  /// One decision; texts as the store has them.
  public struct Decision: Sendable, Hashable {
    public var kind: String
    public var by: String
    public var time: String
    public var reason: String

    public init(kind: String, by: String, time: String, reason: String) {
      self.kind = kind
      self.by = by
      self.time = time
      self.reason = reason
    }
  }

  /// Sentences, in English and Japanese.
  public var notices: [(english: String, japanese: String)] = []
  /// For instance `night 12, 2026-11-24T02:00:00Z`.
  public var night: String
  public var store: String
  public var program: String
  /// What it was made by and from; `nil`: not told.
  public var digests: RunDigests?
  /// The newest link of the store's chain, in hexadecimal: it stands for the digests of all that was ever read.
  public var head: String?

  /// Incidents shown in full, as far as there is room for them; the others a line each.
  public static let shown = 20
  /// Bytes of the incidents shown in full, of the lines of the others, and of the notices.
  static let room = (full: 32_000, lines: 16_000, notices: 12_000)
  /// Bytes of a whole mail: what can be read, and what every way takes.
  public static let mostBytes = 64_000

  public init(night: String, store: String, program: String) {
    self.night = night
    self.store = store
    self.program = program
  }

  public var isEmpty: Bool { fresh.isEmpty && changed.isEmpty && notices.isEmpty }

  public func render(_ options: ReportOptions) -> String {
    if isEmpty { return "" }
    var page = TextLayout(options: options)
    page.both(
      japanese: "新しい事案 \(fresh.count) 件、変化した事案 \(changed.count) 件、知らせ \(notices.count) 件。",
      english: "\(count(fresh.count, "new incident")), \(changed.count) changed,"
        + " \(count(notices.count, "notice")).",
      colour: fresh.isEmpty && changed.isEmpty ? .yellow : .red
    )
    let report = TextReport(options: options)
    report.writeZone(to: &page)
    let numbers = TextNumbers(language: options.language)
    var (left, room, lines, untold) = (Self.shown, Self.room.full, Self.room.lines, 0)
    var isWhole = true
    for (title, incidents) in [
      (page.label("New", "新規"), fresh), (page.label("Changed", "変化"), changed),
    ] where !incidents.isEmpty {
      page.blank()
      page.paragraph("\(title): \(incidents.count)", colour: .bold)
      let ordered = incidents.sorted {
        ($1.severity, $1.taken.low, $0.id) < ($0.severity, $0.taken.low, $1.id)
      }
      for incident in ordered {
        var whole = TextLayout(options: options)
        if left > 0, room > 0 {
          whole.blank()
          report.write(incident, to: &whole)
          write(decisionsOn: incident, to: &whole)
        }
        let size = whole.text.utf8.count
        if size > 0, size <= room {
          page.add(whole)
          (left, room) = (left - 1, room - size)
          continue
        }
        // What follows is no graver: it does not come before this one for being shorter.
        (left, isWhole) = (0, false)
        var line = TextLayout(options: options)
        line.paragraph(
          "[\(numbers.severity(incident.severity))] \(SafeText.name(incident.id)) "
            + "\(SafeText.name(incident.actor)): "
            + numbers.quantity(incident.taken, unit: "records"),
          hanging: 2
        )
        lines -= line.text.utf8.count
        if lines >= 0 { page.add(line) } else { untold += 1 }
      }
    }
    if !isWhole { writePlace(of: untold, to: &page) }
    writeNotices(to: &page)
    page.blank()
    page.both(
      japanese: "疑いは証明ではない。全体は ometsuke state で見られる。",
      english: "Suspicion is not proof. `ometsuke state` shows all that is remembered."
    )
    page.paragraph(
      SafeText.escaped("\(store), \(night), \(program)", limit: JSONWriter.pathLimit)
    )
    if let digests { page.write(digests, inputs: false) }
    if let head {
      page.paragraph(
        page.label("input", "入力") + " \(SafeText.name(head)) (ometsuke verify --expect)",
        indent: 2,
        hanging: 4
      )
    }
    return page.text
  }

  /// Where all of it is to be read, when it is not here.
  private func writePlace(of untold: Int, to page: inout TextLayout) {
    page.blank()
    if untold > 0 {
      page.both(
        japanese: "ほかに \(untold) 件の事案があります。",
        english: "\(count(untold, "more incident")) \(untold == 1 ? "is" : "are") not listed here."
      )
    }
    page.both(
      japanese: "全文: ometsuke triage list、ometsuke triage show ID、ometsuke report incident ID。",
      english:
        "All in full: ometsuke triage list, ometsuke triage show ID, ometsuke report incident ID.",
      hanging: 2
    )
  }

  private func writeNotices(to page: inout TextLayout) {
    guard !notices.isEmpty else { return }
    page.blank()
    var (room, untold) = (Self.room.notices, 0)
    for notice in notices {
      var line = TextLayout(options: page.options)
      line.both(
        japanese: "• " + SafeText.escaped(notice.japanese, limit: JSONWriter.pathLimit),
        english: "• " + SafeText.escaped(notice.english, limit: JSONWriter.pathLimit),
        hanging: 2
      )
      // Once one has no room, none that follows is told before it.
      room = untold > 0 ? 0 : room - line.text.utf8.count
      if room >= 0, untold == 0 { page.add(line) } else { untold += 1 }
    }
    guard untold > 0 else { return }
    page.both(
      japanese: "• ほか \(untold) 件の知らせがあります: ometsuke state export notices。",
      english: "• \(count(untold, "more notice")): ometsuke state export notices.",
      hanging: 2
    )
  }

  /// They change nothing that is told; who reads it should know them.
  private func write(decisionsOn incident: Incident, to page: inout TextLayout) {
    let ids = [incident.id] + Set(incident.findings.map(\.id)).subtracting([incident.id]).sorted()
    for decision in ids.flatMap({ decisions[$0] ?? [] }) {
      let limit = JSONWriter.pathLimit
      let (by, time) = (
        SafeText.escaped(decision.by, limit: limit), SafeText.escaped(decision.time, limit: 64)
      )
      let reason = SafeText.escaped(decision.reason, limit: limit)
      let kind = SafeText.name(decision.kind)
      page.both(
        japanese: "  決定: \(Self.japanese[decision.kind] ?? kind)、\(by)、\(time)。理由: \(reason)",
        english: "  Decision: \(kind), by \(by), \(time): \(reason)",
        hanging: 4
      )
    }
  }

  private static let japanese = [
    "authorised": "許可済み", "confirmed": "確認", "false-positive": "誤検知", "under-review": "調査中",
  ]

  private func count(_ number: Int, _ word: String) -> String {
    "\(number) \(word)\(number == 1 ? "" : "s")"
  }
}

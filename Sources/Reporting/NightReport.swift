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

  /// Incidents shown in full; the others a line each.
  public static let shown = 20

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
    var left = Self.shown
    for (title, incidents) in [
      (page.label("New", "新規"), fresh), (page.label("Changed", "変化"), changed),
    ] where !incidents.isEmpty {
      page.blank()
      page.paragraph("\(title): \(incidents.count)", colour: .bold)
      let ordered = incidents.sorted {
        ($1.severity, $1.taken.low, $0.id) < ($0.severity, $0.taken.low, $1.id)
      }
      for incident in ordered {
        if left > 0 {
          page.blank()
          report.write(incident, to: &page)
          write(decisionsOn: incident, to: &page)
        } else {
          let numbers = TextNumbers(language: options.language)
          page.paragraph(
            "[\(numbers.severity(incident.severity))] \(SafeText.name(incident.id)) "
              + "\(SafeText.name(incident.actor)): "
              + numbers.quantity(incident.taken, unit: "records"),
            hanging: 2
          )
        }
        left -= 1
      }
    }
    if !notices.isEmpty {
      page.blank()
      for notice in notices {
        page.both(
          japanese: "• " + SafeText.escaped(notice.japanese, limit: JSONWriter.pathLimit),
          english: "• " + SafeText.escaped(notice.english, limit: JSONWriter.pathLimit),
          hanging: 2
        )
      }
    }
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

import Estate
import EventModel
import Testing

@testable import Reporting

/// Which devices an incident's report names.
@Suite struct MediaTests {
  private static func use(_ terminal: String, _ serial: String, _ count: Int64) -> DeviceUse {
    DeviceUse(
      terminal: terminal,
      texts: ["SerialNumber: \(serial)", "idVendor=0781, idProduct=5567"],
      isStorage: true,
      attachments: count,
      first: DocumentSamples.noon,
      last: Timestamp(seconds: 1_712_793_737)
    )
  }

  private static func document(_ devices: DeviceUses?, media: [String]? = nil) -> Document {
    var story = DocumentSamples.story()
    story.devices = devices
    var estate = DocumentSamples.estate()
    var vault = RegisteredDevice(name: "vault stick", patterns: [Pattern("*4C530001*")])
    vault.holder = "Noguchi"
    estate.policy.devices = [vault]
    var notes = ReportNotes()
    var section = ReportNotes.Section()
    section.texts["media"] = media
    notes.incidents[story.incident.id] = section
    return CaseDocument(story, estate, notes, style: DocumentStyle(.english)).document()
  }

  private static func media(_ document: Document) -> [String] {
    for block in document.sections.flatMap(\.blocks) {
      guard case .fields(let fields) = block, let field = fields.first(where: { $0.key == "media" })
      else { continue }
      return field.values.map(document.style.text)
    }
    return []
  }

  @Test func `media are named by serial number, with how the register stands to them`() {
    // The sample's terminal is called as its account is.
    let devices = DeviceUses(
      uses: [
        Self.use("sysadmin", "4C530001", 1), Self.use("sysadmin", "AA0002", 4),
        Self.use("elsewhere", "BB0003", 9),
      ],
      leftOut: 0
    )
    let document = Self.document(devices, media: ["a stick, secured"])
    #expect(document.missing.isEmpty)
    #expect(
      Self.media(document) == [
        "a stick, secured",
        "vault stick (SerialNumber: 4C530001): registered, at sysadmin, attached once",
        "SerialNumber: AA0002, idVendor=0781, idProduct=5567: not registered, at sysadmin, attached 4 times",
      ]
    )
    let table = document.render(.csv, table: "media_by_device") ?? ""
    #expect(table.contains("vault stick") && table.contains("AA0002"))
    #expect(!table.contains("BB0003"), "a device at another terminal is none of the incident's")
  }

  @Test func `without a state devices are unknown, and no register entry stands for one`() {
    let unknown = Self.document(nil)
    #expect(unknown.missing.isEmpty)
    #expect(unknown.render(.markdown)?.contains("Unknown: no state tells of devices") ?? false)
    let none = Self.document(DeviceUses(uses: [], leftOut: 0))
    #expect(none.render(.markdown)?.contains("as far as these terminals log devices") ?? false)
    #expect(!(none.render(.csv, table: "media_by_device") ?? "").contains("vault stick"))
  }

  @Test func `without a register no device is known to be in it, or not to be`() throws {
    let devices = DeviceUses(uses: [Self.use("sysadmin", "AA0002", 4)], leftOut: 0)
    var story = DocumentSamples.story()
    story.devices = devices
    let estate = DocumentSamples.estate()
    let page = CaseDocument(story, estate, ReportNotes(), style: DocumentStyle(.english)).document()
    #expect(
      Self.media(page).last
        == "SerialNumber: AA0002, idVendor=0781, idProduct=5567: unknown: no register is declared, at sysadmin, "
        + "attached 4 times"
    )
    let period = QuarterFacts.period(of: "2024-Q2") ?? 0...0
    var facts = QuarterFacts(
      name: "2024-Q2",
      period: period,
      coverage: CoverageAccount(period: period)
    )
    facts.devices = devices
    var handled = HandlingDay(day: period.lowerBound, account: "op", owner: "Kita")
    handled.records = .exactly(3)
    facts.days = [handled]
    let quarter = QuarterDocument(
      facts,
      before: nil,
      estate,
      ReportNotes(),
      style: DocumentStyle(.english)
    ).document()
    let seen = try OneFigureTests().table(quarter, "media_by_device")
    #expect(seen.rows[0][1] == .words("unknown: no register is declared"))
    let compared = try OneFigureTests().table(quarter, "media_compared")
    let unknown = [
      "Registered devices attached", "Storage devices not registered", "Attachments of these",
    ]
    for row in compared.rows where unknown.contains(quarter.style.text(row[0])) {
      #expect(row[1] == .unknown, "\(row)")
    }
  }
}

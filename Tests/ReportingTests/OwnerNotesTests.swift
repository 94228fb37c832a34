import Estate
import EventModel
import Testing

@testable import Reporting

/// What people have entered of an owner is lost in no report.
@Suite struct OwnerNotesTests {
  private static let id = "22ba6273c7ef6d08"

  private func notes(_ owners: String) throws -> ReportNotes {
    let yaml = "incidents:\n  \(Self.id):\n    owners: [\(owners)]\n"
    return try ReportNotes.load(bytes: Array(yaml.utf8), file: "report.yml", zone: .utc)
  }

  private func document(_ owners: String, _ style: DocumentStyle, owner: String?) throws -> Document
  {
    CaseDocument(
      DocumentSamples.story(),
      DocumentSamples.estate(),
      try notes(owners),
      style: style,
      owner: owner
    ).document()
  }

  @Test(arguments: [nil, "Kita"], DocumentStyle.Language.allCases)
  func `contact and note stand in the incident's report and in the owner's`(
    owner: String?,
    language: DocumentStyle.Language
  ) throws {
    let style = DocumentStyle(language)
    let told =
      "{owner: Kita, confirmed: 5, contact: XCONTACTX, note: XNOTEX}, {owner: Minato, note: YNOTEY}"
    let text = try #require(document(told, style, owner: owner).render(.markdown))
    #expect(text.contains("XCONTACTX") && text.contains("XNOTEX"))
    #expect(text.contains("YNOTEY") == (owner == nil))
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func `an owner entered twice, and one whom the incident does not show, have rows of their own`(
    language: DocumentStyle.Language
  ) throws {
    let style = DocumentStyle(language)
    let told =
      "{owner: Kita, confirmed: 5}, {owner: 北電力, confirmed: 7}, {owner: Tsubaki, confirmed: 500}"
    let document = try document(told, style, owner: nil)
    let rows = try OneFigureTests().table(document, "owners_told").rows
    #expect(rows.map { $0[0] } == [.name("Kita"), .name("Kita"), .name("Tsubaki")])
    #expect(rows.map { $0[1] } == [.number(5), .number(7), .number(500)])
    #expect(rows[0][5] == .none)
    #expect(style.text(rows[1][5]).contains(style.pick("entered twice", "重複")))
    #expect(style.text(rows[2][5]).contains(style.pick("do not show", "確認されない")))
    let confirmed = try #require(OneFigureTests().values(document, "confirmed"))
    #expect(confirmed.first == .number(5))
    #expect(confirmed.contains { style.text($0).contains("500") })
  }

  @Test(arguments: [
    (
      "{owner: Kita, confirmed: 5}, {owner: KITA, confirmed: 7}",
      "\"Kita\" is entered twice under owners; the first entry counts, correct it"
    ),
    (
      "{owner: Tsubaki, confirmed: 500}",
      "the logs do not show \"Tsubaki\" in it: what is entered of that owner is in no sum; correct it"
    ),
  ])
  func `each is told in one line`(owners: String, doubt: String) throws {
    var estate = DocumentSamples.estate()
    estate.owners.append(Owner(name: "Tsubaki"))
    let doubts = try notes(owners).doubts(
      estate,
      incidents: [DocumentSamples.story().incident],
      now: Timestamp(seconds: 1_718_000_000)
    ).map(\.message)
    let message = "incident \"\(Self.id)\": " + doubt
    #expect(doubts == [message])
    #expect(!CommandWords.japanese(ofMessage: message).contains("correct it"))
  }
}

import Estate
import EventModel
import Testing

@testable import Reporting

/// What an instruction that came afterwards may cover stands apart (decision 0069).
@Suite struct LateInstructionTests {
  private let shown = OneFigureTests()

  /// 900 of Minato's were read before an instruction that covers them was there.
  @Test(arguments: DocumentStyle.Language.allCases)
  func `what a later instruction may cover is told wherever the upper end is`(
    language: DocumentStyle.Language
  ) throws {
    var incident = OneFigureTests.incident()
    let place = try #require(incident.owners.firstIndex { $0.owner == "Minato" })
    incident.owners[place].late = 900
    incident.owners[place].records = Volume(low: 1_200, high: 2_100, quality: .estimated)
    incident.authorisation.late = .exactly(1_000)
    var story = OneFigureTests.story()
    story.incident = incident
    let (style, late) = (DocumentStyle(language), Volume(low: 0, high: 900, quality: .estimated))
    for (owner, told) in [(nil, true), ("Minato", true), ("Kita", false)] as [(String?, Bool)] {
      let document = CaseDocument(
        story,
        DocumentSamples.estate(),
        ReportNotes(),
        style: style,
        owner: owner
      ).document()
      let values = shown.values(document, "late_instruction")
      #expect(values == (told ? [.records(late)] : nil), "\(owner ?? "all")")
      guard owner == nil else { continue }
      let words = try shown.table(document, "authorisation").rows.map { style.text($0[0]) }
      let part = language == .english ? "900 in the upper end" : "900 件は計の上端"
      #expect(words.contains { $0.contains(part) }, "\(words)")
    }
    var options = ReportOptions()
    options.language = language == .english ? .english : .japanese
    var scan = ReportSamples.report()
    scan.incidents = IncidentList([incident])
    let words = language == .english ? "Of the upper end 900 were read" : "件数の上端のうち 900 件は"
    #expect(TextReport(options: options).render(scan).contains(words))
    scan.incidents = IncidentList([OneFigureTests.incident()])
    let without = language == .english ? "Of the upper end" : "件数の上端のうち"
    #expect(!TextReport(options: options).render(scan).contains(without))
  }
}

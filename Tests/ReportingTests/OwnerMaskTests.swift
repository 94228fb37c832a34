import Estate
import EventModel
import Testing

@testable import Reporting

/// A report to one owner names no other, declared or not, however the name is written.
@Suite struct OwnerMaskTests {
  // MARK: Owners that the estate does not declare

  @Test(arguments: DocumentStyle.Language.allCases)
  func `an owner that only the store knows is taken out of another's report`(
    language: DocumentStyle.Language
  ) throws {
    let style = DocumentStyle(language)
    var story = DocumentSamples.story("Himitsu Bank pc")
    story.knownOwners = ["Himitsu Bank", "Kita"]
    let document = CaseDocument(
      story,
      DocumentSamples.estate(),
      ReportNotes(),
      style: style,
      owner: "Kita"
    ).document()
    let text = try #require(document.render(.markdown))
    #expect(!text.contains("Himitsu") && text.contains("Kita"))
    var answer = InquiryAnswer(
      owner: "Kita",
      period: story.coverage.period,
      coverage: story.coverage
    )
    var taking = InquiryAnswer.Taking(
      incident: story.incident.id,
      severity: .high,
      confidence: .medium,
      records: .exactly(1_200),
      first: DocumentSamples.noon,
      last: DocumentSamples.noon
    )
    taking.terminals = ["Himitsu Bank pc"]
    answer.takings = [taking]
    answer.knownOwners = ["Himitsu Bank"]
    let inquiry = InquiryDocument(answer, DocumentSamples.estate(), style: style).document()
    #expect(try #require(inquiry.render(.markdown)).contains("Himitsu") == false)
  }

  @Test func `an owner of the incident is another, though its contract has ended`() throws {
    var estate = DocumentSamples.estate()
    estate.owners.removeAll { $0.name == "Minato" }
    let document = CaseDocument(
      DocumentSamples.story("Minato pc"),
      estate,
      ReportNotes(),
      style: DocumentStyle(.english),
      owner: "Kita"
    ).document()
    #expect(try #require(document.render(.html)).contains("Minato") == false)
  }

  // MARK: How names are written

  private static func mask() -> OwnerMask {
    var estate = DocumentSamples.estate()
    for (name, aliases) in [
      ("éàü Straße", []), ("株式会社　タナカ", ["㈱タナカ", "Tanaka"]), ("Minato Gas", ["湊"]), ("김전력", []),
    ] as [(String, [String])] {
      var owner = Owner(name: name)
      owner.aliases = aliases
      estate.owners.append(owner)
    }
    return OwnerMask("Kita", estate, style: DocumentStyle(.english))
  }

  @Test(arguments: [
    "éàü Straße", "e\u{301}a\u{300}u\u{308} Straße", "ÉÀÜ STRASSE", "éàü strasse", "（株）タナカ",
    "(株)タナカ",
    "㈱ﾀﾅｶ", "株式会社タナカ", "㍿タナカ", "湊", "김전력",
    "\u{1100}\u{1175}\u{11B7}\u{110C}\u{1165}\u{11AB}\u{1105}\u{1167}\u{11A8}",
  ])
  func `forms of Unicode and letters that stand for several make no difference`(name: String) {
    #expect(Self.mask().masked("x \(name)/y") == "x (another owner)/y")
  }

  @Test(arguments: ["MinatoGasPC", "pcminatogas01", "Tanakanote", "湊様", "湊のPC"])
  func `a name that is glued to letters is found`(text: String) {
    let shown = Self.mask().masked(text)
    #expect(shown.contains("(another owner)"), "\(shown)")
  }

  @Test(arguments: ["港湊町", "湊川", "strasse", "report", "株"])
  func `another word is left`(text: String) {
    #expect(Self.mask().masked(text) == text)
  }
}

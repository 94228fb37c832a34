import Estate
import EventModel
import Testing

@testable import Reporting

/// Who is named as having read what.
@Suite struct ReaderTests {
  private func sentences(
    _ story: IncidentCase,
    _ style: DocumentStyle,
    owner: String?
  ) throws -> String {
    let document = CaseDocument(
      story,
      DocumentSamples.estate(),
      ReportNotes(),
      style: style,
      owner: owner
    ).document()
    let part = try #require(document.sections.first { $0.key == "summary" })
    for case .sentences(let cells) in part.blocks {
      return cells.map(style.text).joined(separator: " ")
    }
    return ""
  }

  /// Two accounts and two terminals; the days of Kita are of the first account.
  private static func story() -> IncidentCase {
    var story = DocumentSamples.story("sysadmin")
    story.incident.accounts = ["adm.ueda", "sysadmin"]
    story.incident.terminals = ["pc-a", "pc-b"]
    return story
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func `an owner is told the account and the terminal that read its records`(
    language: DocumentStyle.Language
  ) throws {
    let style = DocumentStyle(language)
    var story = Self.story()
    story.terminalsOfOwner = ["pc-b", "pc-z"]
    let told = try sentences(story, style, owner: "Kita")
    #expect(told.contains("sysadmin") && told.contains("pc-b"))
    #expect(!told.contains("adm.ueda") && !told.contains("pc-a"), "\(told)")
    let overall = try sentences(story, style, owner: nil)
    #expect(overall.contains("adm.ueda") && overall.contains("pc-a"))
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func `where nothing tells who read them it is said whose the names are`(
    language: DocumentStyle.Language
  ) throws {
    let style = DocumentStyle(language)
    let told = try sentences(Self.story(), style, owner: "Kita")
    #expect(told.contains("pc-a") && told.contains("pc-b"))
    #expect(
      told.contains(
        style.pick(
          "The terminals named are those of the whole incident",
          "端末は事案全体に係るものであり"
        )
      ),
      "\(told)"
    )
    #expect(!(try sentences(Self.story(), style, owner: nil)).contains("whole incident"))
  }

  // MARK: Without an account

  private static func flows() -> IncidentCase {
    var story = DocumentSamples.story("sysadmin")
    story.incident.actor = "person:Yamabuki Rin"
    story.incident.accounts = []
    story.incident.terminals = ["mnt-pc06"]
    story.incident.findings = [
      Finding(
        id: "f",
        detector: "source-contradiction",
        severity: .high,
        time: DocumentSamples.noon
      )
    ]
    story.incident.records = Volume(low: 0, high: 900_000, quality: .estimated)
    story.incident.owners = [
      Incident.OwnerCount(
        owner: "",
        records: Volume(low: 0, high: 900_000, quality: .estimated),
        subjects: Volume(low: 0, high: 900_000, quality: .estimated),
        share: nil,
        first: DocumentSamples.noon,
        last: DocumentSamples.noon
      )
    ]
    return story
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func `what flows alone show names the terminal, and no account and no person`(
    language: DocumentStyle.Language
  ) throws {
    let style = DocumentStyle(language)
    let told = try sentences(Self.flows(), style, owner: nil)
    #expect(told.hasPrefix(style.pick("Terminal mnt-pc06 ", "端末 mnt-pc06 が")), "\(told)")
    #expect(!told.contains("Yamabuki") && !told.contains("person:"))
    #expect(told.contains(style.pick("No log names an account", "アカウントを示す記録はない")))
  }

  @Test func `persons of an owner unknown are never more than all owners have delivered`() throws {
    let style = DocumentStyle(.english)
    let document = CaseDocument(
      Self.flows(),
      DocumentSamples.estate(),
      ReportNotes(),
      style: style
    ).document()
    // Two owners of 2,000 each.
    let most = Cell.records(Volume(low: 0, high: 4_000, quality: .estimated))
    #expect(OneFigureTests().values(document, "suspected") == [most])
    #expect(try OneFigureTests().table(document, "per_owner").rows[0][4] == most)
    // Of one it is not known how many it has delivered.
    var estate = DocumentSamples.estate()
    estate.owners[1].delivered = nil
    let open = CaseDocument(Self.flows(), estate, ReportNotes(), style: style).document()
    #expect(
      OneFigureTests().values(open, "suspected") == [
        .records(Volume(low: 0, high: 900_000, quality: .estimated))
      ]
    )
  }
}

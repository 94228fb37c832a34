import Estate
import EventModel
import Testing

@testable import Reporting

/// A list for notification that is cut says so, the file of the list itself as well.
@Suite struct NotificationTests {
  private func document(isComplete: Bool, _ style: DocumentStyle) -> Document {
    NotificationDocument(
      owner: "Kita",
      incident: DocumentSamples.story().incident,
      subjects: CaseDocument.SubjectReferences(values: [1, 2, 3], isComplete: isComplete),
      delivered: 2_000,
      style: style
    ).document()
  }

  @Test(arguments: DocumentStyle.Language.allCases)
  func `a list that is cut is nowhere said to be all`(language: DocumentStyle.Language) throws {
    let style = DocumentStyle(language)
    let cut = document(isComplete: false, style)
    let list = try #require(cut.render(.csv, table: "subject_refs")).split(separator: "\r\n")
    #expect(list.count == 5 && list.last?.contains(style.pick("cut here", "ここまで")) == true)
    let whole = try #require(cut.render(.markdown))
    #expect(whole.contains(style.pick("The list is cut", "の一部(標本)")))
    #expect(!whole.contains(style.pick("holds all whose", "本人のすべてであり")))
    #expect(whole.contains(style.pick("3 or more", "3 以上")), "\(whole)")
    let all = document(isComplete: true, style)
    #expect(
      try #require(all.render(.csv, table: "subject_refs")).split(separator: "\r\n").count == 4
    )
    #expect(
      try #require(all.render(.markdown)).contains(style.pick("holds all whose", "本人のすべてであり"))
    )
  }
}

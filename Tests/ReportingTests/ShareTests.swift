import Estate
import EventModel
import Testing

@testable import Reporting

/// A share's upper end is never told below what it is, and what is possible is never 0 %.
@Suite struct ShareTests {
  @Test(arguments: [
    (0.589, 0.89267, "58.9 % – 89.3 %"), (0.31972, 0.31972, "32 %"),
    (0.0, 0.0000038, "0 % – < 0.1 %"),
    (0.335, 0.6, "33.5 % – 60 %"), (0.069, 0.29, "6.9 % – 29 %"), (0.0, 0.0, "0 %"),
    (0.0004, 0.0004, "< 0.1 %"), (0.9996, 0.9999, "99.9 % – 100 %"),
  ])
  func `an upper end is rounded up`(low: Double, high: Double, shown: String) {
    #expect(DocumentStyle(.english).text(.shares(low, high)) == shown)
  }

  @Test func `a share follows from the persons to the last one`() {
    func ratio(_ subjects: Volume, _ share: Double) -> Cell {
      let maker = CaseDocument(
        DocumentSamples.story(),
        DocumentSamples.estate(),
        ReportNotes(),
        style: DocumentStyle(.english)
      )
      return maker.ratio(
        Incident.OwnerCount(
          owner: "Kita",
          records: subjects,
          subjects: subjects,
          share: share,
          first: DocumentSamples.noon,
          last: DocumentSamples.noon
        )
      )
    }
    // Of 2,000: the incident keeps whole per mille, cut off.
    #expect(ratio(Volume(low: 0, high: 1, quality: .estimated), 0) == .shares(0, 0.0005))
    let persons = Volume(low: 1, high: 1_469, quality: .estimated)
    #expect(ratio(persons, 0.734) == .shares(0.0005, 0.7345))
  }
}

internal import EventModel

extension TextReport {
  /// The exceptions an incident falls under: who answers for them, until when, and how much of their
  /// ceiling is used up.
  func writeExceptions(of incident: Incident, to page: inout TextLayout) {
    for exception in incident.exceptions {
      let most = numbers.quantity(.exactly(exception.ceiling), unit: "records")
      let records = numbers.quantity(exception.records, unit: "records")
      let (name, answers) = (SafeText.name(exception.name), SafeText.name(exception.responsible))
      let day = options.zone.day(of: exception.until)
      let (japanese, english): (String, String) =
        if exception.isPierced {
          (
            "例外「\(name)」は上限を超えたため効かない",
            "Exception \(name) covers nothing any more, its ceiling is passed"
          )
        } else if incident.isExcepted {
          ("例外「\(name)」により発報しない", "Not raised, exception \(name)")
        } else {
          (
            "例外「\(name)」は一部の検知だけを覆うため発報する",
            "Raised: exception \(name) covers only a part of the findings"
          )
        }
      page.both(
        japanese: japanese + "(責任者 \(answers)、期限 \(day)、累計 \(records)、上限 \(most))。",
        english: english + " (answerable \(answers), until \(day), so far \(records) of \(most)).",
        indent: 2
      )
      page.paragraph(
        "\(page.label("reason", "理由")): \(SafeText.name(exception.reason))",
        indent: 4,
        hanging: 2
      )
    }
  }

  /// What exceptions keep from being raised is said all the same.
  func writeExcepted(_ incidents: [IncidentList.Summary], to page: inout TextLayout) {
    let excepted = incidents.filter(\.isExcepted)
    guard !excepted.isEmpty else { return }
    var records = Volume.none
    for incident in excepted { records.add(incident.taken) }
    let count = TextNumbers.grouped(excepted.count)
    let japanese = TextNumbers(language: .japanese).quantity(records, unit: "records")
    let english = TextNumbers(language: .english).quantity(records, unit: "records")
    page.both(
      japanese: "このほか例外により発報しない事案 \(count) 件、説明のつかない記録 \(japanese)(末尾に示す)。",
      english:
        "Beside them, covered by exceptions: \(count) incident\(excepted.count == 1 ? "" : "s"), "
        + "unexplained \(english) (at the end)."
    )
  }
}

internal import EventModel

/// Measures as a report told them, kept with the figures that its version is known by: what has become of a measure
/// since the quarter before is told by the report of that quarter, and not by what people have written since.
enum MeasureFigures {
  static let count = "measures"
  private static let prefix = "measure/"
  /// Stands between a measure and its status.
  private static let separator: Character = "\u{1F}"
  /// A text that is longer is cut: a version stays small.
  private static let longest = 400

  static func make(_ measures: [[String: String]]) -> [IssuedReport.Figure] {
    var found = [
      IssuedReport.Figure(name: count, low: Int64(measures.count), high: Int64(measures.count))
    ]
    var seen: Set<String> = []
    for measure in measures {
      guard let name = name(of: measure), seen.insert(name).inserted else { continue }
      let status = measure["status"]
      let done: Int64 = MeasureTable.isDone(status ?? "") ? 1 : 0
      found.append(
        IssuedReport.Figure(
          name: prefix + name + (status.map { "\(separator)" + cut($0) } ?? ""),
          low: done,
          high: done
        )
      )
    }
    return found
  }

  /// The measures that a report told; `nil`: it was issued by a version that kept none.
  static func measures(in report: IssuedReport) -> [[String: String]]? {
    guard report.figures.contains(where: { $0.name == count }) else { return nil }
    return report.figures.filter(isMeasure).map { figure in
      var measure = ["measure": String(key(figure).dropFirst(prefix.count))]
      measure["status"] = status(figure)
      return measure
    }
  }

  /// The name that a measure is compared by.
  static func name(of measure: [String: String]) -> String? { measure["measure"].map(cut) }

  static func isMeasure(_ figure: IssuedReport.Figure) -> Bool { figure.name.hasPrefix(prefix) }

  /// A figure's name without what it says of a status.
  static func key(_ figure: IssuedReport.Figure) -> String {
    isMeasure(figure)
      ? String(figure.name.prefix { $0 != separator }) : figure.name
  }

  static func status(_ figure: IssuedReport.Figure) -> String? {
    figure.name.firstIndex(of: separator).map { String(figure.name[$0...].dropFirst()) }
  }

  static func words(_ figure: IssuedReport.Figure, _ style: DocumentStyle) -> String {
    style.pick("measure ", "対策 ") + key(figure).dropFirst(prefix.count)
  }

  private static func cut(_ text: String) -> String {
    String(text.filter { $0 != separator }.prefix(longest))
  }
}

internal import Estate
internal import EventModel

/// Which findings the exceptions of the estate file cover, once all is counted.
///
/// An exception changes nothing of what is counted, and when its findings' records together pass its
/// ceiling it covers none of them. Memory: a number for each finding that one concerns.
struct ExceptionRulings: Sendable {
  /// Places of exceptions by the place of the finding they concern.
  private var concerned: [Int: Int] = [:]
  /// What came together under each exception, and how much may.
  private var records: [Volume]
  private let ceilings: [Int64]

  init(_ exceptions: [AlertException]) {
    records = Array(repeating: .none, count: exceptions.count)
    ceilings = exceptions.map(\.ceiling)
  }

  /// Notes that an exception concerns findings of one actor, who read so many records.
  mutating func note(_ exception: Int, findings: [Int], records volume: Volume) {
    for finding in findings { concerned[finding] = exception }
    records[exception].add(volume)
  }

  /// The place of the exception that covers a finding.
  func covering(finding: Int) -> Int? {
    concerned[finding].flatMap { isPierced($0) ? nil : $0 }
  }

  private func isPierced(_ exception: Int) -> Bool { records[exception].high > ceilings[exception] }

  /// The exceptions that concern any of the findings, in order of name.
  func told(of findings: [Int], _ exceptions: [AlertException]) -> [Incident.Exception] {
    Set(findings.compactMap { concerned[$0] }).map { place in
      Incident.Exception(
        name: exceptions[place].name,
        responsible: exceptions[place].responsible,
        reason: exceptions[place].reason,
        until: exceptions[place].until,
        ceiling: exceptions[place].ceiling,
        records: records[place],
        isPierced: isPierced(place)
      )
    }.sorted { $0.name < $1.name }
  }
}

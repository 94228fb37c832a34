/// Something a night has to say that is no incident: it is told once.
public struct Notice: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    /// A night that did not come to its end, or did not run.
    case missedNight = "missed-night"
    /// Events that came too late to be judged.
    case lateEvents = "late-events"
    /// An input that could not be read, whole or in part.
    case unreadable
    /// A file that is a copy of another.
    case copy
    /// Sealed evidence that is no longer what it was.
    case seal
    /// Something else than this program wrote into the store.
    case store
    /// A chain that does not lead from its first link to its last.
    case chain
    /// Lines that may be missing, of a log that was cut while it was followed.
    case gap
    /// An incident that no longer stands.
    case withdrawn
    /// The clock stood earlier than at a run before.
    case clock
    /// Policy or exceptions are others than on the night before.
    case rules
    /// Under which key data subjects are hashed.
    case key
    /// An owner that is called otherwise than before.
    case owner
    /// A decision that held until a day that is over.
    case expired
    /// A sink that fails, refuses a message, or takes them again.
    case sink
  }

  public var kind: Kind
  public var english: String
  public var japanese: String

  public init(_ kind: Kind, english: String, japanese: String) {
    self.kind = kind
    self.english = english
    self.japanese = japanese
  }
}

extension Store {
  public func add(_ notices: [Notice], night: Int) throws(StoreError) {
    for (number, notice) in notices.enumerated() {
      try connection.run(
        "INSERT INTO notice VALUES (?, ?, ?, ?, ?)",
        [
          Value(night), Value(number), .text(notice.kind.rawValue), .text(notice.english),
          .text(notice.japanese),
        ]
      )
    }
  }

  /// Adds a notice to those of a night that has come to its end.
  public func append(_ notice: Notice, night: Int) throws(StoreError) {
    try connection.run(
      """
      INSERT INTO notice SELECT ?, coalesce(max(number) + 1, 0), ?, ?, ? FROM notice
      WHERE night = ?
      """,
      [
        Value(night), .text(notice.kind.rawValue), .text(notice.english), .text(notice.japanese),
        Value(night),
      ]
    )
  }

  /// The notices of nights that were not told yet, or of all.
  public func notices(untold: Bool) throws(StoreError) -> [(night: Int, notice: Notice)] {
    try connection.rows(
      """
      SELECT notice.night, kind, english, japanese FROM notice JOIN night ON night.id = notice.night
      \(untold ? "WHERE night.told IS NULL" : "") ORDER BY notice.night, number
      """
    ) { row in
      let kind = Notice.Kind(rawValue: row.text(1)) ?? .unreadable
      return (
        night: row.int(0),
        notice: Notice(kind, english: row.text(2), japanese: row.text(3))
      )
    }
  }
}

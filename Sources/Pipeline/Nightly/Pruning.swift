internal import EventModel
public import Storage

/// The link that says that something was dropped.
public enum Pruning {
  public static func link(
    _ store: Store,
    before day: Int,
    program: String,
    author: String,
    time: String
  ) throws(StoreError) -> ChainLink {
    let night = try store.lastNight()
    return ChainLink(
      after: try store.head(of: ChainSource.declarations),
      night: night?.id ?? 0,
      source: ChainSource.declarations,
      time: time,
      program: program,
      lines: [word + CivilCalendar.text(ofDay: day), "author \(author)"]
    )
  }

  private static let word = "pruned ledger before "

  /// The first day that may be in the ledger, where days before it were dropped; `nil`: none were.
  static func day(of store: Store) throws(StoreError) -> Int? {
    var last: Int?
    for link in try store.chain(of: ChainSource.declarations) {
      for line in link.lines where line.hasPrefix(word) {
        let date = line.dropFirst(word.count).split(separator: "-").compactMap { Int($0) }
        guard date.count == 3, CivilCalendar.isValid(year: date[0], month: date[1], day: date[2])
        else { continue }
        let day = CivilCalendar.dayNumber(year: date[0], month: date[1], day: date[2])
        last = max(last ?? day, day)
      }
    }
    return last
  }
}

internal import EventModel

/// The stretch of keys or rows that a query asks for: `id BETWEEN 1001 AND 2000`, `LIMIT 100 OFFSET 900`.
///
/// Only literal whole numbers are taken, the first such BETWEEN of the text; a cut text gives what
/// stands in it. A query of the form `id > 1000 LIMIT 100` does not say where it ends and tells nothing.
struct SQLRange {
  var first: UInt64
  /// Where the next stretch would begin.
  var next: UInt64

  private static let mostTokens = 2_048

  /// `rows` were returned: so long is a page whose LIMIT is not stated.
  init?(_ sql: RecordBytes, _ dialect: SQLDialect, rows: Int64) {
    var walk = SQLWalk(sql, dialect)
    var (offset, limit) = (nil, nil) as (Int64?, Int64?)
    var tokens = 0
    while !walk.atEnd, tokens < Self.mostTokens {
      tokens += 1
      switch walk.keyword {
      case .between where walk.previous != .not:
        if let (low, high) = Self.bounds(walk) {
          (first, next) = (UInt64(low), UInt64(high) + 1)
          return
        }
      case .offset: offset = walk.following().number
      case .limit: limit = walk.following().number
      default: break
      }
      walk.advance()
    }
    guard let offset, offset >= 0 else { return nil }
    let count = limit ?? rows
    guard count > 0, count < 1 << 40, offset < 1 << 60 else { return nil }
    (first, next) = (UInt64(offset), UInt64(offset + count))
  }

  private static func bounds(_ between: SQLWalk) -> (Int64, Int64)? {
    var walk = between.following()
    guard let low = walk.number, low >= 0 else { return nil }
    walk.advance()
    guard walk.keyword == .and else { return nil }
    walk.advance()
    guard let high = walk.number, high >= low, high < 1 << 60 else { return nil }
    return (low, high)
  }
}

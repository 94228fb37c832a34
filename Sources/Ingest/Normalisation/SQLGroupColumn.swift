/// Columns whose values sort the records of a table into a few groups.
///
/// `status = 'active'` or `owner_id = 7` may return half a table, so that a comparison with a value
/// picks no single records. Known by name only: a column that is not among these words is taken for a
/// key, since the look-ups of an application use names that nobody can list.
enum SQLGroupColumn {
  static func holds(_ walk: SQLWalk) -> Bool {
    guard walk.isName else { return false }
    let length = walk.token.end - walk.token.start
    guard length <= 32 else { return false }
    if walk.startsWith("is_") || walk.startsWith("has_") { return true }
    let start = walk.token.start
    var end = walk.token.end
    if names.contains(hash(walk, start, end)) { return true }
    // `owner_id`, `region_code`, `customer_status`, `delete_flag`.
    while end > start, walk.bytes[end - 1] != 0x5F { end -= 1 }
    guard end > start + 1 else { return false }
    let last = hash(walk, end, walk.token.end)
    if last == id || last == code || last == no || last == name {
      return names.contains(hash(walk, start, end - 1))
    }
    return suffixes.contains(last)
  }

  /// Whether GROUP BY sorts the records into a few groups: by such columns, or parts of a date, and nothing else.
  ///
  /// `group`: the walk at GROUP; `list`: at the SELECT, whose columns numbers mean.
  static func areFew(_ group: SQLWalk, list: SQLWalk?) -> Bool {
    var walk = group.following()
    guard walk.isWord("by") else { return false }
    walk.advance()
    while true {
      if walk.token.kind == .number, let list, areFew(in: list) {
        walk.advance()
        guard walk.token.symbol == 0x2C else { break }
        walk.advance()
        continue
      }
      guard walk.isName else { return false }
      let isTime = timeFunctions.contains(hash(walk, walk.token.start, walk.token.end))
      var isFew = holds(walk)
      walk.advance()
      while walk.token.symbol == 0x2E {
        walk.advance()
        guard walk.isName else { return false }
        isFew = holds(walk)
        walk.advance()
      }
      if walk.token.symbol == 0x28 {
        guard isTime, skip(&walk) else { return false }
        isFew = true
      }
      guard isFew else { return false }
      guard walk.token.symbol == 0x2C else { break }
      walk.advance()
    }
    return SQLComparison.ends(walk) || walk.isWord("with") || walk.isWord("asc")
      || walk.isWord("desc")
  }

  /// Whether the one query of a statement gives its groups and nothing of the records in them.
  ///
  /// `group`: the walk at GROUP.
  static func countsGroups(_ group: SQLWalk) -> Bool {
    var list = SQLWalk(group.bytes, group.dialect)
    while !list.atEnd, list.keyword != .select { list.advance() }
    return list.keyword == .select && areFew(in: list) && areFew(group, list: list)
  }

  /// Whether all columns of a list are of groups, parts of a date or sums.
  ///
  /// Which of them a number means is not looked at: statements are remembered without their numbers (`SQLSkeleton`).
  private static func areFew(in list: SQLWalk) -> Bool {
    var walk = list
    repeat {
      walk.advance()
      if walk.keyword?.isAggregate ?? false, walk.following().token.symbol == 0x28 {
        walk.advance()
        guard skip(&walk) else { return false }
      } else {
        guard walk.isName else { return false }
        var name = walk
        walk.advance()
        while walk.token.symbol == 0x2E {
          walk.advance()
          guard walk.isName else { return false }
          name = walk
          walk.advance()
        }
        if walk.token.symbol == 0x28 {
          let isTime = timeFunctions.contains(hash(name, name.token.start, name.token.end))
          guard isTime, skip(&walk) else { return false }
        } else if !holds(name) {
          return false
        }
      }
      if walk.keyword == .as { walk.advance() }
      if walk.isName, walk.keyword != .from { walk.advance() }
    } while walk.token.symbol == 0x2C
    return walk.keyword == .from
  }

  /// Leaves a parenthesis behind.
  private static func skip(_ walk: inout SQLWalk) -> Bool {
    var depth = 0
    while !walk.atEnd {
      if walk.token.symbol == 0x28 { depth += 1 }
      if walk.token.symbol == 0x29 { depth -= 1 }
      walk.advance()
      if depth == 0 { return true }
    }
    return false
  }

  private static let timeFunctions: Set<UInt64> = Set(
    [
      "year", "month", "quarter", "week", "weekday", "dayofweek", "hour", "date", "extract",
      "date_trunc", "date_format",
    ].map { hash($0) }
  )

  /// Whether a column is the key of a customer, by its name: a value of it is one record.
  static func isKey(_ walk: SQLWalk) -> Bool {
    guard walk.isName else { return false }
    let (start, length) = (walk.token.start, walk.token.end - walk.token.start)
    return length <= 32 && keys.contains(hash(walk, start, walk.token.end))
  }

  private static let keys: Set<UInt64> = {
    let subjects = [
      "customer", "client", "member", "user", "subscriber", "person", "patient", "contact",
      "account",
    ]
    let words =
      ["id", "uuid", "guid", "rowid", "_id"]
      + subjects.flatMap { [$0 + "_id", $0 + "_no", $0 + "_number", $0 + "id"] }
    return Set(words.map { hash($0) })
  }()

  private static let id = hash("id")
  private static let code = hash("code")
  private static let no = hash("no")
  private static let name = hash("name")

  private static let suffixes: Set<UInt64> = Set(
    ["status", "state", "flag", "flg", "type", "kind", "class", "category", "rank", "segment"]
      .map { hash($0) }
  )

  /// Alone, or before `_id`, `_code`, `_no` and `_name`.
  private static let names: Set<UInt64> = Set(
    [
      "status", "state", "type", "kind", "class", "category", "flag", "active", "enabled",
      "disabled", "deleted", "valid", "invalid", "visible", "gender", "sex", "rank", "grade",
      "tier", "plan", "segment", "campaign", "region", "area", "prefecture", "pref", "city",
      "country", "language", "lang", "locale", "currency", "owner", "tenant", "organisation",
      "organization", "org", "company", "contractor", "agency", "municipality", "branch", "site",
      "department", "dept", "division", "team", "year", "month", "fiscal_year",
    ].map { hash($0) }
  )

  private static func hash(_ word: String) -> UInt64 {
    var result: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in word.utf8 { result = (result ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return result
  }

  /// Letters in any case.
  private static func hash(_ walk: SQLWalk, _ start: Int, _ end: Int) -> UInt64 {
    var result: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in start..<end {
      let byte = walk.bytes[index]
      result =
        (result ^ UInt64(byte &- 0x41 < 26 ? byte | 0x20 : byte)) &* 0x0000_0100_0000_01B3
    }
    return result
  }
}

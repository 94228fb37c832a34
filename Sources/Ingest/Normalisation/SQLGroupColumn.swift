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

  /// Whether GROUP BY, whose first word is in hand, names nothing but such columns and parts of dates.
  ///
  /// `list`: SELECT of the query, for numbers (`GROUP BY 1, 2`): which columns they mean is not looked at, so that all but
  /// the sums of the list have to be such.
  static func holdsAll(after group: SQLWalk, list: SQLWalk?) -> Bool {
    var walk = group.following()
    guard walk.isWord("by") else { return false }
    repeat {
      walk.advance()
      if walk.token.kind == .number {
        guard let list, holdsList(after: list) else { return false }
        walk.advance()
      } else if !holdsItem(&walk) {
        return false
      }
    } while walk.token.symbol == 0x2C
    if walk.atEnd || walk.token.symbol == 0x29 { return true }
    return ends.contains { walk.isWord($0) }
  }

  /// Whether the list of a query has nothing but such columns, parts of dates and sums.
  private static func holdsList(after select: SQLWalk) -> Bool {
    var walk = select
    repeat {
      walk.advance()
      if walk.keyword?.isAggregate ?? false, walk.following().token.symbol == 0x28 {
        walk.advance()
        guard skipParentheses(&walk) else { return false }
      } else if !holdsItem(&walk) {
        return false
      }
      if walk.keyword == .as { walk.advance() }
      if walk.isName, walk.keyword != .from { walk.advance() }
    } while walk.token.symbol == 0x2C
    return walk.keyword == .from
  }

  /// What may stand behind the list.
  private static let ends: [StaticString] = [
    "having", "order", "limit", "with", "union", "into", "fetch", "offset", "window",
  ]

  /// `status`, `c.status`, `year(created)`; the walk goes on behind it.
  ///
  /// No literal is looked into, such as the unit of `date_trunc`: statements are remembered without theirs (`SQLSkeleton`).
  private static func holdsItem(_ walk: inout SQLWalk) -> Bool {
    guard walk.isName else { return false }
    while walk.following().token.symbol == 0x2E {
      walk.advance()
      walk.advance()
      guard walk.isName else { return false }
    }
    let name = walk
    walk.advance()
    guard walk.token.symbol == 0x28 else { return holds(name) }
    guard dateParts.contains(where: { name.isWord($0) }) else { return false }
    return skipParentheses(&walk)
  }

  private static func skipParentheses(_ walk: inout SQLWalk) -> Bool {
    var depth = 0
    repeat {
      if walk.token.symbol == 0x28 { depth += 1 }
      if walk.token.symbol == 0x29 { depth -= 1 }
      walk.advance()
    } while depth > 0 && !walk.atEnd
    return depth == 0
  }

  private static let dateParts: [StaticString] = [
    "year", "quarter", "month", "week", "day", "date", "dayofweek",
  ]

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

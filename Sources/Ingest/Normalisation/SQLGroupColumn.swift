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

internal import CScan
internal import EventModel

/// Which single record a request asks for, by the number with which its path or a parameter ends.
///
/// `/customers/5001`, `/customers/5001.json`, `/customers/5001/detail`, `/customer.php?id=5001`: the number is the
/// record's key, and the next one's is one more. Of `/list/page/7` it is told where the page begins, and not where it
/// ends. A number that stands elsewhere tells nothing; nor does any in a request that changed something or failed.
enum RequestKey {
  /// The longest number.
  private static let mostDigits = 12
  private static let longestQuery = 512

  /// Of a request line, `GET /customers/5001 HTTP/1.1`.
  @inline(__always)
  static func take(line: RecordBytes, _ key: SubjectKey, _ row: inout EventRow) {
    guard row.operation == .read, row.outcome == .success, line.count > 14,
      let base = line.baseAddress
    else { return }
    // ` HTTP/1.1`, ` HTTP/2.0`, ` HTTP/2`: what stands behind the last blank.
    var end = line.count - 7
    if base[end] != 0x20 { end -= 2 }
    guard base[end] == 0x20 else { return }
    take(line.slice(0..<end), key, &row)
  }

  /// Of a target with its query.
  @inline(__always)
  static func take(target: RecordBytes, _ key: SubjectKey, _ row: inout EventRow) {
    guard row.operation == .read, row.outcome == .success, target.count > 1 else { return }
    take(target, key, &row)
  }

  /// Of a target whose query may stand apart.
  @inline(__always)
  static func take(
    target: RecordBytes,
    query: RecordBytes,
    _ key: SubjectKey,
    _ row: inout EventRow
  ) {
    guard row.operation == .read, row.outcome == .success else { return }
    if query.isEmpty { return take(target: target, key, &row) }
    takeQuery(query, from: 0, key, &row)
  }

  /// `text` ends with the target.
  @inline(__always)
  private static func take(_ text: RecordBytes, _ key: SubjectKey, _ row: inout EventRow) {
    guard text.count > 8, let base = text.baseAddress else { return takeAny(text, key, &row) }
    var digits: UInt32 = 0
    let number = cscan_last_number(base + text.count, &digits)
    guard digits < 8 else { return takeAny(text, key, &row) }
    let start = text.count &- Int(digits)
    switch text[start &- 1] {
    case _ where digits == 0: takeOther(text, key, &row)
    case 0x2F: takeSegment(text, start, UInt64(number), key, &row)
    case 0x3D: takeQuery(text, key, &row)
    default: takeOther(text, key, &row)
    }
  }

  /// The same, and how ever long the number is.
  @inline(never)
  private static func takeAny(_ text: RecordBytes, _ key: SubjectKey, _ row: inout EventRow) {
    let last = text[text.count - 1]
    if last &- 0x30 < 10 {
      let start = startOfDigits(text, before: text.count)
      if start > 0, text[start - 1] == 0x2F || text[start - 1] == 0x3D {
        return takeNumber(text, start..<text.count, key, &row)
      }
    }
    takeOther(text, key, &row)
  }

  @inline(__always)
  private static func startOfDigits(_ text: RecordBytes, before end: Int) -> Int {
    var start = end
    while start > 0, text[start - 1] &- 0x30 < 10 { start -= 1 }
    return start
  }

  /// A number at the end, behind a slash or a sign of equality.
  @inline(never)
  private static func takeNumber(
    _ text: RecordBytes,
    _ digits: Range<Int>,
    _ key: SubjectKey,
    _ row: inout EventRow
  ) {
    if text[digits.lowerBound - 1] == 0x2F { return takeSegment(text, digits, key, &row) }
    takeQuery(text, key, &row)
  }

  /// A segment of the path that is a number.
  private static func takeSegment(
    _ text: RecordBytes,
    _ digits: Range<Int>,
    _ key: SubjectKey,
    _ row: inout EventRow
  ) {
    guard digits.count <= mostDigits, let number = text.decimal(digits) else { return }
    takeSegment(text, digits.lowerBound, UInt64(number), key, &row)
  }

  /// The number of the segment that begins there.
  @inline(__always)
  private static func takeSegment(
    _ text: RecordBytes,
    _ start: Int,
    _ number: UInt64,
    _ key: SubjectKey,
    _ row: inout EventRow
  ) {
    row.begins = KeyPosition.mark(number, key)
    if !isPage(text.slice(0..<start &- 1)) {
      row.continues = KeyPosition.mark(number &+ 1, key)
    }
  }

  /// Whether what stands before a number says that it is that of a page.
  @inline(__always)
  private static func isPage(_ path: RecordBytes) -> Bool {
    // Most segments are longer than any of these words.
    for length in 4...6 where path.count >= length {
      let start = path.count &- length
      if start == 0 || path[start &- 1] == 0x2F {
        return isPage(word: path.slice(start..<path.count))
      }
    }
    return false
  }

  @inline(never)
  private static func isPage(word: RecordBytes) -> Bool {
    isAny(["page", "pages", "list", "seite", "pagina"], word)
  }

  /// A number before an extension or a word such as `detail`, or in a query.
  @inline(never)
  private static func takeOther(_ text: RecordBytes, _ key: SubjectKey, _ row: inout EventRow) {
    let slash = text.lastIndex(of: 0x2F) ?? 0
    if text.firstIndex(of: 0x3F, in: 0..<text.count) != nil { return takeQuery(text, key, &row) }
    let last = text.slice(slash + 1..<text.count)
    var end = 0
    while end < last.count, last[end] &- 0x30 < 10 { end += 1 }
    if end > 0, end < last.count, last[end] == 0x2E {
      return takeSegment(text, slash + 1..<slash + 1 + end, key, &row)
    }
    guard isAny(["detail", "details", "edit", "view", "show", "profile"], last) else { return }
    let start = startOfDigits(text, before: slash)
    guard start > 0, start < slash, text[start - 1] == 0x2F else { return }
    takeSegment(text, start..<slash, key, &row)
  }

  /// The first parameter of a query that is named as a key is and holds a number.
  private static func takeQuery(_ text: RecordBytes, _ key: SubjectKey, _ row: inout EventRow) {
    guard let mark = text.firstIndex(of: 0x3F, in: 0..<text.count), text.count - mark < longestQuery
    else { return }
    takeQuery(text, from: mark + 1, key, &row)
  }

  private static func takeQuery(
    _ text: RecordBytes,
    from first: Int,
    _ key: SubjectKey,
    _ row: inout EventRow
  ) {
    var start = first
    while start < text.count {
      let end = text.firstIndex(of: 0x26, in: start..<text.count) ?? text.count
      defer { start = end + 1 }
      guard let sign = text.firstIndex(of: 0x3D, in: start..<end), sign > start,
        end - sign - 1 <= mostDigits, isAny(keys, text.slice(start..<sign)),
        let number = text.decimal(sign + 1..<end), number >= 0
      else { continue }
      row.begins = KeyPosition.mark(UInt64(number), key)
      row.continues = KeyPosition.mark(UInt64(number) &+ 1, key)
      return
    }
  }

  /// Parameters that hold the key of one record.
  private static let keys: [StaticString] = [
    "id", "no", "nr", "cid", "customer", "customer_id", "customerid", "customer_no", "cust_id",
    "custid", "member_id",
    "memberid", "subscriber_id", "contact_id", "contactid", "account_id", "person_id", "patient_id",
    "record_id",
    "kunde", "kunden_id", "kundennr", "client",
  ]

  private static func isAny(_ words: [StaticString], _ text: RecordBytes) -> Bool {
    words.contains { word in
      guard word.utf8CodeUnitCount == text.count else { return false }
      for index in 0..<text.count {
        let byte = text[index]
        if byte | (byte &- 0x41 < 26 ? 0x20 : 0) != word.utf8Start[index] { return false }
      }
      return true
    }
  }
}

extension KeyPosition {
  /// The number that ends a statement which picks one record: `… where id = 5001`, `'5001';`.
  @inline(__always)
  static func key(endingStatement sql: RecordBytes) -> UInt64? {
    var end = sql.count
    while end > 0, end > sql.count - 4 {
      switch sql[end - 1] {
      case 0x20, 0x27, 0x3B, 0x0A, 0x29: end -= 1
      default: return end > 12 ? number(endingIn: sql.slice(max(0, end - 20)..<end)) : nil
      }
    }
    return nil
  }
}

internal import EventModel

/// The one order in which rows are judged: by time, then by content, never by place, as far as
/// content can tell two rows apart.
enum RowOrder {
  @inline(__always)
  static func precedes(_ a: EventRow, _ b: EventRow, _ names: NameTable) -> Bool {
    if a.time != b.time { return a.time < b.time }
    if a.digest != b.digest { return a.digest < b.digest }
    return tiedPrecedes(a, b, names)
  }

  /// Rows of one line, or of two lines with the same bytes.
  ///
  /// Ids of names depend on the order of
  /// reading, so names compare by hash. Place comes last: only evidence can tell.
  private static func tiedPrecedes(
    _ a: EventRow,
    _ b: EventRow,
    _ names: NameTable
  ) -> Bool {
    if a.source != b.source { return a.source < b.source }
    if a.flags != b.flags { return a.flags.rawValue < b.flags.rawValue }
    if a.statement != b.statement { return a.statement < b.statement }
    if a.operation != b.operation { return a.operation.rawValue < b.operation.rawValue }
    if a.outcome != b.outcome { return a.outcome.rawValue < b.outcome.rawValue }
    if a.quality != b.quality { return a.quality < b.quality }
    if a.subject != b.subject { return a.subject < b.subject }
    if a.recordsLow != b.recordsLow { return a.recordsLow < b.recordsLow }
    if a.recordsHigh != b.recordsHigh { return a.recordsHigh < b.recordsHigh }
    if a.bytes != b.bytes { return a.bytes < b.bytes }
    for (x, y) in [
      (a.object, b.object), (a.account, b.account), (a.terminal, b.terminal),
      (a.program, b.program), (a.owner, b.owner), (a.ticket, b.ticket),
      (a.destination, b.destination),
    ] where x != y {
      return names.stableHash(of: x) < names.stableHash(of: y)
    }
    if a.file != b.file { return a.file < b.file }
    return a.offset < b.offset
  }

  /// Sorts rows.
  ///
  /// Rows that already stand in order cost one pass, and those that nearly do, as logs mostly do
  /// (lines of one moment, threads that overtake each other), little more.
  static func sort(_ rows: inout [EventRow], _ names: NameTable) {
    guard !insertStragglers(&rows, names) else { return }
    var order = [UInt32](0..<UInt32(clamping: rows.count))
    rows.withUnsafeBufferPointer { rows in
      order.sort { precedes(rows[Int($0)], rows[Int($1)], names) }
    }
    rows = order.map { rows[Int($0)] }
  }

  /// Moves rows that come late back to their places, as long as few have to make way; whether all
  /// stand in order then.
  private static func insertStragglers(_ rows: inout [EventRow], _ names: NameTable) -> Bool {
    var moves = rows.count
    return rows.withUnsafeMutableBufferPointer { rows in
      var index = 1
      while index < rows.count {
        let isLater = rows[index].time > rows[index - 1].time
        if !isLater, precedes(rows[index], rows[index - 1], names) {
          let straggler = rows[index]
          var place = index
          while place > 0, precedes(straggler, rows[place - 1], names) {
            if moves == 0 {
              rows[place] = straggler
              return false
            }
            rows[place] = rows[place - 1]
            place -= 1
            moves -= 1
          }
          rows[place] = straggler
        }
        index += 1
      }
      return true
    }
  }

  /// Merges two sorted sequences.
  static func merge(
    _ a: ArraySlice<EventRow>,
    _ b: ArraySlice<EventRow>,
    _ names: NameTable
  ) -> [EventRow] {
    guard let firstOfB = b.first, let lastOfA = a.last else { return Array(a.isEmpty ? b : a) }
    if !precedes(firstOfB, lastOfA, names) { return Array(a) + b }
    var result: [EventRow] = []
    result.reserveCapacity(a.count + b.count)
    var (i, j) = (a.startIndex, b.startIndex)
    while i < a.endIndex, j < b.endIndex {
      if precedes(b[j], a[i], names) {
        result.append(b[j])
        j += 1
      } else {
        result.append(a[i])
        i += 1
      }
    }
    result += a[i...]
    result += b[j...]
    return result
  }
}

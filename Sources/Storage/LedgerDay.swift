internal import Detection

/// A day of the ledger as it lies in the store, unpacked: ten columns of numbers, one after the other.
///
/// Where a column begins is told by counting the numbers before it; only what is asked for is decoded, as a report
/// on one account needs few of the rows of ten years. Layout: docs/formats/store.md.
struct LedgerDay {
  static let version: UInt64 = 1
  static let columnCount = 10
  /// Columns of names, in which each number is told by its distance from the one before.
  private static let names = 0..<3

  private let bytes: [UInt8]
  let count: Int
  /// Where each column begins; empty for a day without lines.
  private let starts: [Int]

  /// - Throws: `StateError` when the bytes are cut, or of another version.
  init(_ plain: [UInt8]) throws(StateError) {
    bytes = plain
    var cursor = Cursor(place: 0)
    let version = plain.withUnsafeBytes { cursor.number(in: $0) }
    let count = plain.withUnsafeBytes { cursor.number(in: $0) }
    guard version == Self.version, let count, count <= UInt64(plain.count) else {
      throw StateError(offset: cursor.place)
    }
    self.count = Int(count)
    var starts: [Int] = []
    for _ in 0..<(count == 0 ? 0 : Self.columnCount) {
      starts.append(cursor.place)
      guard plain.withUnsafeBytes({ cursor.pass(Int(count), in: $0) }) else {
        throw StateError(offset: plain.count)
      }
    }
    self.starts = starts
  }

  /// The rows of these accounts, numbers of names, in runs.
  func rows(of accounts: Set<Int64>) throws(StateError) -> [Range<Int>] {
    guard count > 0 else { return [] }
    var runs: [Range<Int>] = []
    var before: Int64?
    var isWanted = false
    for (row, account) in try column(0, rows: [0..<count]).enumerated() {
      if account != before { (before, isWanted) = (account, accounts.contains(account)) }
      guard isWanted else { continue }
      if let last = runs.last, last.upperBound == row {
        runs[runs.count - 1] = last.lowerBound..<(row + 1)
      } else {
        runs.append(row..<(row + 1))
      }
    }
    return runs
  }

  /// The numbers of a column in these rows, which ascend.
  func column(_ column: Int, rows: [Range<Int>]) throws(StateError) -> [Int64] {
    guard starts.indices.contains(column) else { return [] }
    var cursor = Cursor(place: starts[column])
    var values: [Int64] = []
    values.reserveCapacity(rows.reduce(0) { $0 + $1.count })
    let isWhole = bytes.withUnsafeBytes { bytes in
      var (row, sum) = (0, Int64(0))
      for run in rows {
        if Self.names.contains(column) {
          // Each number rests on all before it.
          while row < run.lowerBound {
            guard let step = cursor.signed(in: bytes) else { return false }
            sum &+= step
            row += 1
          }
        } else {
          guard cursor.pass(run.lowerBound - row, in: bytes) else { return false }
        }
        for _ in run {
          guard let number = cursor.signed(in: bytes) else { return false }
          sum = Self.names.contains(column) ? sum &+ number : number
          values.append(sum)
        }
        row = run.upperBound
      }
      return true
    }
    guard isWhole else { throw StateError(offset: cursor.place) }
    return values
  }

  /// A place among numbers as `StateWriter` writes them.
  private struct Cursor {
    var place: Int

    /// The number there; `nil`: it is cut off, or longer than any.
    mutating func number(in bytes: UnsafeRawBufferPointer) -> UInt64? {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while shift < 64, place < bytes.count {
        let byte = bytes[place]
        place += 1
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      return nil
    }

    mutating func signed(in bytes: UnsafeRawBufferPointer) -> Int64? {
      number(in: bytes).map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
    }

    /// Goes over so many numbers, eight bytes at a time: each ends with the one byte that has no upper bit.
    mutating func pass(_ count: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
      var left = count
      while left >= 8, bytes.count - place >= 8 {
        let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        left -= (~word & 0x8080_8080_8080_8080).nonzeroBitCount
        place += 8
      }
      while left > 0 {
        guard place < bytes.count else { return false }
        if bytes[place] < 0x80 { left -= 1 }
        place += 1
      }
      return true
    }
  }
}

internal import CScan
internal import EventModel

/// The columns of one regular CSV record: where its commas stand.
///
/// One pass over the record; a column is looked at when it is asked for. A record whose quotes stand
/// elsewhere than RFC 4180 wants them is left to `QuotedFields`, which tells what is wrong with it.
struct CSVColumns: ~Copyable {
  private let commas: UnsafeMutablePointer<UInt32>
  private let most: Int
  private var record = RecordBytes(start: nil, count: 0)
  private var doubled = cscan_doubled(first: .max, last: 0)
  private(set) var count = 0

  /// `most`: the largest number of columns.
  init(most: Int) {
    self.most = max(most, 1)
    commas = .allocate(capacity: self.most + Int(CSCAN_CSV_SLACK))
  }

  deinit { commas.deallocate() }

  /// Splits a record that is followed by 64 readable bytes; `false` when it is not regular.
  @inline(__always)
  mutating func split(_ record: RecordBytes) -> Bool {
    guard let base = record.baseAddress, record.count < Int(UInt32.max) else { return false }
    let found = cscan_csv_commas(base, record.count, commas, Int32(clamping: most - 1), &doubled)
    guard found >= 0 else { return false }
    self.record = record
    count = Int(found) + 1
    return true
  }

  /// The column without its quotes, as it is written; empty when there is no such column.
  @inline(__always)
  func raw(_ index: Int) -> RecordBytes {
    guard index >= 0, index < count, let base = record.baseAddress else {
      return RecordBytes(start: nil, count: 0)
    }
    var start = index == 0 ? 0 : Int(commas[index - 1]) + 1
    var end = index == count - 1 ? record.count : Int(commas[index])
    // Of a regular record a column that begins with a quote ends with one.
    if start < end, base[start] == 0x22 {
      start += 1
      end -= 1
    }
    return RecordBytes(start: base + start, count: max(0, end - start))
  }

  /// The columns from one to another as they are written, quotes and commas included.
  @inline(__always)
  func raw(from first: Int, through last: Int) -> RecordBytes {
    guard first >= 0, first <= last, last < count, let base = record.baseAddress else {
      return RecordBytes(start: nil, count: 0)
    }
    let start = first == 0 ? 0 : Int(commas[first - 1]) + 1
    let end = last == count - 1 ? record.count : Int(commas[last])
    return RecordBytes(start: base + start, count: end - start)
  }

  /// Whether no column but these has a doubled quote.
  @inline(__always)
  func isDoubled(only columns: ClosedRange<Int>) -> Bool {
    guard doubled.first <= doubled.last else { return true }
    guard columns.lowerBound > 0, columns.upperBound < count - 1 else { return false }
    return doubled.first > commas[columns.lowerBound - 1]
      && doubled.last < commas[columns.upperBound]
  }

  /// The column without its quotes, each doubled one made single in the arena.
  @inline(__always)
  func text(_ index: Int, _ arena: inout ByteArena) throws(DecodeError) -> RecordBytes {
    let raw = raw(index)
    guard let base = record.baseAddress, let start = raw.baseAddress else { return raw }
    let place = start - base
    guard Int(doubled.first) < place + raw.count, Int(doubled.last) > place else { return raw }
    guard let plain = QuotedFields.unescape(raw, &arena) else {
      throw DecodeError(.tooLong, at: place)
    }
    return plain
  }
}

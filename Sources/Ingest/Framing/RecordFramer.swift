internal import CScan
public import EventModel

/// The bytes of one record, without its line end.
///
/// Valid only inside the call that lends it.
public typealias RecordBytes = UnsafeBufferPointer<UInt8>

/// Walks the records of a chunk for a decoder and keeps the books: every line of the chunk becomes
/// rows, is passed over, or is rejected with its place.
public enum RecordFramer {
  /// The longest record that is decoded; of a longer one the reader leaves out the middle of a text, or it is rejected
  /// as `tooLong`.
  public static let longestRecord = 1 << 20

  /// Calls `decode` once a record.
  ///
  /// Rows it appends get place and digest; when it throws, its rows
  /// are taken back and the record is rejected.
  @inline(__always)
  public static func forEachRecord(
    in chunk: borrowing ByteChunk,
    into batch: inout EventBatch,
    decode: (RecordBytes, inout EventBatch) throws(DecodeError) -> Void
  ) {
    let starts = chunk.recordStarts
    let originals = chunk.originalLines
    let long = chunk.long
    let (count, chunkOffset, firstLine) = (chunk.count, chunk.offset, chunk.line)
    let torn = chunk.isTorn ? count : .max
    chunk.storage.withUnsafeBufferPointer { storage in
      guard let base = storage.baseAddress, count > 0 else { return }
      var start = 0
      var line = 0
      var index = 0
      while start < count {
        let next: Int
        var lines = 1
        if let starts {
          index += 1
          next = index < starts.count ? Int(starts[index]) : count
          // A last line may end without LF.
          lines = Int(cscan_count(base + start, base + next, 0x0A))
          if next > start, base[next - 1] != 0x0A { lines += 1 }
          if let long { lines = long.lines }
        } else {
          let hit = cscan_find(base + start, base + count, 0x0A) - base
          next = hit < count ? hit + 1 : count
        }
        var end = next
        if end > start, base[end - 1] == 0x0A { end -= 1 }
        if end > start, base[end - 1] == 0x0D { end -= 1 }
        var place = (offset: chunkOffset + Int64(start), length: end - start)
        if let originals, line < originals.count {
          place.offset = originals[line].offset
          let last = originals[min(line + lines, originals.count) - 1]
          place.length = Int(last.offset - place.offset) + Int(last.length)
        }
        batch.lineCount += lines
        batch.byteCount += Int64(place.length)
        take(
          RecordBytes(start: base + start, count: end - start),
          at: place,
          line: firstLine + line,
          lines: lines,
          isTorn: next == torn,
          isLong: long != nil,
          into: &batch,
          decode: decode
        )
        line += lines
        start = next
      }
    }
  }

  @inline(__always)
  private static func take(
    _ record: RecordBytes,
    at place: (offset: Int64, length: Int),
    line: Int,
    lines: Int,
    isTorn: Bool,
    isLong: Bool,
    into batch: inout EventBatch,
    decode: (RecordBytes, inout EventBatch) throws(DecodeError) -> Void
  ) {
    let before = batch.rows.count
    batch.beginRecord()
    do throws(DecodeError) {
      guard record.count <= longestRecord else { throw DecodeError(.tooLong, at: longestRecord) }
      guard !isTorn else { throw DecodeError(.unexpectedEnd, at: record.count) }
      try decode(record.first == 0 ? try withoutZeros(record) : record, &batch)
      if isLong, !batch.isHeader, tellsNothing(from: before, batch) {
        throw DecodeError(.tooLong, at: longestRecord)
      }
    } catch {
      batch.rows.removeSubrange(before...)
      batch.reject(error, offset: place.offset, line: line, length: place.length)
      batch.dateRecord(line: line, lines: lines, length: place.length)
      return
    }
    guard batch.rows.count > before else {
      if batch.isHeader {
        batch.isHeader = false
        batch.headerCount += 1
        batch.headerBytes += Int64(place.length)
        batch.headerLines += lines
      } else {
        passOver(at: place, line: line, lines: lines, into: &batch)
      }
      return
    }
    if isLong { forgetStatement(of: before, in: &batch) }
    var isPlausible = true
    defer { if !isPlausible { batch.hasImplausibleTimes = true } }
    let digest = record.baseAddress.map { cscan_digest_padded($0, record.count) } ?? 0
    batch.rows.withUnsafeMutableBufferPointer { rows in
      for row in before..<rows.count {
        rows[row].offset = place.offset
        rows[row].length = UInt32(clamping: place.length)
        rows[row].line = UInt32(clamping: line)
        rows[row].digest = digest
        isPlausible = isPlausible && PlausibleTime.contains(rows[row].time)
      }
    }
    if lines > 1 { batch.noteFurtherLines(lines - 1, of: before) }
  }

  /// Whether both ends of a record tell of no act: what it is about may stand between them.
  @inline(never)
  private static func tellsNothing(from first: Int, _ batch: borrowing EventBatch) -> Bool {
    batch.rows[first...].allSatisfy { $0.operation == .other }
  }

  /// Takes back what was concluded from a statement whose middle was not read; what the record states remains.
  @inline(never)
  private static func forgetStatement(of first: Int, in batch: inout EventBatch) {
    for row in first..<batch.rows.count {
      batch.rows[row].flags.insert(.truncated)
      batch.rows[row].flags.remove(.whole)
      if batch.rows[row].quality != .exact { batch.rows[row].volume = .unknown }
      (batch.rows[row].subject, batch.rows[row].begins, batch.rows[row].continues) = (0, 0, 0)
    }
  }

  /// The record behind the zeros that a log cut in place leaves before what its writer goes on with.
  ///
  /// The file is as long as it was, and holds nothing up to there. A record of nothing else is in error: what
  /// stood there is lost.
  @inline(never)
  static func withoutZeros(_ record: RecordBytes) throws(DecodeError) -> RecordBytes {
    guard let first = record.firstIndex(where: { $0 != 0 }) else {
      throw DecodeError(.notThisFormat, at: 0)
    }
    return RecordBytes(rebasing: record[first...])
  }

  @inline(never)
  private static func passOver(
    at place: (offset: Int64, length: Int),
    line: Int,
    lines: Int,
    into batch: inout EventBatch
  ) {
    guard let time = batch.notedTime, !PlausibleTime.contains(time) else {
      batch.passedOver += 1
      batch.dateRecord(line: line, lines: lines, length: place.length)
      return
    }
    let error = DecodeError(.implausibleTime, at: 0)
    batch.reject(error, offset: place.offset, line: line, length: place.length)
  }
}

internal import CScan
internal import EventModel

/// The records of a chunk of JSON Lines, by the shape of those before them or else by a walk.
///
/// Both ways tell the same of every record; a shape only tells it sooner. Shapes, and all other memory,
/// are of one chunk.
struct JSONRecords: ~Copyable {
  /// What is known of the record in hand.
  private enum Found {
    case row, blank
    case rejected(DecodeError)
    /// The window has been moved to it: to be looked at once more.
    case again
  }

  private let scan: JSONScan
  private let chunk: UnsafeBufferPointer<UInt8>
  private let count: Int
  private let ahead: UInt32
  private var index: JSONIndex
  private var shapes: JSONShapes
  /// Of the record in hand: where it starts in the chunk, ends without its line end, and the next.
  private var start = 0
  private var end = 0
  private var next = 0
  private var stated: UInt32 = 0
  /// Of the window: where it starts in the chunk, the record's first anchor, and stops before it.
  private var window = -1
  private var anchor = 0
  private var stops = 0

  /// Appends the rows that `row` makes of the stated values, and keeps the books of all records.
  ///
  /// `ahead`: a column of names that are many, so that the table is asked for them early.
  @inline(__always)
  static func forEach(
    in chunk: borrowing ByteChunk,
    _ keys: KeyTable,
    ahead: UInt32,
    into batch: inout EventBatch,
    row: (
      UInt32, UnsafeMutablePointer<FieldValue>, RecordBytes, inout NameTable
    ) throws(DecodeError) -> EventRow
  ) {
    _ = JSONScan.withScan(keys) { scan -> Bool? in
      // Only lines that stand in the chunk as in the file.
      guard chunk.recordStarts == nil, chunk.originalLines == nil, !chunk.isTorn else {
        RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
          var isBlank = false
          let stated = try scan.walk(record, isBlank: &isBlank)
          if isBlank { return }
          batch.rows.append(try row(stated, scan.values, record, &batch.names))
        }
        return true
      }
      return chunk.storage.withUnsafeBufferPointer { storage in
        guard let base = storage.baseAddress, chunk.count > 0 else { return nil }
        return JSONIndex.withIndex(at: base) { index in
          JSONShapes.withShapes { shapes in
            var records = JSONRecords(scan, storage, chunk.count, index, shapes, ahead)
            records.take(chunk.offset, chunk.line, &batch, row)
            return true
          }
        }
      }
    }
  }

  private init(
    _ scan: JSONScan,
    _ chunk: UnsafeBufferPointer<UInt8>,
    _ count: Int,
    _ index: JSONIndex,
    _ shapes: JSONShapes,
    _ ahead: UInt32
  ) {
    self.scan = scan
    self.chunk = chunk
    self.count = count
    self.index = index
    self.shapes = shapes
    self.ahead = ahead
  }

  @inline(__always)
  private mutating func take(
    _ offset: Int64,
    _ firstLine: Int,
    _ batch: inout EventBatch,
    _ row: (
      UInt32, UnsafeMutablePointer<FieldValue>, RecordBytes, inout NameTable
    ) throws(DecodeError) -> EventRow
  ) {
    guard let base = chunk.baseAddress else { return }
    var line = firstLine
    var bytes = 0
    batch.beginRecord()
    while start < count {
      let found = find(base, batch.names)
      if case .again = found { continue }
      let record = RecordBytes(start: base + start, count: end - start)
      let place = (offset: offset &+ Int64(start), length: record.count)
      bytes &+= record.count
      switch found {
      case .row:
        do throws(DecodeError) {
          var made = try row(stated, scan.values, record, &batch.names)
          made.offset = place.offset
          made.length = UInt32(clamping: place.length)
          made.line = UInt32(clamping: line)
          made.digest = cscan_digest_padded(base + start, record.count)
          if !PlausibleTime.contains(made.time) { batch.hasImplausibleTimes = true }
          batch.rows.append(made)
        } catch {
          batch.reject(error, offset: place.offset, line: line, length: place.length)
        }
      case .rejected(let error):
        batch.reject(error, offset: place.offset, line: line, length: place.length)
      case .blank, .again: batch.passedOver += 1
      }
      line &+= 1
      start = next
    }
    batch.lineCount += line - firstLine
    batch.byteCount += Int64(bytes)
  }

  @inline(__always)
  private mutating func find(
    _ base: UnsafePointer<UInt8>,
    _ names: borrowing NameTable
  ) -> Found {
    if anchor < index.count,
      let shape = shapes.fitting(index, anchor, start &- window, start), fill(shape)
    {
      ask(for: shape, names)
      return .row
    }
    return walk(base)
  }

  /// Notes the values of a record that has a shape's pieces; false when it is no such record after all.
  @inline(__always)
  private mutating func fill(_ shape: UnsafeMutablePointer<JSONShape>) -> Bool {
    let first = anchor
    let last = first &+ Int(shape.pointee.anchorCount) &- 1
    let feed = Int(index.anchors[last])
    let limit = index.origin + (feed &+ 1 &- shape.pointee.lineEnd)
    guard shape.pointee.hasGoodBareValues(index, first, limit) else { return false }
    let after = index.stops(before: feed) &+ 1
    var escaped: UInt64 = 0
    if after &- stops != shape.pointee.stopCount {
      guard let found = shape.pointee.escaped(index, first, limit) else { return false }
      escaped = found
    }
    stated = 0
    for turn in 0..<shape.pointee.noteCount {
      let note = shape.pointee.room.notes + turn
      let value = JSONShape.bytes(of: note.pointee.hole, index, first)
      let kind: FieldValue.Kind
      if note.pointee.text < 0 {
        let byte = value.start.pointee
        kind = byte < 0x3A ? .number : byte == 0x6E ? .null : .literal
      } else {
        kind = escaped &>> UInt64(note.pointee.text) & 1 != 0 ? .escaped : .text
      }
      scan.fill(value.start, value.end, kind, note.pointee.columns, &stated)
    }
    stops = after
    anchor = last &+ 1
    next = window &+ feed &+ 1
    end = next &- shape.pointee.lineEnd
    return true
  }

  /// Asks early for the memory that a name of the next record will want, if that has the same shape.
  @inline(__always)
  private func ask(for shape: UnsafeMutablePointer<JSONShape>, _ names: borrowing NameTable) {
    guard shape.pointee.ahead >= 0, anchor &+ Int(shape.pointee.anchorCount) <= index.count else {
      return
    }
    let hole = shape.pointee.room.notes[shape.pointee.ahead].hole
    let (start, end) = JSONShape.bytes(of: hole, index, anchor)
    guard start < end, end - start <= 16 else { return }
    let name = UnsafeBufferPointer(start: start, count: end - start)
    if let address = names.address(ofOften: name) { cscan_prefetch(address) }
  }

  /// Walks the record at `start`, and learns its shape now and then.
  @inline(never)
  private mutating func walk(_ base: UnsafePointer<UInt8>) -> Found {
    var isWhole = true
    if let feed = index.lineFeed(from: anchor) {
      let offset = Int(index.anchors[feed])
      anchor = feed + 1
      stops = index.stops(before: offset) + 1
      next = window + offset + 1
    } else if window != start {
      (window, anchor, stops) = (start, 0, 0)
      index.move(to: base + start, count - start)
      return .again
    } else {
      // Longer than the window, or the last line without its end.
      let hit = cscan_find(base + start, base + count, 0x0A) - base
      isWhole = hit < count
      next = isWhole ? hit + 1 : count
      anchor = index.count
    }
    end = isWhole ? next - 1 : next
    if end > start, base[end - 1] == 0x0D { end -= 1 }
    let record = RecordBytes(start: base + start, count: end - start)
    guard record.count <= RecordFramer.longestRecord else {
      return .rejected(DecodeError(.tooLong, at: RecordFramer.longestRecord))
    }
    scan.trace.pointee.begin(isWhole && shapes.isCurious())
    var isBlank = false
    do throws(DecodeError) {
      stated = try scan.walk(
        record.first == 0 ? try RecordFramer.withoutZeros(record) : record,
        isBlank: &isBlank
      )
    } catch {
      return .rejected(error)
    }
    if isBlank { return .blank }
    if scan.trace.pointee.isOn {
      shapes.learn(base + start, base + (next - 1), scan.trace.pointee, ahead: ahead)
    }
    return .row
  }
}

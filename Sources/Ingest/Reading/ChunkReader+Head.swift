internal import CScan
internal import EventModel

extension ChunkReader {
  /// The first bytes; consumes nothing.
  ///
  /// Where nobody declared an encoding, records that are not UTF-8 are in UTF-8 here, as each will be
  /// when it is decoded.
  /// - Throws: what was wrong when nothing at all could be read.
  public func head() throws(ReadError) -> FileHead {
    prepare()
    let size = headSize()
    if window.count == 0, let pendingError { throw pendingError }
    let seconds = input.input.modificationSeconds
    let raw = UnsafeBufferPointer(rebasing: window.bytes.prefix(size))
    var head = FileHead(
      bytes: Array(raw),
      compression: input.compression,
      encoding: encoding,
      isEmpty: window.count == 0 || isDocuments && atEnd && raw.allSatisfy { $0 <= 0x20 },
      modificationYear: seconds.map {
        CivilCalendar.date(ofDay: Timestamp(seconds: $0).dayNumber()).year
      },
      modificationSeconds: seconds
    )
    head.isDocuments = isDocuments
    head.packed = packed
    guard declaredEncoding == nil else { return head }
    head.evidence = EncodingEvidence(raw)
    head.encoding = head.evidence.suggestion ?? .utf8
    guard !head.evidence.isUTF8, !JournalExport.begins(head.bytes),
      OctetCountedBoundary.length(raw) == nil
    else { return head }
    var encodings = RecordEncodings(suggestion: head.evidence.suggestion)
    if let text = encodings.convert(ByteChunk(head.bytes)) {
      head.bytes = Array(text.storage.prefix(text.count))
    }
    return head
  }

  /// Which lines behind a record that is too long to be read may tell the format.
  public enum Beyond: Sendable, CaseIterable {
    /// The first that begins with a date and a time: that record may go over so many lines.
    case dated
    /// The first of all.
    case any
  }

  /// The lines with which the head begins, and whole ones from behind what a record may hold: what tells a format
  /// whose first record is too long to be read.
  ///
  /// Consumes nothing. `nil`: there are none within `FileHead.farthest`.
  public func headBeyond(_ wanted: Beyond) -> [UInt8]? {
    prepare()
    var place = RecordFramer.longestRecord
    // The first dated line behind which no other is near.
    var lone: Range<Int>?
    while place < FileHead.farthest {
      fill(place + FileHead.size)
      guard let end = window.firstLineFeed(from: place, to: window.count) else {
        if atEnd { break }
        place = window.count
        continue
      }
      place = end + 1
      if wanted == .dated, !beginsWithTime(place) { continue }
      fill(place + FileHead.size)
      let stop = min(window.count, place + FileHead.size)
      let isWhole = atEnd && stop == window.count
      // The last line of the file may end without a line feed.
      let last =
        isWhole ? stop : window.bytes[place..<stop].lastIndex(of: 0x0A).map { $0 + 1 } ?? place
      guard last > place else {
        if isWhole { break }
        // The next one is as long.
        place += RecordFramer.longestRecord
        continue
      }
      if wanted == .dated, !isWhole, !holdsTime(place..<last) {
        lone = lone ?? place..<last
        continue
      }
      return beyond(place..<last)
    }
    return lone.map { beyond($0) }
  }

  /// The lines with which the head begins, and those of a range.
  private func beyond(_ lines: Range<Int>) -> [UInt8] {
    let first = window.bytes.prefix(FileHead.size).lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return text(of: Array(window.bytes[..<first]) + window.bytes[lines])
  }

  /// Whether a line but the first of a range begins with a date and a time.
  private func holdsTime(_ lines: Range<Int>) -> Bool {
    var place = lines.lowerBound
    while let end = window.firstLineFeed(from: place, to: lines.upperBound) {
      place = end + 1
      if place < lines.upperBound, beginsWithTime(place) { return true }
    }
    return false
  }

  /// Whether `YYYY-MM-DD hh:mm:ss` stands there.
  private func beginsWithTime(_ place: Int) -> Bool {
    let shape: StaticString = "0000-00-00 00:00:00"
    fill(place + shape.utf8CodeUnitCount)
    guard place + shape.utf8CodeUnitCount <= window.count else { return false }
    return (0..<shape.utf8CodeUnitCount).allSatisfy { index in
      let (byte, wanted) = (window.head[place + index], shape.utf8Start[index])
      return wanted == 0x30 ? byte &- 0x30 < 10 : byte == wanted
    }
  }

  /// Records of any encoding in UTF-8, where nobody declared one.
  private func text(of bytes: [UInt8]) -> [UInt8] {
    guard declaredEncoding == nil else { return bytes }
    let evidence = bytes.withUnsafeBufferPointer { EncodingEvidence($0) }
    guard !evidence.isUTF8 else { return bytes }
    var encodings = RecordEncodings(suggestion: evidence.suggestion)
    guard let text = encodings.convert(ByteChunk(bytes)) else { return bytes }
    return Array(text.storage.prefix(text.count))
  }

  /// Fills the window with a head's worth: its bytes.
  private func headSize() -> Int {
    var size = FileHead.size
    while true {
      fill(size + 1)
      guard window.count > size else { return window.count }
      let lines = cscan_count(window.head, window.head + size, 0x0A)
      if lines >= FileHead.lines || size >= FileHead.largest { break }
      size *= 2
    }
    let whole = window.bytes.prefix(size).lastIndex(of: 0x0A)
    return whole.map { $0 + 1 } ?? size
  }
}

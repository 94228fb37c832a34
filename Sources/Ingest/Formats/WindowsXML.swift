internal import CScan
public import EventModel

/// Windows' Security and System logs as XML, an event a line, as `wevtutil` and collectors write them.
///
///     <Event xmlns="…"><System><EventID>4663</EventID><TimeCreated SystemTime="2026-04-01T00:12:34.157Z"/>
///     <Computer>fs01</Computer></System><EventData><Data Name="SubjectUserName">sato</Data>…</EventData></Event>
///
/// What is told is as in `windows-json`. Several events may stand in one line, and one may be laid out over several;
/// texts in UTF-16, as Windows' own tools write them, are read as UTF-8 (`UTF16Stage`).
/// Windows' own binary logs (EVTX) are read as such lines (`EventLogStage`). There the numbers of the events of a
/// channel tell which are not there, where the file is the log itself; one that was exported by a selection
/// has numbers of its own, and its gaps tell nothing.
///
/// Source: Microsoft, Event Schema.
public struct WindowsXML: LogFormat {
  public static let name = "windows-xml"
  public static let ignoresAccountCase = true
  public static let summary = "Windows Security and System logs as XML"
  public static var framing: Framing { .windowsEvents }

  private let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(WindowsEvents.map, options)
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    var count = ProbeSample.Count()
    sample.withUnsafeBufferPointer { sample in
      // Nearly every file is another one.
      guard sample.prefix(4096).contains(0x3C) else { return }
      let padded = Array(sample) + [UInt8](repeating: 0, count: ByteChunk.padding)
      padded.withUnsafeBufferPointer { padded in
        guard let base = padded.baseAddress else { return }
        let boundary = WindowsEventBoundary(base: base, count: sample.count, atEnd: true)
        var place = 0
        while place < sample.count, count.total < 50,
          case .end(let next) = boundary.end(from: place)
        {
          let record = padded.slice(place..<next)
          place = next
          if record.allSatisfy({ $0 <= 0x20 }) || isFrame(record) { continue }
          // What the sample cuts off tells nothing.
          if next == sample.count, count.total > 0, record.last != 0x0A { break }
          count.total += 1
          if start(record) != nil, HostAudit.find("<EventID", record, 0..<record.count) != nil {
            count.matched += 1
          }
        }
      }
    }
    return count.result(
      "\(count.matched) of \(count.total) records are an <Event> with an <EventID>"
    )
  }

  /// Where the first event begins: behind a declaration or a list that opens.
  private static func start(_ line: RecordBytes) -> Int? {
    HostAudit.find("<Event ", line, 0..<min(line.count, 256))
      ?? HostAudit.find("<Event>", line, 0..<min(line.count, 256))
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    var state = reader.program.makeState(&batch.names)
    var arena = ByteArena(capacity: RecordFramer.longestRecord + 4096)
    withUnsafeTemporaryAllocation(of: FieldValue.self, capacity: JSONScan.columns) { values in
      guard let values = values.baseAddress else { return }
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard !record.isEmpty, !Self.isFrame(record), !record.allSatisfy({ $0 <= 0x20 }) else {
          return
        }
        guard var place = Self.start(record) else { throw DecodeError(.notThisFormat, at: 0) }
        while place < record.count {
          guard let end = HostAudit.find("</Event>", record, place..<record.count) else {
            throw DecodeError(.unexpectedEnd, at: record.count)
          }
          arena.removeAll()
          let event = record.slice(place..<end)
          let stated = read(event, values, &arena)
          batch.rows.append(
            try reader.row(stated, values, event, &state, &batch.names, WindowsEvents.finish)
          )
          place = end + 8
          Self.noteSerial(record, event, place, &batch)
          guard let next = HostAudit.find("<Event", record, place..<record.count) else { break }
          place = next
        }
      }
    }
  }

  /// Notes the number of an event in its channel where it is the record's own as well.
  private static func noteSerial(
    _ record: RecordBytes,
    _ event: RecordBytes,
    _ place: Int,
    _ batch: inout EventBatch
  ) {
    guard record.hasPrefix("<!--record ", at: place),
      let stop = record.firstIndex(of: 0x20, in: place + 11..<record.count),
      let identifier = record.decimal(place + 11..<stop),
      let number = element("<EventRecordID>", event), let row = batch.rows.last,
      number.decimal(0..<number.count) == identifier,
      let channel = element("<Channel>", event), let computer = element("<Computer>", event)
    else { return }
    func hash(_ text: RecordBytes) -> UInt64 {
      text.baseAddress.map { cscan_digest($0, text.count) } ?? 0
    }
    batch.serials.note(
      session: cscan_mix(hash(computer), hash(channel)),
      number: identifier,
      time: row.time,
      account: row.account,
      terminal: batch.names.internOften(computer),
      counter: .events
    )
  }

  private static func element(_ tag: StaticString, _ event: RecordBytes) -> RecordBytes? {
    guard let found = HostAudit.find(tag, event, 0..<event.count) else { return nil }
    let start = found + tag.utf8CodeUnitCount
    return event.seek(0x3C, from: start).map { event.slice(start..<$0) }
  }

  /// The declaration, or a list that opens or closes.
  private static func isFrame(_ line: RecordBytes) -> Bool {
    start(line) == nil
      && (line.hasPrefix("<?xml") || line.hasPrefix("<Events") || line.hasPrefix("</Events"))
  }

  /// Values by the names of elements and of data.
  private func read(
    _ event: RecordBytes,
    _ values: UnsafeMutablePointer<FieldValue>,
    _ arena: inout ByteArena
  ) -> UInt32 {
    var stated: UInt32 = 0
    var place = 0
    while let open = event.seek(0x3C, from: place), let close = event.seek(0x3E, from: open) {
      place = close + 1
      guard open + 1 < close, event[open + 1] != 0x2F, event[open + 1] != 0x3F else { continue }
      let tag = event.slice(open + 1..<close)
      var length = 0
      while length < tag.count, tag[length] != 0x20, tag[length] != 0x2F { length += 1 }
      let name = tag.slice(0..<length)
      if name.equals("TimeCreated", in: 0..<name.count) {
        if let time = Self.attribute("SystemTime=", tag) {
          note("SystemTime", time, &stated, values)
        }
        continue
      }
      let key = name.equals("Data", in: 0..<name.count) ? Self.attribute("Name=", tag) : name
      guard let key, tag.last != 0x2F,
        let end = event.seek(0x3C, from: place), end > place
      else { continue }
      note(key, Self.plain(event.slice(place..<end), &arena), &stated, values)
      place = end
    }
    return stated
  }

  private func note(
    _ key: StaticString,
    _ value: RecordBytes,
    _ stated: inout UInt32,
    _ values: UnsafeMutablePointer<FieldValue>
  ) { note(RecordBytes(key), value, &stated, values) }

  private func note(
    _ key: RecordBytes,
    _ value: RecordBytes,
    _ stated: inout UInt32,
    _ values: UnsafeMutablePointer<FieldValue>
  ) {
    guard key.count <= 32, let start = value.baseAddress else { return }
    let bits = reader.program.keys.withView { view -> UInt32 in
      let found = view.find(whole: key, at: 0)
      return found >= 0 ? view.entries[found].columns : 0
    }
    let columns = bits % FieldGuess.rankUnit
    guard columns != 0 else { return }
    let index = columns.trailingZeroBitCount
    let rank = UInt8(truncatingIfNeeded: bits / FieldGuess.rankUnit)
    guard stated & columns == 0 || rank < values[index].rank else { return }
    stated |= columns
    values[index] = FieldValue(start: start, count: value.count, kind: .text)
    values[index].rank = rank
  }

  private static func attribute(_ name: StaticString, _ tag: RecordBytes) -> RecordBytes? {
    guard let found = HostAudit.find(name, tag, 0..<tag.count) else { return nil }
    let start = found + name.utf8CodeUnitCount
    guard start < tag.count, tag[start] == 0x22 || tag[start] == 0x27,
      let end = tag.firstIndex(of: tag[start], in: start + 1..<tag.count)
    else { return nil }
    return tag.slice(start + 1..<end)
  }

  /// The byte that `&#10;` or `&#x0A;` stands for, and the place behind it; `nil`: none, or no ASCII.
  private static func number(_ text: RecordBytes, _ start: Int) -> (byte: UInt8, end: Int)? {
    guard text.hasPrefix("&#", at: start),
      let end = text.firstIndex(of: 0x3B, in: start..<min(text.count, start + 8))
    else { return nil }
    let isHex = text.hasPrefix("&#x", at: start)
    let digits = String(decoding: text[start + (isHex ? 3 : 2)..<end], as: UTF8.self)
    guard let value = UInt8(digits, radix: isHex ? 16 : 10), value < 0x80 else { return nil }
    return (value, end + 1)
  }

  /// A value without references to characters.
  static func plain(_ text: RecordBytes, _ arena: inout ByteArena) -> RecordBytes {
    guard text.firstIndex(of: 0x26, in: 0..<text.count) != nil else { return text }
    let names: [(StaticString, UInt8)] = [
      ("&amp;", 0x26), ("&lt;", 0x3C), ("&gt;", 0x3E), ("&quot;", 0x22), ("&apos;", 0x27),
    ]
    let count = text.count
    let plain = arena.write(atMost: count + 16) { room in
      var (from, to) = (0, 0)
      while from < count {
        if text[from] == 0x26, let (byte, end) = number(text, from) {
          (room[to], from) = (byte, end)
        } else if text[from] == 0x26,
          let found = names.first(where: { text.hasPrefix($0.0, at: from) })
        {
          room[to] = found.1
          from += found.0.utf8CodeUnitCount
        } else {
          room[to] = text[from]
          from += 1
        }
        to += 1
      }
      for index in to..<to + 16 { room[index] = 0 }
      return to + 16
    }
    return plain.map { $0.slice(0..<$0.count - 16) } ?? text
  }
}

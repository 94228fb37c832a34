internal import Detection
internal import EventModel
internal import Ingest

/// A book that is kept from night to night, in two parts: its days, each by itself, and the rest.
extension CoverageBook {
  /// All days, ascending.
  var allDays: [DayCoverage] {
    var all = days
    if let today { all[today.day] = today }
    return all.values.sorted { $0.day < $1.day }
  }

  mutating func take(_ kept: [DayCoverage]) {
    for day in kept { days[day.day] = day }
  }

  /// Adds what was seen of the same source elsewhere.
  mutating func merge(_ other: Self) {
    if let today { days[today.day] = today }
    today = nil
    for day in other.allDays {
      guard var sum = days[day.day] else {
        days[day.day] = day
        continue
      }
      sum.lines += day.lines
      sum.bytes += day.bytes
      sum.events += day.events
      sum.unknownVolume += day.unknownVolume
      sum.hours |= day.hours
      sum.first = min(sum.first, day.first)
      sum.last = max(sum.last, day.last)
      days[day.day] = sum
    }
    undatedLines += other.undatedLines
    undatedBytes += other.undatedBytes
    headerLines += other.headerLines
    rejected += other.rejected
    for (day, count) in other.rejectedDays {
      rejectedDays[day, default: RejectedCount()].add(count)
    }
    formats.formUnion(other.formats)
    encodings.add(other.encodings)
    usesZone = usesZone || other.usesZone
    assumedZones |= other.assumedZones
    add(zones: other.unknownZones, other.unknownOperations, other.unreadRecords)
    isYearless = isYearless || other.isYearless
    dependsOnFileTimes = dependsOnFileTimes || other.dependsOnFileTimes
    lacksMethods = lacksMethods || other.lacksMethods
    yearDoubts.formUnion(other.yearDoubts)
    serials.merge(other.serials)
    add(Array(other.lost.values))
  }

  /// Adds words without a meaning: zones, operations, programs whose records nobody reads.
  mutating func add(
    zones: UnfamiliarWords,
    _ operations: UnfamiliarWords,
    _ programs: UnfamiliarWords
  ) {
    unknownZones.add(zones)
    unknownOperations.add(operations)
    unreadRecords.add(programs)
  }

  /// All but the days.
  func write(to writer: inout StateWriter, _ names: NameTable) {
    for number in [undatedLines, undatedBytes, headerLines, rejected] { writer.write(number) }
    writer.write(UInt64(formats.count))
    for format in formats.sorted() { writer.write(Array(format.utf8)) }
    for number in [encodings.cp932, encodings.eucJP, encodings.unknown] { writer.write(number) }
    let flags =
      (usesZone ? 1 : 0) | (isYearless ? 2 : 0) | (dependsOnFileTimes ? 4 : 0)
      | (lacksMethods ? 8 : 0)
    // Bits 20 to 22 say that words follow: a book without any reads as before there were such. Bit 23: at the end,
    // rejected records by day.
    let unknown = [unknownZones, unknownOperations, unreadRecords]
    let follow = unknown.enumerated().reduce(0 as UInt64) {
      $0 | ($1.1.isEmpty ? 0 : 1 << UInt64(20 + $1.0))
    }
    let byDay: UInt64 = rejectedDays.isEmpty ? 0 : 1 << 23
    writer.write(UInt64(flags) | UInt64(assumedZones) << 4 | follow | byDay)
    for words in unknown where !words.isEmpty { Self.write(words, to: &writer) }
    writer.write(UInt64(yearDoubts.count))
    for doubt in yearDoubts.sorted(by: { $0.rawValue < $1.rawValue }) {
      writer.write(UInt64(doubt.rawValue))
    }
    let numbers = serials.clockNumbers
    writer.write(UInt64(numbers.count))
    for number in numbers { writer.write(number) }
    writer.write(UInt64(serials.isOverfull ? 1 : 0))
    let runs = serials.countingRuns
    writer.write(UInt64(runs.count))
    for run in runs {
      writer.write(run.session)
      for number in [run.firstNumber, run.lastNumber, run.firstTime, run.lastTime] {
        writer.write(number)
      }
      for id in [run.firstAccount, run.lastAccount, run.terminal] {
        writer.write(id == .none ? [] : names.bytes(of: id))
      }
      writer.write(UInt64((run.counter.recurs ? 1 : 0) | (run.counter == .strays ? 2 : 0)))
    }
    if !rejectedDays.isEmpty { writeRejected(to: &writer) }
  }

  private static func write(_ words: UnfamiliarWords, to writer: inout StateWriter) {
    writer.write(words.others)
    writer.write(UInt64(words.words.count))
    for word in words.words {
      writer.write(word.bytes)
      writer.write(word.count)
    }
  }

  private static func words(from reader: inout StateReader) throws(StateError) -> UnfamiliarWords {
    let others = try reader.signed()
    var words: [(bytes: [UInt8], count: Int64)] = []
    for _ in 0..<(try reader.count()) {
      words.append((Array(try reader.name()), try reader.signed()))
    }
    return UnfamiliarWords(words: words, others: others)
  }

  mutating func read(
    from reader: inout StateReader,
    _ names: inout NameTable
  ) throws(StateError) {
    undatedLines = try reader.signed()
    undatedBytes = try reader.signed()
    headerLines = try reader.signed()
    rejected = try reader.signed()
    for _ in 0..<(try reader.count()) {
      formats.insert(String(decoding: try reader.name(), as: UTF8.self))
    }
    encodings = RecordEncodings(
      cp932: try reader.signed(),
      eucJP: try reader.signed(),
      unknown: try reader.signed()
    )
    let flags = try reader.unsigned()
    usesZone = flags & 1 != 0
    isYearless = flags & 2 != 0
    dependsOnFileTimes = flags & 4 != 0
    lacksMethods = flags & 8 != 0
    assumedZones = UInt16(truncatingIfNeeded: flags >> 4)
    if flags & 1 << 20 != 0 { unknownZones = try Self.words(from: &reader) }
    if flags & 1 << 21 != 0 { unknownOperations = try Self.words(from: &reader) }
    if flags & 1 << 22 != 0 { unreadRecords = try Self.words(from: &reader) }
    for _ in 0..<(try reader.count()) {
      let doubt = YearInference.Doubt(rawValue: UInt8(clamping: try reader.unsigned()))
      if let doubt { yearDoubts.insert(doubt) }
    }
    var numbers: [Int64] = []
    for _ in 0..<(try reader.count()) { numbers.append(try reader.signed()) }
    let isOverfull = try reader.unsigned() == 1
    var runs: [SerialRuns.Run] = []
    for _ in 0..<(try reader.count()) {
      let session = try reader.unsigned()
      let (firstNumber, lastNumber) = (try reader.signed(), try reader.signed())
      let (firstTime, lastTime) = (try reader.signed(), try reader.signed())
      var ids: [NameID] = []
      for _ in 0..<3 {
        let name = try reader.name()
        ids.append(name.isEmpty ? .none : name.withUnsafeBufferPointer { names.intern($0) })
      }
      let marks = try reader.unsigned()
      runs.append(
        SerialRuns.Run(
          session: session,
          firstNumber: firstNumber,
          lastNumber: lastNumber,
          firstTime: firstTime,
          lastTime: lastTime,
          firstAccount: ids[0],
          lastAccount: ids[1],
          terminal: ids[2],
          counter: marks & 2 != 0 ? .strays : marks & 1 != 0 ? .events : .lines
        )
      )
    }
    guard
      let kept = SerialBook(clockNumbers: numbers, countingRuns: runs, isOverfull: isOverfull)
    else { throw StateError(offset: 0) }
    serials = kept
    if flags & 1 << 23 != 0 { try readRejected(from: &reader) }
  }

  /// Days and all, of a last record that is not yet whole.
  func packed(_ names: NameTable) -> [UInt8] {
    var writer = StateWriter()
    write(to: &writer, names)
    let all = allDays
    writer.write(UInt64(all.count))
    for day in all {
      for number in [
        Int64(day.day), day.lines, day.bytes, day.events, day.unknownVolume,
        day.first.nanoseconds, day.last.nanoseconds,
      ] { writer.write(number) }
    }
    for day in all { writer.write(UInt64(day.hours)) }
    return writer.bytes
  }

  mutating func unpack(_ bytes: [UInt8], _ names: inout NameTable) throws(StateError) {
    var reader = StateReader(bytes)
    try read(from: &reader, &names)
    var numbers: [Int] = []
    for _ in 0..<(try reader.count()) {
      let number = try reader.int()
      let counts = (
        try reader.signed(), try reader.signed(), try reader.signed(), try reader.signed()
      )
      let first = Timestamp(nanoseconds: try reader.signed())
      var day = DayCoverage(day: number, first: first, last: first)
      day.last = Timestamp(nanoseconds: try reader.signed())
      (day.lines, day.bytes, day.events, day.unknownVolume) = counts
      days[number] = day
      numbers.append(number)
    }
    // Written before hours were noted, it ends here.
    if reader.isAtEnd { return }
    for number in numbers {
      days[number]?.hours = UInt32(truncatingIfNeeded: try reader.unsigned())
    }
  }
}

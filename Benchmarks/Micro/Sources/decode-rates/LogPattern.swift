internal import BenchmarkInputs
internal import EventModel
internal import Ingest

/// The records of one log as a fixture has them, with what varies in them: from these a log of any length is made.
struct LogPattern {
  /// What the log begins with: header lines, or a record that names columns.
  var header: [UInt8] = []
  var templates: [RecordTemplate] = []

  /// The patterns of a format: one for each fixture, more where headers within it change.
  static func all(of format: any LogFormat.Type) -> [LogPattern] {
    var result: [LogPattern] = []
    for fixture in BenchmarkInputs.cases(of: format.name) {
      result += patterns(format, fixture)
    }
    return result
  }

  private static func patterns(_ format: any LogFormat.Type, _ fixture: [UInt8]) -> [LogPattern] {
    var result: [LogPattern] = []
    var trial = Trial(format, head: fixture)
    var (place, header) = (0, [UInt8]())
    for record in records(format, fixture) {
      defer { place += record.count }
      if case .headed = format.framing {
        if record.first == 0x23 { continue }
        let inForce = HeaderLines(Array(fixture[..<place])).bytes
        if result.isEmpty || inForce != header {
          header = inForce
          let lines = inForce.isEmpty ? [] : inForce + [0x0A]
          result.append(LogPattern(header: lines))
          trial = Trial(format, head: lines)
        }
      } else if result.isEmpty {
        result.append(LogPattern())
      }
      let batch = trial.decode(record)
      if batch.headerCount > 0, result[result.count - 1].templates.isEmpty {
        result[result.count - 1].header = record
        continue
      }
      if let template = trial.template(record) {
        result[result.count - 1].templates.append(template)
      }
    }
    for index in result.indices { result[index].countSerials() }
    return result.filter { pattern in pattern.templates.contains { !$0.isPassedOver } }
  }

  /// Numbers what the source counts, in the order of the records.
  private mutating func countSerials() {
    var order: [UInt64: Int] = [:]
    for template in templates {
      for slot in template.slots where slot.isSerial {
        if order[slot.key] == nil { order[slot.key] = order.count }
      }
    }
    for index in templates.indices {
      for slot in templates[index].slots.indices where templates[index].slots[slot].isSerial {
        let place = order[templates[index].slots[slot].key] ?? 0
        templates[index].slots[slot].key = UInt64(place)
        templates[index].slots[slot].kind = .serial(stride: order.count)
      }
    }
  }

  /// The records of a file, each with its line end.
  private static func records(_ format: any LogFormat.Type, _ bytes: [UInt8]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    for chunk in logChunks(format, bytes) {
      var starts = chunk.recordStarts.map { $0.map(Int.init) } ?? [0]
      if chunk.recordStarts == nil {
        for index in 0..<max(0, chunk.count - 1) where chunk.storage[index] == 0x0A {
          starts.append(index + 1)
        }
      }
      for (index, start) in starts.enumerated() {
        let end = index + 1 < starts.count ? starts[index + 1] : chunk.count
        if end > start { result.append(Array(chunk.storage[start..<end])) }
      }
    }
    return result
  }

  // MARK: Making a log

  /// A log of about `size` bytes: the records round by round, times moving on over one day, and everything
  /// else drawn anew each round.
  func log(size: Int, seed: UInt64) -> [UInt8] {
    let round = templates.reduce(0) { $0 + $1.bytes.count }
    let rounds = max(1, (size - header.count) / round)
    let all = rounds * templates.count
    var result = header
    result.reserveCapacity(size + round)
    for turn in 0..<rounds {
      var values = SlotValues(seed: seed, round: UInt64(turn))
      for (index, template) in templates.enumerated() {
        values.second = (turn * templates.count + index) * 86_000 / all
        values.append(template, to: &result)
      }
    }
    return result
  }
}

/// What stands in the slots of one round.
struct SlotValues {
  private let state: UInt64
  private let round: UInt64
  /// Of the day, from 0.
  var second = 0

  init(seed: UInt64, round: UInt64) {
    state = Self.mixed(seed ^ Self.mixed(round))
    self.round = round
  }

  /// Mixes bits.
  ///
  /// Source: S. Vigna, splitmix64.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var value = value &+ 0x9E37_79B9_7F4A_7C15
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }

  func append(_ template: RecordTemplate, to log: inout [UInt8]) {
    var place = 0
    template.bytes.withUnsafeBufferPointer { bytes in
      for slot in template.slots {
        log.append(contentsOf: bytes[place..<slot.start])
        append(
          slot,
          UnsafeBufferPointer(rebasing: bytes[slot.start..<slot.start + slot.count]),
          to: &log
        )
        place = slot.start + slot.count
      }
      log.append(contentsOf: bytes[place...])
    }
  }

  private func append(
    _ slot: RecordTemplate.Slot,
    _ text: UnsafeBufferPointer<UInt8>,
    to log: inout [UInt8]
  ) {
    let drawn = Self.mixed(state ^ slot.key)
    switch slot.kind {
    case .clock, .compactClock:
      let parts = [second / 3600, second / 60 % 60, second % 60]
      for (index, part) in parts.enumerated() {
        if index > 0, case .clock = slot.kind { log.append(0x3A) }
        Self.append(UInt64(part), 2, &log)
      }
    case .epoch(let decimals):
      Self.append(UInt64(SlotSearch.midnight + second), 10, &log)
      if decimals > 0 { Self.append(drawn, decimals, &log) }
    case .digits:
      // As many digits as before; one that was no zero stays none.
      let first = text[0] == 0x30 ? 0x30 : UInt8(0x31 + drawn >> 40 % 9)
      log.append(first)
      Self.append(drawn, slot.count - 1, &log)
    case .hexadecimal:
      var bits = drawn
      for (index, byte) in text.enumerated() {
        if index % 16 == 15 { bits = Self.mixed(bits ^ drawn) }
        if byte &- 0x30 < 10 {
          log.append(0x30 + UInt8(bits & 0x7))
        } else {
          log.append((byte & 0x20) + 0x41 + UInt8(bits & 0xF) % 6)
        }
        bits >>= 4
      }
    case .serial(let stride):
      Self.append(100_000 + round * UInt64(stride) + slot.key % UInt64(stride), 8, &log)
    case .address:
      // Of the block for benchmarks (RFC 2544).
      let host = Self.skewed(drawn, of: 2000)
      for (index, part) in [198, 18 + host / 1000, host / 250 % 4, host % 250 + 1].enumerated() {
        if index > 0 { log.append(0x2E) }
        Self.appendPlain(part, &log)
      }
    case .account:
      // The name's first letters, and which of 400 it is: as long as it was.
      let person = Self.skewed(drawn, of: slot.count > 3 ? 400 : slot.count > 1 ? 26 : 1)
      if slot.count > 3 {
        log.append(contentsOf: text.prefix(slot.count - 3))
        Self.append(UInt64(person), 3, &log)
      } else if slot.count > 1 {
        log.append(contentsOf: text.dropLast())
        log.append(0x61 + UInt8(person))
      } else {
        log.append(contentsOf: text)
      }
    }
  }

  /// 0 ..< count; the small ones are frequent, as persons and addresses are in a log.
  private static func skewed(_ drawn: UInt64, of count: Int) -> Int {
    let even = Double(drawn >> 11) / Double(1 << 53)
    return min(count - 1, Int(even * even * Double(count)))
  }

  private static func append(_ value: UInt64, _ digits: Int, _ log: inout [UInt8]) {
    guard digits > 0 else { return }
    var value = value
    let start = log.count
    for _ in 0..<digits { log.append(0x30) }
    for index in 0..<digits {
      log[start + digits - 1 - index] = 0x30 + UInt8(value % 10)
      value /= 10
    }
  }

  private static func appendPlain(_ value: Int, _ log: inout [UInt8]) {
    append(UInt64(value), value < 10 ? 1 : value < 100 ? 2 : 3, &log)
  }
}

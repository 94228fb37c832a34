internal import EventModel

/// Keys of an object's outermost level that tell what kind of event it is.
struct JSONSignature: Sendable {
  let names: [String]
  private let keys: KeyTable

  init(_ names: [String]) {
    self.names = names
    var keys = KeyTable()
    let level = keys.addLevel()
    for (index, name) in names.enumerated() {
      keys.add(Array(name.utf8), at: level) { $0.columns = 1 << UInt32(index) }
    }
    keys.seal()
    self.keys = keys
  }

  /// Whether a line is an object that has them all.
  func isIn(_ line: [UInt8]) -> Bool {
    JSONProbe.walk(line, keys) { stated, _ in stated == (1 << UInt32(names.count)) - 1 } ?? false
  }
}

/// Judges whether a sample is JSON Lines that this tool can read.
enum JSONProbe {
  static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    let lines = FieldMapGuess.wholeLines(sample, limit: 64)
    guard !lines.isEmpty else { return ProbeResult(.no, "no line to judge") }
    let objects = lines.count { isObject($0) }
    guard objects > 0 else { return ProbeResult(.no, "no line is a JSON object") }
    let share = "\(objects) of \(lines.count) lines are JSON objects"
    let first = lines.first { isObject($0) } ?? []
    if has(["timestamp", "pid", "error_severity"], in: first) {
      return ProbeResult(.possible, "\(share), with the keys of a PostgreSQL jsonlog")
    }
    let guess = FieldMapGuess.guess(head: sample)
    guard let time = guess.map.rules[.time] else {
      return ProbeResult(.possible, "\(share), but no field of a known name holds a time")
    }
    var reason = "\(share), with a time in \(time.path.joined(separator: "."))"
    if has(["remote_addr", "request", "status", "body_bytes_sent"], in: first) {
      return ProbeResult(.likely, reason + " and the keys of a web access log", fit: 0)
    }
    guard let actor = FieldMapGuess.actor(in: guess.map) else {
      return ProbeResult(.possible, reason + ", but no field of a known name says who or whence")
    }
    reason += " and who in \(actor)"
    let result = ProbeSample.Count(matched: objects, total: lines.count).result(reason)
    // The reader of web access logs knows more of them, and so do those of events with known names.
    let isMapped = FormatRegistry.all.contains { format in
      guard let format = format as? any MappedJSON.Type else { return false }
      return first.withUnsafeBufferPointer { format.isOne($0) }
    }
    let isOther = first.withUnsafeBufferPointer { WireLines.isOne($0) } || JournalJSON.isOne(first)
    guard isMapped || isOther || NginxJSON.probe(sample).likelihood >= .likely else {
      return result
    }
    return ProbeResult(min(result.likelihood, .likely), reason, fit: 0)
  }

  private static func isObject(_ line: [UInt8]) -> Bool {
    var keys = KeyTable()
    _ = keys.addLevel()
    keys.seal()
    return walk(line, keys) { _, _ in true } ?? false
  }

  private static func has(_ names: [String], in line: [UInt8]) -> Bool {
    JSONSignature(names).isIn(line)
  }

  /// Lends the value of column 0 of a line; `nil` when the line is no object or has none.
  static func withFirst<R>(of line: [UInt8], _ keys: KeyTable, _ body: (FieldValue) -> R?) -> R? {
    walk(line, keys) { stated, values in stated & 1 != 0 ? body(values[0]) : nil } ?? nil
  }

  static func walk<R>(
    _ line: [UInt8],
    _ keys: KeyTable,
    _ body: (UInt32, UnsafeMutablePointer<FieldValue>) -> R
  ) -> R? {
    let padded = line + [UInt8](repeating: 0, count: ByteChunk.padding)
    return padded.withUnsafeBufferPointer { padded in
      JSONScan.withScan(keys) { scan in
        let record = RecordBytes(rebasing: padded[..<line.count])
        var isBlank = false
        guard let stated = try? scan.walk(record, isBlank: &isBlank), !isBlank else { return nil }
        return body(stated, scan.values)
      }
    }
  }
}

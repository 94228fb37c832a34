internal import CScan
internal import EventModel

/// A template made ready for the hot path: what stands where, and which columns a field fills.
struct TemplateProgram: Sendable {
  private struct Step: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable { case literal, text, word, number, quoted, rest, pairs }
    var kind: Kind
    /// Of words: how many.
    var words: UInt8 = 1
    /// Of a field: the columns it fills.
    var columns: UInt32 = 0
    /// Where a literal lies in `bytes`, of a field the one that ends it.
    var start: Int32 = 0
    var count: Int32 = 0
  }

  private var steps: [Step] = []
  private var bytes: [UInt8] = []

  init(_ template: LineTemplate, _ keys: KeyTable) {
    for part in template.parts {
      switch part {
      case .literal(let text):
        var step = Step(kind: .literal)
        step.start = Int32(clamping: bytes.count)
        step.count = Int32(clamping: text.count)
        bytes += text
        // A field before it ends where it begins.
        if let last = steps.indices.last, steps[last].kind != .literal {
          (steps[last].start, steps[last].count) = (step.start, step.count)
        }
        steps.append(step)
      case .field(let name, let kind):
        var step = Step(kind: Self.kind(kind))
        step.words = UInt8(kind.words ?? 1)
        step.columns = keys.entry(of: Array(name.utf8), at: 0)?.columns ?? 0
        steps.append(step)
      }
    }
  }

  private static func kind(_ kind: LineTemplate.Kind) -> Step.Kind {
    switch kind {
    case .text: .text
    case .word, .words2, .words3, .words4: .word
    case .number: .number
    case .quoted: .quoted
    case .rest: .rest
    case .pairs: .pairs
    }
  }

  /// The columns that a line states, with their values; `nil`: it is not so written.
  ///
  /// `reached`: how far it was.
  @inline(__always)
  func read(
    _ line: RecordBytes,
    _ keys: KeyTable.View,
    _ values: UnsafeMutablePointer<FieldValue>,
    _ reached: inout Int
  ) -> UInt32? {
    guard let base = line.baseAddress else { return nil }
    let end = base + line.count
    var p = base
    var stated: UInt32 = 0
    defer { reached = p - base }
    return steps.withUnsafeBufferPointer { steps -> UInt32? in
      bytes.withUnsafeBufferPointer { bytes -> UInt32? in
        for step in steps {
          if step.kind == .literal {
            guard Self.pass(step, bytes, &p, end) else { return nil }
            continue
          }
          if step.kind == .pairs {
            guard Self.pairs(&p, end, keys, values, &stated) else { return nil }
            continue
          }
          guard let value = Self.field(step, bytes, &p, end) else { return nil }
          var rest = step.columns
          stated |= rest
          while rest != 0 {
            values[rest.trailingZeroBitCount] = value
            rest &= rest &- 1
          }
        }
        // What follows the last text is not in the template.
        return p == end ? stated : nil
      }
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// Passes over a literal; where it begins or ends with a space, blanks are as many as there are.
  ///
  /// A tab parts columns, which may be empty.
  @inline(__always)
  private static func pass(
    _ step: Step,
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> Bool {
    let count = Int(step.count)
    guard count > 0, let first = bytes.baseAddress?[Int(step.start)] else { return false }
    // Of a run of blanks before a field or a text the last belongs to the literal.
    if first == 0x20, count == 1 || !isBlank(bytes[Int(step.start) + 1]) {
      while end - p > 1, p.pointee == first, isBlank(p[1]) { p += 1 }
    }
    guard end - p >= count, let literal = bytes.baseAddress.map({ $0 + Int(step.start) }) else {
      return false
    }
    for index in 0..<count where p[index] != literal[index] { return false }
    p += count
    if literal[count - 1] == 0x20 {
      while p < end, isBlank(p.pointee) { p += 1 }
    }
    return true
  }

  /// A field; `p` is left at what ends it.
  @inline(__always)
  private static func field(
    _ step: Step,
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> FieldValue? {
    let start = p
    switch step.kind {
    case .quoted: return quoted(&p, end)
    case .number:
      if p < end, p.pointee == 0x2D, p + 1 == end || !isNumeric(p[1]) {
        p += 1
        return FieldValue(start: start, count: 0, kind: .null)
      }
      while p < end, isNumeric(p.pointee) { p += 1 }
      return FieldValue(start: start, count: p - start, kind: p == start ? .null : .number)
    case .text, .word:
      // All words but the last.
      var last = start
      for _ in 1..<step.words {
        last = cscan_find2(last, end, 0x20, 0x09) ?? end
        while last < end, isBlank(last.pointee) { last += 1 }
      }
      p = last
      guard let value = textual(step, bytes, &p, end) else { return nil }
      return FieldValue(start: start, count: value.start - start + value.count, kind: .text)
    default:
      p = end
      return FieldValue(start: start, count: end - start, kind: .text)
    }
  }

  /// A text, or the last of the words.
  @inline(__always)
  private static func textual(
    _ step: Step,
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> FieldValue? {
    let start = p
    guard step.count > 0, let literal = bytes.baseAddress.map({ $0 + Int(step.start) }) else {
      p = end
      return value(start, end, step.kind)
    }
    guard let stop = find(literal, Int(step.count), from: p, end) else { return nil }
    p = stop
    // The blanks before a space that ends the field belong to it.
    var last = stop
    if literal.pointee == 0x20 {
      while last > start, isBlank(last[-1]) { last -= 1 }
    }
    return value(start, last, step.kind)
  }

  @inline(__always)
  private static func isNumeric(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || byte == 0x2E || byte == 0x2D || byte == 0x2B
  }

  @inline(__always)
  private static func value(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ kind: Step.Kind
  ) -> FieldValue? {
    if kind == .word {
      guard start < end, (cscan_find2(start, end, 0x20, 0x09) ?? end) == end else { return nil }
    }
    return FieldValue(start: start, count: end - start, kind: .text)
  }

  /// Where the literal first stands.
  @inline(__always)
  private static func find(
    _ literal: UnsafePointer<UInt8>,
    _ count: Int,
    from start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    var p = start
    while true {
      p = cscan_find(p, end, literal.pointee)
      guard end - p >= count else { return nil }
      var index = 1
      while index < count, p[index] == literal[index] { index += 1 }
      if index == count { return p }
      p += 1
    }
  }

  /// A text in double quotes; `p` is left behind them.
  private static func quoted(
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> FieldValue? {
    guard p < end, p.pointee == 0x22 else { return nil }
    p += 1
    let start = p
    var kind = FieldValue.Kind.text
    while true {
      p = cscan_find2(p, end, 0x22, 0x5C) ?? end
      guard p < end else { return nil }
      if p.pointee == 0x5C {
        guard end - p > 1 else { return nil }
        if kind == .text { kind = .escaped }
        p += 2
        continue
      }
      guard end - p > 1, p[1] == 0x22 else { break }
      if kind == .text { kind = .doubled }
      p += 2
    }
    let value = FieldValue(start: start, count: p - start, kind: kind)
    p += 1
    return value
  }

  /// `key=value`, parted by blanks, commas or semicolons, to the end of the line.
  ///
  /// The first word is one: a sentence that holds a pair is none. A word without `=` behind it is passed over.
  private static func pairs(
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ keys: KeyTable.View,
    _ values: UnsafeMutablePointer<FieldValue>,
    _ stated: inout UInt32
  ) -> Bool {
    var hasPair = false
    while p < end {
      if isBlank(p.pointee) || p.pointee == 0x2C || p.pointee == 0x3B {
        p += 1
        continue
      }
      let key = p
      while p < end, p.pointee != 0x3D, !isBlank(p.pointee) { p += 1 }
      guard p < end, p.pointee == 0x3D, p > key else {
        guard hasPair else { return false }
        if p < end, p.pointee == 0x3D { p += 1 }
        continue
      }
      let length = p - key
      p += 1
      hasPair = true
      let value: FieldValue
      if p < end, p.pointee == 0x22 {
        guard let text = quoted(&p, end) else { return false }
        value = text
      } else {
        let start = p
        while p < end, !isBlank(p.pointee), p.pointee != 0x3B { p += 1 }
        var last = p
        if last > start, last[-1] == 0x2C { last -= 1 }
        value = FieldValue(start: start, count: last - start, kind: .text)
      }
      let found = keys.find(key, length, at: 0)
      guard found >= 0 else { continue }
      // Of a key that stands twice the first holds.
      var rest = keys.entries[found].columns & ~stated
      stated |= rest
      while rest != 0 {
        values[rest.trailingZeroBitCount] = value
        rest &= rest &- 1
      }
    }
    return hasPair
  }
}

internal import EventModel

/// Writes JSON (RFC 8259) with keys in the order given.
///
/// Everything that `SafeText` calls hostile is written as `\u`, so that a line is safe on a
/// terminal and decodes to what the log said.
struct JSONWriter {
  private(set) var text = ""
  private var needsComma = false

  /// Hands over what is written, and begins anew.
  mutating func flush<Target: TextOutputStream>(to target: inout Target) {
    target.write(text)
    text.removeAll(keepingCapacity: true)
    needsComma = false
  }

  mutating func object(_ body: (inout Self) -> Void) { enclose("{", "}", body) }

  mutating func array(_ body: (inout Self) -> Void) { enclose("[", "]", body) }

  mutating func key(_ name: String) {
    separate()
    quote(name)
    text += ":"
    needsComma = false
  }

  mutating func string(_ value: String) {
    separate()
    quote(value)
  }

  mutating func integer(_ value: Int64) { raw(String(value)) }

  mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

  mutating func null() { raw("null") }

  /// Shortest decimal that reads back the same; what is not a number is `null`.
  mutating func number(_ value: Double) { raw(value.isFinite ? value.description : "null") }

  mutating func lineFeed() {
    text += "\n"
    needsComma = false
  }

  private mutating func enclose(_ open: String, _ close: String, _ body: (inout Self) -> Void) {
    separate()
    text += open
    needsComma = false
    body(&self)
    text += close
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { text += "," }
    needsComma = true
  }

  /// A value that is JSON already.
  mutating func raw(_ value: String) {
    separate()
    text += value
  }

  private mutating func quote(_ value: String) {
    text += "\""
    if value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) {
      text += value
      text += "\""
      return
    }
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      default:
        if let byte = PathText.byte(of: scalar) {
          text += "\\\\x" + SafeText.hexadecimal(UInt32(byte), digits: 2)
          continue
        }
        guard SafeText.isHostile(scalar) else {
          text.unicodeScalars.append(scalar)
          continue
        }
        for unit in String(scalar).utf16 {
          text += "\\u" + SafeText.hexadecimal(UInt32(unit), digits: 4)
        }
      }
    }
    text += "\""
  }
}

extension JSONWriter {
  /// Most characters kept of a path and of a sentence.
  static let pathLimit = 4096

  mutating func field(_ name: String, _ value: String, limit: Int = SafeText.nameLimit) {
    key(name)
    string(SafeText.bounded(value, limit: limit))
  }

  mutating func field(_ name: String, _ value: String?, limit: Int = SafeText.nameLimit) {
    key(name)
    if let value { string(SafeText.bounded(value, limit: limit)) } else { null() }
  }

  mutating func field(_ name: String, _ value: Int64) {
    key(name)
    integer(value)
  }

  mutating func field(_ name: String, _ value: Int64?) {
    key(name)
    if let value { integer(value) } else { null() }
  }

  mutating func field(_ name: String, _ value: Timestamp?) {
    key(name)
    if let value { string(value.description) } else { null() }
  }

  mutating func field(_ name: String, _ values: [String], limit: Int = SafeText.nameLimit) {
    key(name)
    array { list in
      for value in values { list.string(SafeText.bounded(value, limit: limit)) }
    }
  }

  mutating func field(_ name: String, _ body: (inout Self) -> Void) {
    key(name)
    object(body)
  }

  mutating func field<Element>(
    _ name: String,
    _ elements: [Element],
    each body: (inout Self, Element) -> Void
  ) {
    key(name)
    array { list in
      for element in elements { list.object { body(&$0, element) } }
    }
  }

  /// A sentence for a person: what a log says in it is marked where it would start a formula.
  ///
  /// Names stand as the log has them: a program joins by them (decision 0008).
  mutating func sentence(_ name: String, _ value: String) {
    field(name, SafeText.marked(value), limit: Self.pathLimit)
  }

  mutating func sentences(_ name: String, _ values: [String]) {
    field(name, values.map(SafeText.marked), limit: Self.pathLimit)
  }

  /// An interval; an end that nothing bounds is `null`.
  mutating func field(_ name: String, _ volume: Volume, quality: Bool = false) {
    field(name) { object in
      object.field("low", volume.low)
      object.field("high", volume.knownHigh)
      if quality { object.field("quality", volume.quality.name) }
    }
  }
}

extension Volume {
  /// One number for a reader that wants one: the upper end where bounded, else the lower end; `nil`
  /// when nothing at all is known.
  var plain: Int64? { knownHigh ?? (low > 0 ? low : nil) }
}

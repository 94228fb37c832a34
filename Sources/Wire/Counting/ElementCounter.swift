/// Counts the elements of the array that a JSON text is, or of the first array of objects that it holds.
///
/// Of a text without such an array it has no count: an object alone may be anything.
struct ElementCounter {
  /// Arrays deeper than this are not looked at.
  private static let depthLimit = 62

  private var depth = 0
  /// A bit for each open container: an array.
  private var arrays: UInt64 = 0
  private var isInText = false
  private var isEscaped = false
  /// Whether the next value is the first of an array.
  private var isFirst = false
  /// Whether a value may begin.
  private var isAwaiting = true
  /// The depth of the array that counts; 0: not found yet.
  private var target = 0
  private var found: Int64 = 0
  private var isOver = false

  var count: Int64? { target > 0 ? found : nil }

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard !isOver else { return }
    for byte in bytes {
      if isInText {
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5C {
          isEscaped = true
        } else if byte == 0x22 {
          isInText = false
        }
        continue
      }
      take(byte)
      if isOver { return }
    }
  }

  private mutating func take(_ byte: UInt8) {
    switch byte {
    case 0x20, 9, 10, 13: return
    case 0x5B, 0x7B: open(byte)
    case 0x5D, 0x7D: close()
    case 0x2C: isAwaiting = true
    case 0x3A: isAwaiting = false
    case 0x22:
      begin(isObject: false)
      isInText = true
    default: begin(isObject: false)
    }
  }

  private var isInArray: Bool { depth > 0 && depth <= 63 && arrays >> depth & 1 == 1 }

  /// A value begins, in an array or not.
  private mutating func begin(isObject: Bool) {
    if isAwaiting, isInArray {
      if target == 0, isFirst, isObject { target = depth }
      if target == depth { found += 1 }
    }
    isAwaiting = false
    isFirst = false
  }

  private mutating func open(_ byte: UInt8) {
    begin(isObject: byte == 0x7B)
    depth += 1
    guard depth <= Self.depthLimit else {
      isOver = true
      return
    }
    if byte == 0x5B {
      arrays |= 1 << depth
      isFirst = true
      if depth == 1 { target = 1 }
    } else {
      arrays &= ~(1 << depth)
    }
    isAwaiting = byte == 0x5B
  }

  private mutating func close() {
    if target > 0, depth == target { isOver = true }
    depth = max(0, depth - 1)
    isAwaiting = false
    isFirst = false
  }
}

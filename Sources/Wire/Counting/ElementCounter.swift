/// Counts the elements of the array that a JSON text is, or of the first array of objects that it holds.
///
/// Where one text follows another (JSON Lines, sent as JSON) each is a record. An object whose members are all
/// objects, eight or more, is a table by its keys: `{"17":{…},"18":{…}}`, alone or a member of another object. Of any
/// other text without an array of objects it has no count: an object alone may be anything.
struct ElementCounter {
  /// Arrays deeper than this are not looked at.
  private static let depthLimit = 62
  /// Members from which on an object of objects is a table.
  private static let leastMembers: Int64 = 8

  /// The members of an open object.
  private struct Members {
    var objects: Int64 = 0
    var others: Int64 = 0
  }

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
  private var isFound = false
  /// Objects and arrays that are no part of another.
  private var texts: Int64 = 0
  private var isFirstObject = false
  /// Of the objects at the first and the second depth.
  private var members = InlineArray<3, Members>(repeating: Members())
  private var table: (count: Int64, depth: Int) = (0, 0)
  private var isOver = false

  var count: Int64? {
    if texts > 1, isFirstObject { return texts }
    var table = table
    // Those that are open: the text may be cut.
    for depth in 1...2 where depth <= self.depth {
      let open = members[depth]
      if open.others == 0, open.objects > table.count { table = (open.objects, depth) }
    }
    let hasTable = table.count >= Self.leastMembers
    guard target > 0 else { return hasTable ? table.count : nil }
    return hasTable && target > table.depth ? table.count : found
  }

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
    case 0x3A:
      isAwaiting = false
      isMember = true
    case 0x22:
      begin(isObject: false)
      isInText = true
    default: begin(isObject: false)
    }
  }

  /// Whether the value of a member may begin.
  private var isMember = false

  private var isInArray: Bool { depth > 0 && depth <= 63 && arrays >> depth & 1 == 1 }

  /// A value begins, in an array or not.
  private mutating func begin(isObject: Bool) {
    if isAwaiting, isInArray {
      if target == 0, isFirst, isObject { target = depth }
      if target == depth, !isFound { found += 1 }
    }
    if isMember, depth == 1 || depth == 2, !isInArray {
      if isObject { members[depth].objects += 1 } else { members[depth].others += 1 }
    }
    isAwaiting = false
    isFirst = false
    isMember = false
  }

  private mutating func open(_ byte: UInt8) {
    if depth == 0 {
      texts += 1
      if texts == 1 { isFirstObject = byte == 0x7B }
    }
    begin(isObject: byte == 0x7B)
    depth += 1
    guard depth <= Self.depthLimit else {
      isOver = true
      return
    }
    if depth <= 2 { members[depth] = Members() }
    if byte == 0x5B {
      arrays |= 1 << depth
      isFirst = true
      if depth == 1, target == 0 { target = 1 }
    } else {
      arrays &= ~(1 << depth)
    }
    isAwaiting = byte == 0x5B
  }

  private mutating func close() {
    if target > 0, depth == target { isFound = true }
    if depth == 1 || depth == 2, !isInArray, members[depth].others == 0,
      members[depth].objects > table.count
    {
      table = (members[depth].objects, depth)
    }
    depth = max(0, depth - 1)
    isAwaiting = false
    isFirst = false
    isMember = false
    // The array that the text is has ended.
    if depth == 0, target == 1 { isOver = true }
  }
}

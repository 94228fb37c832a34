internal import CScan
internal import EventModel

/// What `SQLScanner` found in a statement, but for its relations.
struct StatementReading: BitwiseCopyable {
  var fetchCount: Int64?
  var limit: Int64?
  /// The relations, in the memo's own bytes.
  var start: UInt32 = 0
  var count: UInt32 = 0
  var operation: Operation = .other
  var verb: SQLKeyword?
  var isWhole = false
  var gathers = false
  var isCatalogueOnly = false
  var isTruncated = false
}

/// Classifies statements of one dialect, and remembers what was made of them.
///
/// PostgreSQL's are known by their skeleton (see `SQLSkeleton`), others by their text; either is
/// compared byte for byte. Statements in which a file or program was found, or that copy relations,
/// are not remembered.
struct StatementMemo: ~Copyable {
  private static var mostRelationBytes: Int { 1 << 18 }

  private let dialect: SQLDialect
  private let skeleton = SQLSkeleton()
  private var readings = ByteMemo<StatementReading>(bits: 9, room: 1 << 18, filler: .init())
  private var relations: [UInt8] = []

  init(_ dialect: SQLDialect) { self.dialect = dialect }

  /// Leaves the scanner as `scan` does.
  mutating func scan(_ sql: RecordBytes, _ scanner: inout SQLScanner) {
    guard let key = dialect == .postgresql ? skeleton.of(sql) : sql, let base = key.baseAddress,
      key.count <= SQLSkeleton.longest
    else { return scanner.scan(sql, dialect: dialect) }
    var hash = cscan_digest(base, key.count)
    let known = scanner.defaultSchema.withUnsafeBufferPointer { schema in
      if let base = schema.baseAddress { hash ^= cscan_digest(base, schema.count) &* 3 }
      return readings.value(key, schema, hash: hash)
    }
    if let known {
      let range = Int(known.start)..<Int(known.start) + Int(known.count)
      relations.withUnsafeBufferPointer { scanner.recall(known, relations: $0.slice(range)) }
      return
    }
    scanner.scan(sql, dialect: dialect)
    remember(scanner, for: key, hash: hash)
  }

  private mutating func remember(
    _ scanner: borrowing SQLScanner,
    for key: RecordBytes,
    hash: UInt64
  ) {
    let count = scanner.joinedRelations.count
    guard scanner.destination == nil, scanner.copy.isEmpty, count <= Self.mostRelationBytes else {
      return
    }
    if count > Self.mostRelationBytes - relations.count {
      relations.removeAll(keepingCapacity: true)
      readings.forget()
    }
    let start = relations.count
    relations.append(contentsOf: scanner.joinedRelations)
    let reading = StatementReading(
      fetchCount: scanner.fetchCount,
      limit: scanner.limit,
      start: UInt32(start),
      count: UInt32(count),
      operation: scanner.operation,
      verb: scanner.verb,
      isWhole: scanner.isWhole,
      gathers: scanner.gathers,
      isCatalogueOnly: scanner.isCatalogueOnly,
      isTruncated: scanner.isTruncated
    )
    scanner.defaultSchema.withUnsafeBufferPointer {
      readings.remember(reading, for: key, $0, hash: hash)
    }
  }
}

/// The tokens of a statement of PostgreSQL with its literals left out.
///
/// Comments and white space become one space, a number becomes `0`, a string `''`; names, keywords
/// and symbols stay as they are. `SQLScanner` looks into a literal only behind a word, or anywhere
/// behind LIMIT, FETCH and the like: such literals stay as well. What is left out therefore follows
/// from what was written before it, and statements of one skeleton have one classification.
struct SQLSkeleton: ~Copyable {
  static var longest: Int { 8192 }

  private let room = UnsafeMutablePointer<UInt8>.allocate(capacity: 8192 + ByteChunk.padding)

  init() { room.initialize(repeating: 0, count: Self.longest + ByteChunk.padding) }

  deinit { room.deallocate() }

  /// `nil` for a text that is long, has an open quote or comment, or literals of other kinds.
  ///
  /// The answer holds until the next call.
  func of(_ sql: RecordBytes) -> RecordBytes? {
    guard sql.count <= Self.longest, let base = sql.baseAddress else { return nil }
    var pass = Pass(p: base, end: base + sql.count, out: room)
    guard pass.run() else { return nil }
    return RecordBytes(start: room, count: pass.out - room)
  }

  /// One walk over a text.
  ///
  /// Nothing is ever written that is longer than what was read.
  private struct Pass {
    var p: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    var out: UnsafeMutablePointer<UInt8>
    /// A word stands right before: what follows may be looked into.
    var afterWord = false
    /// LIMIT or the like stood before.
    var keepsAll = false
    /// White space or a comment stands right before, and something before that.
    var wantsSpace = false
    var isEmpty = true

    @inline(__always)
    mutating func put(_ byte: UInt8) {
      out.pointee = byte
      out += 1
    }

    /// The space before a token.
    @inline(__always)
    mutating func begin() {
      if wantsSpace, !isEmpty { put(0x20) }
      wantsSpace = false
      isEmpty = false
    }

    @inline(__always)
    func byte(_ ahead: Int) -> UInt8 { ahead < end - p ? p[ahead] : 0 }

    mutating func run() -> Bool {
      while p < end {
        let byte = p.pointee
        switch byte {
        case 0...0x20:
          p += 1
          wantsSpace = true
        case 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...0xFF:
          begin()
          guard word() else { return false }
        case 0x30...0x39:
          begin()
          number()
        case 0x27:
          begin()
          guard string() else { return false }
        case 0x22:
          begin()
          guard quotedName() else { return false }
        case 0x24:
          begin()
          guard parameter() else { return false }
        case 0x2D where self.byte(1) == 0x2D:
          while p < end, p.pointee != 0x0A { p += 1 }
          wantsSpace = true
        case 0x2F where self.byte(1) == 0x2A:
          guard comment() else { return false }
          wantsSpace = true
        default:
          begin()
          put(byte)
          p += 1
          afterWord = false
        }
      }
      return true
    }

    @inline(__always)
    static func continuesWord(_ byte: UInt8) -> Bool {
      (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x5F || byte == 0x24
        || byte >= 0x80
    }

    /// `false`: a letter that makes the quote behind it another kind of literal.
    @inline(__always)
    private mutating func word() -> Bool {
      let start = p
      repeat {
        put(p.pointee)
        p += 1
      } while p < end && Self.continuesWord(p.pointee)
      let length = p - start
      if length == 1, p < end, p.pointee == 0x27 || p.pointee == 0x26 { return false }
      afterWord = !Self.isHarmless(start, length)
      if length > 9 { keepsAll = keepsAll || Self.makesDocuments(start, length) }
      if length >= 3, length <= 9 { keepsAll = keepsAll || Self.makesLiteralsCount(start, length) }
      return true
    }

    /// The letters of a short word, in small letters.
    @inline(__always)
    private static func folded(_ start: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
      var key: UInt64 = 0
      for index in 0..<length { key = key << 8 | UInt64(start[index] | 0x20) }
      return key
    }

    /// LIKE, ILIKE, BETWEEN, AND: nothing looks into the literal behind them.
    @inline(__always)
    private static func isHarmless(_ start: UnsafePointer<UInt8>, _ length: Int) -> Bool {
      switch length {
      case 3: folded(start, 3) == 0x61_6E64
      case 4: folded(start, 4) == 0x6C69_6B65
      case 5: folded(start, 5) == 0x69_6C69_6B65
      case 7: folded(start, 7) == 0x62_6574_7765_656E
      default: false
      }
    }

    /// `query_to_xml`, `table_to_xml_and_xmlschema` and the like: their literals name tables.
    @inline(__always)
    private static func makesDocuments(_ start: UnsafePointer<UInt8>, _ length: Int) -> Bool {
      folded(start + length - 3, 3) == 0x78_6D6C
        || folded(start + length - 6, 6) == 0x7363_6865_6D61
    }

    /// LIMIT, FETCH, OFFSET, COPY, TOP, OUTFILE, DUMPFILE, PROGRAM, ANALYZE, ANALYSE, UNINSTALL; BETWEEN, whose width
    /// bounds, and GROUP, whose numbers mean columns.
    @inline(__always)
    private static func makesLiteralsCount(_ start: UnsafePointer<UInt8>, _ length: Int) -> Bool {
      // The first letter of a word of nine falls out of the key.
      if length == 9 { return folded(start + 1, 8) == 0x6E69_6E73_7461_6C6C }
      return switch folded(start, length) {
      case 0x6C_696D_6974, 0x66_6574_6368, 0x6F66_6673_6574, 0x636F_7079, 0x74_6F70,
        0x6F_7574_6669_6C65, 0x6475_6D70_6669_6C65, 0x70_726F_6772_616D,
        0x61_6E61_6C79_7A65, 0x61_6E61_6C79_7365, 0x62_6574_7765_656E, 0x67_726F_7570:
        true
      default: false
      }
    }

    @inline(__always)
    private mutating func number() {
      let keeps = afterWord || keepsAll
      if !keeps { put(0x30) }
      repeat {
        if keeps { put(p.pointee) }
        p += 1
      } while p < end && (Self.continuesWord(p.pointee) || p.pointee == 0x2E)
      afterWord = false
    }

    private mutating func string() -> Bool {
      let keeps = afterWord || keepsAll
      afterWord = false
      put(0x27)
      p += 1
      while p < end {
        let byte = p.pointee
        if byte == 0x27 {
          guard self.byte(1) == 0x27 else {
            put(0x27)
            p += 1
            return true
          }
          if keeps { put(0x27) }
          p += 1
        }
        if keeps { put(byte) }
        p += 1
      }
      return false
    }

    private mutating func quotedName() -> Bool {
      afterWord = true
      put(0x22)
      p += 1
      while p < end {
        let byte = p.pointee
        put(byte)
        p += 1
        if byte == 0x22 {
          guard p < end, p.pointee == 0x22 else { return true }
          put(0x22)
          p += 1
        }
      }
      return false
    }

    /// `$1`; other uses of the dollar are left to the tokenizer.
    @inline(__always)
    private mutating func parameter() -> Bool {
      put(0x24)
      p += 1
      guard p < end, p.pointee &- 0x30 < 10 else { return false }
      while p < end, p.pointee &- 0x30 < 10 {
        put(p.pointee)
        p += 1
      }
      afterWord = false
      return p == end || !Self.continuesWord(p.pointee)
    }

    /// `/* … */`, nested.
    private mutating func comment() -> Bool {
      var depth = 1
      p += 2
      while p < end {
        if p.pointee == 0x2A, byte(1) == 0x2F {
          p += 2
          depth -= 1
          if depth == 0 { return true }
        } else if p.pointee == 0x2F, byte(1) == 0x2A {
          p += 2
          depth += 1
        } else {
          p += 1
        }
      }
      return false
    }
  }
}

/// Reads the tokens of an answer from pieces of any size: counts rows, keeps what the server says at the end.
///
///     0x81 columns | 0xD1 row | 0xD2 row with a bitmap of nothings | 0xFD done: status, command, rows | …
///
/// Holds the descriptions of the columns, at most 4,096, and the start of one token.
///
/// Source: Microsoft, MS-TDS, 2.2.7.
struct TDSTokens: Sendable {
  private enum State {
    case token
    case length(UInt8)
    case longLength(UInt8)
    case body(UInt8)
    case feature
    case done(UInt8)
    case columns, column, description, tables, name, returned, returnedHead
    case bitmap, value, shortLength, chunksLength, chunk, pointer, pointed
    case number
  }

  static let columnLimit = 4096

  /// Of the protocol: 0x74 is 7.4.
  var version = 0x74
  private(set) var rows: Int64 = 0
  /// Rows that the server states of results, and of what it changed.
  private(set) var stated: Int64?
  private(set) var affected: Int64?
  private(set) var error: (number: Int, isGrave: Bool)?
  private(set) var isAcknowledged = false
  private(set) var hasSSPI = false
  private(set) var database: [UInt8]?
  private(set) var server: [UInt8]?
  /// Output values that are numbers, in their order.
  private(set) var returned: [Int] = []
  /// Whether the place of the next token is not known: nothing is counted any more.
  private(set) var isLost = false
  private var state = State.token
  private var wanted = 1
  private var skipped = 0
  private var held: [UInt8] = []
  private var columns: [TDSColumn] = []
  private var left = 0
  private var pendingNames: [TDSColumn.Name] = []
  private var column = TDSColumn(type: 0x1F, version: 0x74)
  private var isReturn = false
  private var kept: (columns: [TDSColumn], Bool)?
  private var nothings: [UInt8] = []
  private var place = 0
  private var hasResult = false
  /// The last bytes of the message: the last of all is DONE.
  private var tail: [UInt8] = []

  /// Most bytes that it holds, about.
  var size: Int { held.count + columns.count * 64 + tail.count + 256 }

  /// An answer begins.
  mutating func start() {
    let version = self.version
    self = Self()
    self.version = version
  }

  /// Bytes are missing, or make no sense.
  mutating func lose() { isLost = true }

  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>.SubSequence) {
    let end = bytes.suffix(13)
    tail = end.count == 13 ? Array(end) : Array((tail + end).suffix(13))
    var at = bytes.startIndex
    while !isLost {
      if skipped > 0 {
        let count = min(skipped, bytes.endIndex - at)
        skipped -= count
        at += count
        if skipped > 0 { return }
      }
      if held.count < wanted {
        let count = min(wanted - held.count, bytes.endIndex - at)
        held.append(contentsOf: bytes[at..<at + count])
        at += count
        if held.count < wanted { return }
      }
      step()
    }
  }

  /// The message is over: where the way was lost, its last bytes say how it ended.
  mutating func finish() {
    guard isLost, tail.count == (version >= 0x72 ? 13 : 9) || tail.count == 13 else { return }
    let done = version >= 0x72 ? tail : Array(tail.suffix(9))
    guard let first = done.first, first >= 0xFD, done[1] & 1 == 0 else { return }
    hasResult = hasResult || done[3] == 0xC1
    readDone(first, Array(done[1...]))
  }

  private mutating func step() {
    var bytes: [UInt8] = []
    swap(&bytes, &held)
    let reader = ByteReader(bytes)
    switch state {
    case .token: begin(bytes[0])
    case .length(let type): beginBody(type, number(bytes))
    case .longLength(let type): beginBody(type, number(bytes))
    case .body(let type):
      readBody(type, reader)
      next()
    case .feature:
      if bytes[0] == 0xFF { next() } else { go(.longLength(0xAE), 4) }
    case .done(let type):
      readDone(type, bytes)
      next()
    case .columns:
      left = number(bytes)
      if left == 0xFFFF {
        next()
      } else if left > Self.columnLimit {
        lose()
      } else {
        columns = []
        hasResult = true
        nextColumn()
      }
    case .column: describe(bytes[bytes.count - 1])
    case .description:
      column?.describe(bytes)
      described()
    case .tables:
      pendingNames = Array(repeating: .long, count: Int(bytes[0])) + [.short]
      nextName()
    case .name:
      skipped = 2 * number(bytes)
      nextName()
    case .returned:
      skipped = 2 * Int(bytes[2])
      go(.returnedHead, version >= 0x72 ? 8 : 6)
    case .returnedHead:
      isReturn = true
      describe(bytes[bytes.count - 1])
    case .bitmap:
      nothings = bytes
      nextValue()
    case .value, .shortLength, .chunksLength, .chunk, .pointer, .pointed, .number: readValue(bytes)
    }
  }

  private func number(_ bytes: [UInt8]) -> Int {
    bytes.prefix(7).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private mutating func go(_ state: State, _ wanted: Int) {
    (self.state, self.wanted) = (state, wanted)
  }

  private mutating func next() { go(.token, 1) }

  private mutating func begin(_ type: UInt8) {
    switch type {
    case 0x81: go(.columns, 2)
    case 0xD1:
      (place, nothings) = (0, [])
      nextValue()
    case 0xD2:
      place = 0
      go(.bitmap, (columns.count + 7) / 8)
      if columns.isEmpty { nextValue() }
    case 0xFD, 0xFE, 0xFF: go(.done(type), version >= 0x72 ? 12 : 8)
    case 0x79: skip(4)
    case 0x78: skip(8)
    case 0xAC: go(.returned, 3)
    case 0xAA, 0xAB, 0xAD, 0xE3, 0xED, 0xA9, 0xA4, 0xA5: go(.length(type), 2)
    case 0xE4, 0xEE: go(.longLength(type), 4)
    case 0xAE: go(.feature, 1)
    default: lose()
    }
  }

  private mutating func skip(_ count: Int) {
    skipped = count
    next()
  }

  private mutating func beginBody(_ type: UInt8, _ length: Int) {
    switch type {
    case 0xAE:
      skipped = length
      go(.feature, 1)
    case 0xAA where length > 0, 0xE3 where length > 0, 0xAD where length > 0:
      go(.body(type), length)
    default:
      if type == 0xED { hasSSPI = true }
      skip(length)
    }
  }

  private mutating func readBody(_ type: UInt8, _ from: ByteReader) {
    var reader = from
    switch type {
    case 0xAA:
      guard let code = reader.little(4), reader.skip(1), let grade = reader.byte() else { return }
      if error == nil || grade > 10 { error = (code, grade > 10) }
    case 0xAD:
      isAcknowledged = true
      // The version as it is written by servers: the highest byte first.
      guard reader.skip(1), let agreed = reader.byte() else { return }
      if agreed >= 0x70, agreed <= 0x74 { version = Int(agreed) }
      guard reader.skip(3), let size = reader.byte(), let name = reader.take(2 * Int(size)) else {
        return
      }
      server = utf8(ofUTF16: name)
    default:
      guard reader.byte() == 1, let size = reader.byte(), let name = reader.take(2 * Int(size))
      else {
        return
      }
      database = utf8(ofUTF16: name)
    }
  }

  private mutating func readDone(_ type: UInt8, _ bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let status = reader.little(2), reader.skip(2) else { return }
    let count = Int64(reader.little(version >= 0x72 ? 7 : 4) ?? 0)
    // What a procedure ends with repeats its last statement.
    if status & 0x10 != 0, type != 0xFE {
      if hasResult {
        stated = (stated ?? 0).addingReportingOverflow(count).partialValue
      } else {
        affected = (affected ?? 0).addingReportingOverflow(count).partialValue
      }
    }
    hasResult = false
  }

  // MARK: Columns

  private mutating func nextColumn() {
    guard left > 0 else { return next() }
    left -= 1
    go(.column, version >= 0x72 ? 7 : 5)
  }

  private mutating func describe(_ type: UInt8) {
    column = TDSColumn(type: type, version: version)
    guard let column else { return lose() }
    if column.description > 0 { go(.description, column.description) } else { described() }
  }

  private mutating func described() {
    guard let column else { return }
    if isReturn {
      kept = (columns, hasResult)
      columns = [column]
      pendingNames = column.names
      return nextName()
    }
    columns.append(column)
    if column.hasTable, version >= 0x72 { return go(.tables, 1) }
    pendingNames = column.names + (column.hasTable ? [.long] : []) + [.short]
    nextName()
  }

  private mutating func nextName() {
    guard !pendingNames.isEmpty else {
      guard isReturn else { return nextColumn() }
      (place, nothings) = (0, [])
      return nextValue()
    }
    go(.name, pendingNames.removeFirst() == .short ? 1 : 2)
  }

  // MARK: Values

  private mutating func nextValue() {
    while place < columns.count {
      let isNothing = place >> 3 < nothings.count && nothings[place >> 3] >> (place & 7) & 1 == 1
      guard isNothing else { break }
      place += 1
    }
    guard place < columns.count else { return endRow() }
    switch columns[place].shape {
    case .fixed(let count):
      if isReturn, count > 0 { return go(.number, count) }
      skipped = count
      endValue()
    case .byte: go(.value, 1)
    case .short: go(.shortLength, 2)
    case .long: go(.pointed, 4)
    case .chunks: go(.chunksLength, 8)
    case .pointed: go(.pointer, 1)
    }
  }

  private mutating func endValue() {
    place += 1
    // Fixed values follow each other without a step: no value is longer than the memory.
    if skipped > 0, place < columns.count, case .fixed(let count) = columns[place].shape,
      nothings.isEmpty
    {
      skipped += count
      return endValue()
    }
    nextValue()
  }

  private mutating func endRow() {
    if isReturn {
      isReturn = false
      if let kept { (columns, hasResult) = kept }
      kept = nil
    } else {
      rows += 1
    }
    next()
  }

  private mutating func readValue(_ bytes: [UInt8]) {
    let count = number(bytes)
    switch state {
    case .value:
      if isReturn, count > 0, count <= 8 { return go(.number, count) }
      skipped = count
      endValue()
    case .shortLength:
      skipped = count == 0xFFFF ? 0 : count
      endValue()
    case .pointed:
      skipped = count == 0xFFFF_FFFF ? 0 : count
      endValue()
    case .chunksLength:
      if bytes.allSatisfy({ $0 == 0xFF }) { endValue() } else { go(.chunk, 4) }
    case .chunk:
      if count == 0 {
        endValue()
      } else {
        skipped = count
        go(.chunk, 4)
      }
    case .pointer:
      if count == 0 {
        endValue()
      } else {
        skipped = count + 8
        go(.pointed, 4)
      }
    default:
      if returned.count < 16 { returned.append(count) }
      endValue()
    }
  }
}

/// One file that a client has open: what it is, and what was read and written of it.
final class SMBFile {
  struct ID: Hashable {
    var persistent: UInt64
    var volatile: UInt64

    /// What stands for the file that the message before it in a compound has opened.
    var isPrevious: Bool { volatile == .max }
  }

  /// In the order in which they were opened.
  let serial: Int
  let start: Int64
  var session: UInt64
  var tree: UInt32
  /// With its share; `nil`: nobody has seen it opened.
  var path: [UInt8]?
  var isPathCut = false
  var account: [UInt8]?
  var disposition = -1
  var status: UInt32?
  /// What the server has said of its size.
  var size: Int64?
  /// Whether it is a pipe: what goes through it is no file.
  var isPipe = false
  var id: ID?
  private(set) var read = Course()
  private(set) var written = Course()

  /// What went one way.
  struct Course {
    var bytes: Int64 = 0
    var missing: Int64 = 0
    /// Bytes that had gone before.
    fileprivate(set) var repeated: Int64 = 0
    var hasData = false
    /// What of the file has gone, or is missing.
    fileprivate var ranges = ByteRanges()
    /// Whether there was no room to remember a part of it.
    fileprivate var isCrowded = false
    /// How far the counter has read.
    fileprivate var read: Int64 = 0
    fileprivate(set) var counter: RecordCounter?
    /// Where the bytes stand that come now.
    fileprivate var at: Int64 = 0

    /// Whether all bytes of a file of that size have gone.
    func isAll(of size: Int64) -> Bool { size == 0 || ranges.all == [0..<size] }

    /// At most so many records, where parts of lines were read: one more for each part.
    var most: Int64? {
      guard let counter, counter.isByLines, !counter.isAtLeast, missing == 0, !isCrowded else {
        return nil
      }
      return counter.count(isWhole: false).map { $0 + Int64(ranges.all.count) }
    }
  }

  init(serial: Int, start: Int64, session: UInt64, tree: UInt32) {
    self.serial = serial
    self.start = start
    self.session = session
    self.tree = tree
  }

  var held: Int {
    224 + (path?.count ?? 0) + counters * Self.heldByCounter
  }

  static let heldByCounter = 2048

  /// How many count records of it.
  var counters: Int { (read.counter == nil ? 0 : 1) + (written.counter == nil ? 0 : 1) }

  /// Whether its records can be counted: the caller bounds how many are at a time.
  var kind: RecordCounter.Kind? { path.flatMap { RecordCounter.kind(ofFile: $0) } }

  func begin(isRead: Bool, at offset: Int64, counting: Bool) {
    withCourse(isRead) { course in
      course.at = offset
      if !course.hasData, counting, let kind {
        var counter = RecordCounter(kind)
        counter.isFirstPart = offset == 0
        course.counter = counter
        // What is counted by its lines may begin anywhere.
        course.read = counter.isByLines ? 0 : offset
      }
      course.hasData = true
    }
  }

  func receive(_ bytes: UnsafeBufferPointer<UInt8>, isRead: Bool) {
    withCourse(isRead) { course in
      let range = course.take(Int64(bytes.count))
      let fresh = course.ranges.fresh(in: range)
      guard course.ranges.insert(range) else {
        course.bytes += Int64(bytes.count)
        course.isCrowded = true
        course.counter?.lose()
        return
      }
      course.repeated += Int64(bytes.count)
      for part in fresh {
        course.bytes += Int64(part.count)
        course.repeated -= Int64(part.count)
        course.count(
          UnsafeBufferPointer(
            rebasing: bytes[
              Int(part.lowerBound - range.lowerBound)..<Int(part.upperBound - range.lowerBound)
            ]
          ),
          at: part.lowerBound,
          size: isRead ? size : nil
        )
      }
    }
  }

  func miss(_ count: Int64, isRead: Bool) {
    withCourse(isRead) { course in
      let range = course.take(count)
      let fresh = course.ranges.fresh(in: range)
      guard !fresh.isEmpty else { return }
      course.counter?.lose()
      let isKnown = course.ranges.insert(range)
      course.missing += isKnown ? fresh.reduce(0) { $0 + Int64($1.count) } : count
      course.isCrowded = course.isCrowded || !isKnown
    }
  }

  /// The server has not taken what was written, or what was asked for may have come unseen.
  func takeBack(_ count: Int64, at offset: Int64) {
    written.bytes = max(0, written.bytes - count)
    let start = min(offset, ByteRanges.highest)
    written.ranges.remove(start..<start + count)
    written.counter?.lose()
  }

  func doubt(_ count: Int64, isRead: Bool) {
    withCourse(isRead) { course in
      course.missing += count
      course.counter?.lose()
    }
  }

  private func withCourse(_ isRead: Bool, _ body: (inout Course) -> Void) {
    if isRead { body(&read) } else { body(&written) }
  }

  /// What is told of it, or `nil`: nothing went either way, and nothing was refused.
  func record(at time: Int64) -> WireRecord? {
    let isDenied = status.map(SMB.isDenied) ?? false
    guard !isPipe, isDenied || read.bytes + read.missing + written.bytes + written.missing > 0
    else {
      return nil
    }
    var record = WireRecord(.transfer, start: min(start, time), time: time)
    record.account = account
    record.object = path
    record.isTextCut = isPathCut
    if let status {
      record.status = SMB.name(ofStatus: status)
      record.isSuccess = !isDenied
    }
    let isRead = read.bytes + read.missing > 0
    record.operation =
      isDenied
      ? [UInt8]("OPEN" as StaticString)
      : isRead ? [UInt8]("READ" as StaticString) : [UInt8]("WRITE" as StaticString)
    record.missing = read.missing + written.missing
    if let word = SMB.word(ofDisposition: disposition) {
      record.details.append((key: "disposition", value: [UInt8](word)))
    }
    guard !isDenied else { return record }
    record.bytesToClient = read.bytes
    record.bytesToServer = written.bytes
    let repeated = read.repeated + written.repeated
    if repeated > 0 { record.details.append((key: "repeated", value: Array("\(repeated)".utf8))) }
    // As large as it was when it was opened: what is written to it meanwhile is not read whole.
    let isWhole = size.map { read.isAll(of: $0) } ?? false
    if let counter = read.counter, let rows = counter.count(isWhole: isWhole) {
      record.rows = rows
      record.isRowsAtLeast = counter.isAtLeast || !isWhole
      if record.isRowsAtLeast { record.mostRows = read.most }
    }
    if let counter = written.counter, !counter.isAtLeast, let rows = counter.count(isWhole: true) {
      record.rowsToServer = rows
    }
    return record
  }
}

extension SMBFile.Course {
  /// Where the next bytes stand.
  fileprivate mutating func take(_ count: Int64) -> Range<Int64> {
    let start = min(at, ByteRanges.highest)
    at = min(start + count, ByteRanges.highest + Int64(UInt32.max))
    return start..<start + count
  }

  /// Counts bytes that have not gone before: lines in any order, all else from its start on.
  fileprivate mutating func count(
    _ bytes: UnsafeBufferPointer<UInt8>,
    at place: Int64,
    size: Int64?
  ) {
    if place != read {
      if place == 0, counter?.isByLines ?? false {
        counter?.beginFile()
      } else {
        counter?.beginAmidst()
      }
    }
    read = place + Int64(bytes.count)
    counter?.add(bytes)
    if read == size { counter?.noteEnd() }
  }
}

/// Words of Microsoft's for numbers of the protocol.
extension SMB {
  static let accessDenied: UInt32 = 0xC000_0022

  /// STATUS_ACCESS_DENIED, STATUS_PRIVILEGE_NOT_HELD, STATUS_NETWORK_ACCESS_DENIED.
  static func isDenied(_ status: UInt32) -> Bool {
    status == accessDenied || status == 0xC000_0061 || status == 0xC000_00CA
  }

  /// `ok`, else as MS-ERREF numbers it: `0xC0000022`.
  static func name(ofStatus status: UInt32) -> [UInt8] {
    guard status != 0 else { return [UInt8]("ok" as StaticString) }
    var text: [UInt8] = [0x30, 0x78]
    for shift in stride(from: UInt32(28), through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: status >> shift & 15)
      text.append(digit < 10 ? 0x30 + digit : 0x37 + digit)
    }
    return text
  }

  static func word(ofDisposition number: Int) -> StaticString? {
    let words: [StaticString] = [
      "supersede", "open", "create", "open-if", "overwrite", "overwrite-if",
    ]
    return words.indices.contains(number) ? words[number] : nil
  }

  static func word(ofDialect number: Int) -> StaticString? {
    switch number {
    case 0x0202: "2.0.2"
    case 0x0210: "2.1"
    case 0x0300: "3.0"
    case 0x0302: "3.0.2"
    case 0x0311: "3.1.1"
    default: nil
    }
  }
}

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
    var hasData = false
    /// Where what is counted begins and ends.
    fileprivate var begin: Int64 = 0
    fileprivate(set) var next: Int64 = 0
    fileprivate(set) var counter: RecordCounter?
    /// Where the bytes stand that come now.
    fileprivate var at: Int64 = 0
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
        course.begin = offset
        course.next = offset
      }
      course.hasData = true
      // What stands before it has not been counted, and cannot be any more.
      if offset < course.begin { course.counter?.lose() }
      guard offset > course.next else { return }
      course.counter?.lose()
      course.next = offset
    }
  }

  func receive(_ bytes: UnsafeBufferPointer<UInt8>, isRead: Bool) {
    withCourse(isRead) { course in
      course.bytes += Int64(bytes.count)
      // What comes once more was counted.
      let known = Int(clamping: max(0, course.next - course.at))
      course.at += Int64(bytes.count)
      guard known < bytes.count else { return }
      course.next = course.at
      course.counter?.add(UnsafeBufferPointer(rebasing: bytes[known...]))
    }
  }

  func miss(_ count: Int64, isRead: Bool) {
    withCourse(isRead) { course in
      course.missing += count
      course.at += count
      guard course.at > course.next else { return }
      course.next = course.at
      course.counter?.lose()
    }
  }

  /// The server has not taken what was written, or what was asked for may have come unseen.
  func takeBack(_ count: Int64) {
    written.bytes = max(0, written.bytes - count)
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
    // As large as it was when it was opened: what is written to it meanwhile is not read whole.
    let isWhole = size.map { read.next >= $0 } ?? false
    if let counter = read.counter, let rows = counter.count(isWhole: isWhole) {
      record.rows = rows
      record.isRowsAtLeast = counter.isAtLeast || !isWhole
    }
    if let counter = written.counter, !counter.isAtLeast, let rows = counter.count(isWhole: true) {
      record.rowsToServer = rows
    }
    return record
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

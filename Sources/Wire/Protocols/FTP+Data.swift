/// One file of FTP: what its commands say of it, and what its own connection carries.
///
/// It is told once the server has said how it went and its connection is over, whichever comes later.
final class FTPTransfer {
  /// That of the commands.
  let session: Session
  /// Whether the server listens, and the client calls.
  let isPassive: Bool
  private(set) var start: Int64 = -1
  private(set) var isTold = false
  /// Empty: a listing.
  private var operation: [UInt8] = []
  private var object: [UInt8] = []
  private var account: [UInt8]?
  private var status: [UInt8]?
  private var isSuccess: Bool?
  private var hasReply = false
  private var hasData = false
  private var isDataOver = false
  private var isWhole = true
  private var bytes: (toClient: Int64, toServer: Int64) = (0, 0)
  private var missing: Int64 = 0
  private var counter: RecordCounter?

  init(_ session: Session, isPassive: Bool) {
    self.session = session
    self.isPassive = isPassive
  }

  var hasCommand: Bool { start >= 0 }

  func begin(
    _ operation: [UInt8],
    _ object: [UInt8],
    _ account: [UInt8]?,
    _ offset: Int64,
    _ time: Int64
  ) {
    (self.operation, self.object, self.account, start) = (operation, object, account, time)
    guard !operation.isEmpty, let kind = RecordCounter.kind(ofFile: object) else { return }
    var counter = RecordCounter(kind)
    counter.isFirstPart = offset == 0
    // What came before it was known what it is cannot be counted any more.
    if hasData { counter.lose() }
    self.counter = counter
  }

  func end(_ status: [UInt8], isSuccess: Bool, _ time: Int64, _ log: inout WireLog) {
    (self.status, self.isSuccess, hasReply) = (status, isSuccess, true)
    if hasData, isDataOver { tell(time, &log) }
  }

  /// Nothing of it has come by now.
  func settle(_ time: Int64, _ log: inout WireLog) {
    if hasReply, !hasData { tell(time, &log) }
  }

  /// The session of its commands is over, or goes on to another file.
  func abandon(_ time: Int64, _ log: inout WireLog) {
    hasReply = true
    if !hasData || isDataOver { tell(time, &log) }
  }

  func receive(_ bytes: UnsafeBufferPointer<UInt8>, isToClient: Bool) {
    hasData = true
    if isToClient {
      self.bytes.toClient += Int64(bytes.count)
    } else {
      self.bytes.toServer += Int64(bytes.count)
    }
    counter?.add(bytes)
  }

  func miss(_ count: Int64) {
    hasData = true
    missing += count
    counter?.lose()
  }

  func endData(_ end: SessionEnd, _ time: Int64, _ log: inout WireLog) {
    guard !isDataOver else { return }
    (hasData, isDataOver) = (true, true)
    isWhole = end == .finished
    if hasReply { tell(time, &log) }
  }

  private func tell(_ time: Int64, _ log: inout WireLog) {
    guard !isTold, hasCommand else { return }
    isTold = true
    guard !operation.isEmpty else { return }
    var record = WireRecord(.transfer, start: min(start, time), time: time)
    record.account = account
    record.operation = operation
    record.object = object
    record.status = status
    record.isSuccess = isSuccess
    record.missing = missing
    if hasData {
      record.bytesToClient = bytes.toClient
      record.bytesToServer = bytes.toServer
    }
    if hasData, let counter, let rows = counter.count(isWhole: isWhole) {
      if operation.isText("RETR") {
        record.rows = rows
        record.isRowsAtLeast = counter.isAtLeast || !isWhole
      } else if !counter.isAtLeast, isWhole {
        record.rowsToServer = rows
      }
    }
    log.write(record, of: session, FTP.name)
  }
}

/// The connection of a file.
final class FTPData: SessionParser {
  static let name = "ftp-data"

  private let transfer: FTPTransfer?
  /// Which end sends what goes to the client of FTP.
  private let sender: Side

  /// Only what was announced is one.
  static func recognise(_ opening: Opening) -> Recognition { .no }

  init(_ session: Session) { (transfer, sender) = (nil, .server) }

  init(_ session: Session, _ transfer: FTPTransfer, toClient sender: Side) {
    self.transfer = transfer
    self.sender = sender
  }

  func receive(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog) {
    bytes.withUnsafeBufferPointer { transfer?.receive($0, isToClient: side == sender) }
  }

  func miss(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog) {
    transfer?.miss(count)
  }

  func close(_ end: SessionEnd, at time: Int64, into log: inout WireLog) {
    transfer?.endData(end, time, &log)
  }
}

/// Cuts a side of a session into messages that state their length: what is wanted of one is kept, the rest counted.
///
/// The header is at most eight bytes. Holds what was asked to be kept and no more, however the bytes are cut.
struct FrameReader {
  enum Step {
    /// All bytes are taken.
    case wait
    /// `head` is whole; `begin` must follow.
    case header
    /// A part of a body that is streamed.
    case piece(Range<Int>)
    /// The body is over.
    case end
  }

  /// What missing bytes did.
  enum Loss {
    /// They lay within a body.
    case within
    /// They lay within a body and end it.
    case ends
    /// Nobody knows where the next message begins.
    case lost
  }

  var headerSize: Int
  /// The header, its last byte in the lowest bits.
  private(set) var head: UInt64 = 0
  private var headCount = 0
  private var isInBody = false
  /// Bytes of the body that are still to come.
  private(set) var left = 0
  /// The whole body, in bytes.
  private(set) var length = 0
  private(set) var kept: [UInt8] = []
  private var keepLimit = 0
  private var isStreamed = false
  /// Whether bytes of this body are missing: `kept` ends where they would have stood.
  private(set) var isHoled = false

  init(headerSize: Int) {
    self.headerSize = headerSize
  }

  /// Whether the next byte is the first of a message.
  var isIdle: Bool { !isInBody && headCount == 0 }

  mutating func next(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> Step {
    guard isInBody else {
      while headCount < headerSize {
        guard at < bytes.count else { return .wait }
        head = head << 8 | UInt64(bytes[at])
        at += 1
        headCount += 1
      }
      return .header
    }
    if left == 0 {
      finish()
      return .end
    }
    guard at < bytes.count else { return .wait }
    let range = at..<at + min(left, bytes.count - at)
    at = range.upperBound
    left -= range.count
    let room = min(keepLimit - kept.count, range.count)
    if room > 0 {
      kept.append(contentsOf: bytes[range.lowerBound..<range.lowerBound + room])
    }
    if isStreamed { return .piece(range) }
    guard left == 0 else { return .wait }
    finish()
    return .end
  }

  /// What the header says of the body: its bytes, how many to keep, whether its parts are asked for.
  mutating func begin(length: Int, keep: Int = 0, isStreamed: Bool = false) {
    isInBody = true
    self.length = length
    left = length
    keepLimit = keep
    self.isStreamed = isStreamed
    isHoled = false
    kept.removeAll(keepingCapacity: kept.capacity <= 4096)
  }

  mutating func miss(_ count: Int64) -> Loss {
    guard isInBody, count <= Int64(left) else {
      reset()
      return .lost
    }
    left -= Int(count)
    isHoled = true
    keepLimit = 0
    guard left == 0 else { return .within }
    finish()
    return .ends
  }

  /// Forgets what it was in.
  mutating func reset() {
    finish()
    kept.removeAll()
  }

  private mutating func finish() {
    isInBody = false
    headCount = 0
    head = 0
    left = 0
  }
}

/// Cuts one frame into the messages it holds (a compound holds several): of each the head is kept, the data of a
/// read or write pass by.
///
///     FE 'SMB' | 60 bytes of header | fixed part | names, or data | padding | FE 'SMB' …
struct SMBMessage {
  /// What is read of a header.
  struct Header {
    var status: UInt32
    var command: UInt16
    var flags: UInt32
    var number: UInt64
    var tree: UInt32
    var session: UInt64

    var isResponse: Bool { flags & 1 != 0 }
    /// Not answered yet: the answer comes later, by the same number.
    var isInterim: Bool { status == 0x103 && flags & 2 != 0 }
    var isRelated: Bool { flags & 4 != 0 }
  }

  static let headerSize = 64
  private(set) var kept: [UInt8] = []
  private(set) var header: Header?
  private(set) var wanted = 0
  /// Bytes of this message that have passed, and all of them.
  private(set) var at = 0
  private(set) var length = 0
  /// Bytes of the frame from this message on.
  private var left = 0
  /// The rest of the frame cannot be read.
  private(set) var isBlind = true
  /// Whose data pass by, and where they stand in the message.
  var file: SMBFile?
  var data = 0..<0

  /// A frame of which the first four bytes have been read.
  mutating func begin(frame: Int) {
    self = SMBMessage()
    left = frame
    isBlind = frame < Self.headerSize
    start([0xFE, 0x53, 0x4D, 0x42])
  }

  private mutating func start(_ bytes: [UInt8]) {
    (kept, at, header, wanted, length) = (bytes, bytes.count, nil, Self.headerSize, left)
    (file, data) = (nil, 0..<0)
  }

  /// Goes on to the next message of the frame.
  private mutating func next() {
    left -= length
    isBlind = left < Self.headerSize
    start([])
  }

  enum Step {
    case wait
    /// The header is whole: `keep` must follow.
    case header(Header)
    /// All that is kept has come.
    case head
    /// A part of the data.
    case piece(Range<Int>)
  }

  mutating func step(_ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> Step {
    while !isBlind {
      if kept.count < wanted {
        guard place < bytes.count else { return .wait }
        let count = min(wanted - kept.count, bytes.count - place)
        kept.append(contentsOf: bytes[place..<place + count])
        place += count
        at += count
        guard kept.count == wanted else { return .wait }
        guard header == nil else { return .head }
        guard let header = readHeader() else {
          isBlind = true
          break
        }
        self.header = header
        return .header(header)
      }
      guard at < length else {
        next()
        continue
      }
      guard place < bytes.count else { return .wait }
      // Up to the data, in it, and past it.
      let bound =
        at < data.lowerBound ? data.lowerBound : at < data.upperBound ? data.upperBound : length
      let range = place..<place + min(min(bound, length) - at, bytes.count - place)
      let isData = data.contains(at)
      at += range.count
      place = range.upperBound
      if isData { return .piece(range) }
    }
    place = bytes.count
    return .wait
  }

  /// How many bytes of the message to keep; `false`: no more than have come.
  mutating func keep(_ count: Int) -> Bool {
    wanted = max(Self.headerSize, min(count, length))
    return kept.count < wanted
  }

  private mutating func readHeader() -> Header? {
    guard kept.starts(with: [0xFE, 0x53, 0x4D, 0x42, 64, 0]) else { return nil }
    var reader = ByteReader(kept, at: 8)
    guard let status = reader.little(4), let command = reader.little(2), reader.skip(2),
      let flags = reader.little(4), let next = reader.little(4), let number = reader.number8(),
      reader.skip(4), let tree = reader.little(4), let session = reader.number8()
    else { return nil }
    if next > 0 {
      guard next >= Self.headerSize, next <= left else { return nil }
      length = next
    }
    return Header(
      status: UInt32(truncatingIfNeeded: status),
      command: UInt16(truncatingIfNeeded: command),
      flags: UInt32(truncatingIfNeeded: flags),
      number: number,
      tree: UInt32(truncatingIfNeeded: tree),
      session: session
    )
  }

  /// Bytes of the frame are missing; the rest of it can be read only where they are data.
  mutating func miss(_ count: Int64, isRead: Bool) {
    guard !isBlind, count > 0 else { return }
    guard header != nil, kept.count == wanted else {
      isBlind = true
      return
    }
    let end = at + Int(clamping: min(count, Int64(length - at)))
    let lost = max(0, min(end, data.upperBound) - max(at, data.lowerBound))
    if lost > 0 { file?.miss(Int64(lost), isRead: isRead) }
    isBlind = Int64(length - at) < count
    at = end
  }
}

extension ByteReader {
  /// Eight bytes, the first the lowest.
  mutating func number8() -> UInt64? {
    guard let low = little(4), let high = little(4) else { return nil }
    return UInt64(high) << 32 | UInt64(low)
  }

  mutating func fileID() -> SMBFile.ID? {
    guard let persistent = number8(), let volatile = number8() else { return nil }
    return SMBFile.ID(persistent: persistent, volatile: volatile)
  }
}

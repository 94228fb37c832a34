/// Several sessions in one (MARS): each is read as a session of its own, by whom the connection's log-in let in.
///
///     0x53 | flags: 1 SYN, 2 ACK, 4 FIN, 8 DATA | session: 2 | length, itself included: 4 | sequence: 4 | window: 4 | TDS
///
/// Source: Microsoft, MC-SMP, 2.2.1.
extension TDS {
  /// Sessions within one connection that are read; what others say is counted as not read.
  private static let channelLimit = 32
  private static let channelHeader = 16

  /// A frame that is read: whose it is, and what of its header is still to come.
  struct Frame {
    var channel: UInt16
    var header = 8
    var isData: Bool
    var isEnd: Bool
  }

  /// What nobody has read of the connection.
  struct Unread {
    var toClient: Int64 = 0
    var toServer: Int64 = 0
    var missing: Int64 = 0
    var since: Int64?

    mutating func add(_ count: Int, from side: Side, at time: Int64) {
      if since == nil { since = time }
      if side == .client { toServer += Int64(count) } else { toClient += Int64(count) }
    }
  }

  /// Whether eight bytes begin a frame.
  static func frame(_ head: UInt64) -> (flags: UInt8, channel: UInt16, length: Int)? {
    let flags = UInt8(truncatingIfNeeded: head >> 48)
    let channel = UInt16(truncatingIfNeeded: head >> 32).byteSwapped
    let length = Int(UInt32(truncatingIfNeeded: head).byteSwapped)
    let isData = flags == 8
    guard head >> 56 == 0x53, isData || flags == 1 || flags == 2 || flags == 4,
      isData ? length > channelHeader && length <= 1 << 20 : length == channelHeader
    else { return nil }
    return (flags, channel, length)
  }

  static func judgeFrame(_ bytes: UnsafeBufferPointer<UInt8>) -> BoundaryFinder.Verdict {
    guard bytes.count >= channelHeader else { return .undecided }
    return frame(bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }) == nil ? .no : .yes
  }

  func beginFrame(_ lane: inout Lane, _ side: Side, _ time: Int64, _ log: inout WireLog) -> Bool {
    guard let found = Self.frame(lane.frame.head) else { return false }
    if found.flags == 1, side == .client { open(found.channel, time, isFromStart: true, &log) }
    if found.flags == 8, channels[found.channel] == nil {
      open(found.channel, time, isFromStart: false, &log)
    }
    lane.channel = Frame(channel: found.channel, isData: found.flags == 8, isEnd: found.flags == 4)
    lane.frame.begin(length: found.length - 8, isStreamed: true)
    return true
  }

  private func open(
    _ number: UInt16,
    _ time: Int64,
    isFromStart: Bool,
    _ log: inout WireLog
  ) {
    channels[number]?.close(.finished, at: time, into: &log)
    guard channels[number] != nil || channels.count < Self.channelLimit else { return }
    var session = session
    session.isFromStart = isFromStart
    let channel = TDS(session)
    (channel.account, channel.database, channel.program) = (account, database, program)
    (channel.host, channel.version) = (host, version)
    channels[number] = channel
  }

  func takeFrame(
    _ bytes: UnsafeBufferPointer<UInt8>.SubSequence,
    _ frame: inout Frame,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    let head = min(frame.header, bytes.count)
    frame.header -= head
    let rest = UnsafeBufferPointer(rebasing: bytes.dropFirst(head))
    guard !rest.isEmpty else { return }
    guard let channel = channels[frame.channel] else {
      unread.add(rest.count, from: side, at: time)
      return
    }
    channel.receive(rest.span, from: side, at: time, into: &log)
  }

  func missFrame(
    _ count: Int64,
    _ frame: inout Frame,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    let head = min(frame.header, Int(clamping: count))
    frame.header -= head
    guard count > Int64(head) else { return }
    channels[frame.channel]?.miss(count - Int64(head), from: side, at: time, into: &log)
  }

  func endFrame(_ frame: Frame, _ side: Side, _ time: Int64, _ log: inout WireLog) {
    guard frame.isEnd, side == .server else { return }
    channels.removeValue(forKey: frame.channel)?.close(.finished, at: time, into: &log)
  }

  /// Frames are missing, nobody knows whose: no session knows any more where it stands.
  func strayChannels(_ side: Side) {
    for channel in channels.values { channel.stray(side) }
  }

  func closeChannels(_ end: SessionEnd, _ time: Int64, _ log: inout WireLog) {
    for (_, channel) in channels.sorted(by: { $0.key < $1.key }) {
      channel.close(end, at: time, into: &log)
    }
    channels = [:]
    guard let since = unread.since else { return }
    var record = WireRecord(.session, start: min(since, time), time: time)
    record.operation = Array("UNREAD")
    (record.bytesToClient, record.bytesToServer) = (unread.toClient, unread.toServer)
    record.missing = unread.missing
    unread = Unread()
    write(record, &log)
  }
}

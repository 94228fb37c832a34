/// What one end of a flow has sent.
struct Lane: BitwiseCopyable {
  /// Payload since the last record, what the capture lacks of it included.
  var bytes: Int64 = 0
  /// From the network layer on.
  var wire: Int64 = 0
  var packets: UInt32 = 0
  /// The sequence number that comes next.
  var next: UInt32 = 0
  /// As far as its bytes must have come: confirmed by the other end, or followed by its FIN.
  var mark: UInt32 = 0
  var isKnown = false
  var isFinished = false
  /// Whether any packet of it was captured.
  var isHeard = false
  /// Segments in a row that belong nowhere.
  var strays: UInt8 = 0
}

/// One flow: two ends and a protocol.
struct Flow: BitwiseCopyable {
  /// The lesser of the two ends is the first.
  var key: FlowKey
  var hash: UInt32
  /// Index of its `Stream`, and 1; 0: none.
  var stream: UInt32 = 0
  var number: Int
  /// Of its first packet at all.
  var start: Int64
  /// Of the first and last packet since the last record.
  var first: Int64
  var last: Int64
  var lanes = InlineArray<2, Lane>(repeating: Lane())
  var missing: Int64 = 0
  /// The client's first sequence number.
  var initial: UInt32 = 0
  var newer: UInt32 = FlowTable.none
  var older: UInt32 = FlowTable.none
  /// Index of its protocol among those that are read, and 1; 0: none.
  var parser: UInt8 = 0
  /// Which of the two ends is the client.
  var client: UInt8 = 0
  var queue: FlowTable.Queue
  var end: SessionEnd.Code = .endOfCapture
  var isFromStart = false
  /// No parser will read it.
  var isDecided = false
  var isInUse = true
  /// Segments of it wait for those before them.
  var isWaiting = false
  /// Whether both ends have said so, or one by a RST that stands where it must.
  var isOver = false
  /// A SYN has come into it that nobody has answered.
  var isClaimed = false

  func side(_ lane: Int) -> Side { lane == Int(client) ? .client : .server }
}

extension SessionEnd {
  /// In one byte.
  enum Code: UInt8, BitwiseCopyable { case finished, reset, idle, displaced, endOfCapture, open }
}

/// Two ends, the lesser first, and the protocol of their packets.
struct FlowKey: BitwiseCopyable {
  var firstHigh: UInt64
  var firstLow: UInt64
  var secondHigh: UInt64
  var secondLow: UInt64
  var firstPort: UInt16
  var secondPort: UInt16
  var transport: UInt8
  var isVersion4: Bool

  static func == (left: FlowKey, right: FlowKey) -> Bool {
    left.firstLow == right.firstLow && left.secondLow == right.secondLow
      && left.firstPort == right.firstPort && left.secondPort == right.secondPort
      && left.transport == right.transport && left.isVersion4 == right.isVersion4
      && left.firstHigh == right.firstHigh && left.secondHigh == right.secondHigh
  }

  func endpoint(_ lane: Int) -> Endpoint {
    let (high, low) = lane == 0 ? (firstHigh, firstLow) : (secondHigh, secondLow)
    let address =
      isVersion4
      ? InternetAddress(version4: UInt32(truncatingIfNeeded: low))
      : InternetAddress(high: high, low: low)
    return Endpoint(address: address, port: lane == 0 ? firstPort : secondPort)
  }

  @inline(__always)
  func hash(_ seed: UInt64) -> UInt32 {
    let ports = UInt64(firstPort) << 32 | UInt64(secondPort) << 16 | UInt64(transport)
    var product = (firstLow ^ seed).multipliedFullWidth(by: secondLow ^ 0x9E37_79B9_7F4A_7C15)
    var mixed = product.high ^ product.low ^ ports
    if !isVersion4 {
      product = (firstHigh ^ mixed).multipliedFullWidth(by: secondHigh ^ 0xD6E8_FEB8_6659_FD93)
      mixed ^= product.high ^ product.low
    }
    product = (mixed ^ seed).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return UInt32(truncatingIfNeeded: product.high ^ product.low)
  }
}

/// The life of flows: begun, told in parts, ended.
extension PacketEngine {
  mutating func begin(
    _ key: FlowKey,
    _ hash: UInt32,
    client: Int,
    queue: FlowTable.Queue
  ) -> UInt32 {
    if flows.count >= flows.limit { displaceOldest() }
    begun += 1
    var flow = Flow(
      key: key,
      hash: hash,
      number: begun,
      start: time,
      first: time,
      last: time,
      queue: queue
    )
    flow.client = UInt8(client)
    flow.isDecided = parsers.isEmpty || key.transport != 6
    return flows.insert(flow)
  }

  private mutating func displaceOldest() {
    // What is over has only stragglers to come.
    var index = flows.oldest(.closed)
    if index == FlowTable.none {
      let (connected, other) = (flows.oldest(.connected), flows.oldest(.connectionless))
      if connected == FlowTable.none {
        index = other
      } else if other == FlowTable.none {
        index = connected
      } else {
        index =
          flows.flows[Int(other)].last <= flows.flows[Int(connected)].last ? other : connected
      }
      flows.flows[Int(index)].end = .displaced
      facts.displacedFlows += 1
    }
    end(index)
  }

  /// Ends what has been silent for too long.
  @inline(__always)
  mutating func expire() {
    expire(.closed, limits.linger, nil)
    expire(.connectionless, limits.idleConnectionless, .idle)
    expire(.connected, limits.idleConnected, .idle)
  }

  @inline(__always)
  private mutating func expire(
    _ queue: FlowTable.Queue,
    _ limit: Int64,
    _ code: SessionEnd.Code?
  ) {
    while true {
      let index = flows.oldest(queue)
      guard index != FlowTable.none, time &- flows.flows[Int(index)].last > limit else { return }
      if let code { flows.flows[Int(index)].end = code }
      end(index)
    }
  }

  /// The hour is over: the parts of what goes on are told from now on.
  mutating func pass(to time: Int64) {
    if nextPart != .min {
      facts.tell(into: &log, fragments: &fragments)
      // What was not told of the hour before is told with this one.
      parts = 0..<flows.used
      tellParts(Self.atOnce)
    }
    let part = max(1, limits.part)
    nextPart = (time / part + 1) * part
  }

  /// Flows whose parts are told when the hour is over; of more, so many with each packet.
  private static let atOnce = 16_384
  static let withEach = 16

  /// Tells the parts of so many flows more.
  mutating func tellParts(_ most: Int) {
    let end = min(parts.upperBound, parts.lowerBound + most)
    for index in parts.lowerBound..<end where flows.flows[index].isInUse {
      tell(UInt32(index), .open)
    }
    parts = end..<parts.upperBound
  }

  /// A flow is over: what it still lacks is missing, and its record is written.
  mutating func end(_ index: UInt32) {
    let flow = flows.flows + Int(index)
    if flow.pointee.isClaimed { refuse(index) }
    for lane in 0..<2 { conclude(index, lane) }
    if flow.pointee.stream != 0 { detach(index) }
    tell(index, flow.pointee.end)
    flows.remove(index)
  }

  private mutating func conclude(_ index: UInt32, _ lane: Int) {
    let flow = flows.flows + Int(index)
    while flow.pointee.stream != 0, !streams[flow.pointee.stream - 1].pending[lane].isEmpty {
      skipGap(index, lane)
    }
    let (ours, other) = (flow.pointee.lanes[lane], flow.pointee.lanes[1 - lane])
    var gap = Int32(bitPattern: ours.mark &- ours.next)
    // One alone, and the last where the other end was done, is the number of a FIN nobody has captured.
    if gap == 1 || other.isFinished && !ours.isFinished { gap -= 1 }
    if gap > 0 { miss(index, lane, UInt32(gap)) }
  }

  /// The parser tells what is open, and is gone.
  mutating func detach(_ index: UInt32) {
    let flow = flows.flows + Int(index)
    let number = flow.pointee.stream - 1
    let stream = streams[number]
    stream.close(SessionEnd(flow.pointee.end), at: flow.pointee.last, parsers, into: &log)
    note(stream, flow)
    streams.remove(number)
    flow.pointee.stream = 0
    flow.pointee.isWaiting = false
    flow.pointee.isDecided = true
  }

  /// A stream that nobody reads is kept only for what waits in it.
  mutating func release(_ index: UInt32) {
    let flow = flows.flows + Int(index)
    let number = flow.pointee.stream - 1
    flow.pointee.isDecided = true
    guard !streams[number].hasPending else { return }
    streams.remove(number)
    flow.pointee.stream = 0
  }

  /// Gives a flow a stream: its bytes are looked at, or wait for others.
  mutating func attach(_ index: UInt32) {
    let flow = flows.flows + Int(index)
    let client = Int(flow.pointee.client)
    var session = Session(
      number: flow.pointee.number,
      transport: .tcp,
      client: flow.pointee.key.endpoint(client),
      server: flow.pointee.key.endpoint(1 - client),
      start: flow.pointee.start,
      isFromStart: flow.pointee.isFromStart
    )
    session.keys = keys
    session.users = users
    session.objects = objects
    let stream = Stream(session, flow: index)
    if flow.pointee.isDecided {
      stream.giveUp()
    } else if !announced.isEmpty, let parser = announced.take(session, at: time) {
      stream.adopt(parser)
    }
    flow.pointee.stream = streams.insert(stream) + 1
  }

  /// Remembers which protocol was recognised.
  func note(_ stream: Stream, _ flow: UnsafeMutablePointer<Flow>) {
    guard !stream.isUndecided else { return }
    flow.pointee.isDecided = true
    guard flow.pointee.parser == 0, let name = stream.protocolName,
      let found = names.firstIndex(of: name)
    else { return }
    flow.pointee.parser = UInt8(clamping: found + 1)
  }

  /// Until all streams hold no more than they may: the oldest are no longer read.
  ///
  /// Called once a packet, when all that it came to is done: `streams.held` may pass the limit by what one packet brought.
  mutating func makeRoom() {
    while streams.held > limits.held {
      let oldest = streams.oldest
      guard oldest != streams.newest else { return }
      let index = streams[oldest].flow
      let flow = flows.flows + Int(index)
      facts.displacedStreams += 1
      let end = flow.pointee.end
      flow.pointee.end = .displaced
      for lane in 0..<2 {
        while flow.pointee.stream != 0, !streams[oldest].pending[lane].isEmpty {
          skipGap(index, lane)
        }
      }
      if flow.pointee.stream != 0 { detach(index) }
      flow.pointee.end = end
    }
  }

  /// The capture is over: tells some of what is open; `false`: all was told.
  mutating func finishSome() -> Bool {
    if open == nil {
      fragments.finish()
      var found: [UInt32] = []
      for index in 0..<flows.used where flows.flows[index].isInUse { found.append(UInt32(index)) }
      found.sort { flows.flows[Int($0)].number > flows.flows[Int($1)].number }
      open = found
    }
    for _ in 0..<Self.atOnce / 16 {
      guard let index = open?.popLast() else {
        facts.tell(into: &log, fragments: &fragments)
        facts.tellSum(begun, into: &log)
        return false
      }
      end(index)
    }
    return true
  }

  // MARK: Records

  /// Writes what a flow has carried since the last record, and begins to count anew.
  private mutating func tell(_ index: UInt32, _ end: SessionEnd.Code) {
    let flow = flows.flows + Int(index)
    guard flow.pointee.lanes[0].packets | flow.pointee.lanes[1].packets != 0 else { return }
    let name = flow.pointee.parser != 0 ? names[Int(flow.pointee.parser) - 1] : nil
    log.writeFlow(flow, name, end)
    for lane in 0..<2 {
      flow.pointee.lanes[lane].bytes = 0
      flow.pointee.lanes[lane].wire = 0
      flow.pointee.lanes[lane].packets = 0
    }
    flow.pointee.missing = 0
    // Until a packet comes.
    flow.pointee.first = .max
  }
}

extension SessionEnd {
  init(_ code: Code) {
    switch code {
    case .finished: self = .finished
    case .reset: self = .reset
    case .idle: self = .idle
    case .displaced: self = .displaced
    case .endOfCapture, .open: self = .endOfCapture
    }
  }

  static func word(_ code: Code) -> StaticString {
    switch code {
    case .finished: "finished"
    case .reset: "reset"
    case .idle: "idle"
    case .displaced: "displaced"
    case .endOfCapture: "end-of-capture"
    case .open: "open"
    }
  }
}

extension FlowKey {
  /// The protocol of a flow that no parser reads, as IANA numbers them.
  static func put(name transport: UInt8, into line: inout LineWriter) {
    switch transport {
    case 1: line.put("icmp")
    case 2: line.put("igmp")
    case 4: line.put("ipip")
    case 6: line.put("tcp")
    case 17: line.put("udp")
    case 41: line.put("6in4")
    case 47: line.put("gre")
    case 50: line.put("esp")
    case 51: line.put("ah")
    case 58: line.put("icmp6")
    case 132: line.put("sctp")
    default:
      line.put("ip-")
      line.put(Int64(transport))
    }
  }
}

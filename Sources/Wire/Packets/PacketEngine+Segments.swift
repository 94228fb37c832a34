/// Segments of TCP to streams of bytes.
///
/// Source: RFC 9293; sequence numbers are compared modulo 2³².
extension PacketEngine {
  /// Further ahead no window reaches: RFC 7323, section 2.3.
  private static let window: Int32 = 1 << 30
  /// So many segments in a row that belong nowhere tell where the session has gone.
  private static let strays: UInt8 = 3

  struct Segment {
    var sequence: UInt32
    var acknowledged: UInt32
    var flags: UInt8
    var bytes: PacketBytes
    var length: Int

    var isSyn: Bool { flags & 2 != 0 }
    var isFin: Bool { flags & 1 != 0 }
    var isReset: Bool { flags & 4 != 0 }
    var hasAcknowledged: Bool { flags & 16 != 0 }
  }

  @inline(__always)
  mutating func segment(
    _ key: FlowKey,
    _ hash: UInt32,
    _ found: UInt32,
    _ lane: Int,
    _ payload: Payload
  ) {
    let header = payload.bytes
    let size = Int(header[12] >> 4) * 4
    let isWhole = size >= 20 && size <= payload.length
    let segment = Segment(
      sequence: header.word32(4),
      acknowledged: header.word32(8),
      flags: header[13],
      bytes: isWhole && header.count > size ? header.dropping(size) : header.dropping(header.count),
      length: isWhole ? payload.length - size : 0
    )
    if !isWhole { facts.malformed(Int(payload.wire)) }
    var index = found
    var claim: SessionClaim?
    if index != FlowTable.none, segment.isSyn || flows.flows[Int(index)].isClaimed {
      switch judge(index, lane, segment, payload) {
      case .goesOn: break
      case .setAside: return
      case .another(let answered):
        end(index)
        (index, claim) = (FlowTable.none, answered)
      }
    }
    if index == FlowTable.none { index = begin(key, hash, lane, segment) }
    if let claim { adopt(claim, index) }
    let flow = flows.flows + Int(index)
    count(index, lane, payload, 0)
    if segment.isSyn { open(flow, lane, segment) }
    if segment.hasAcknowledged { acknowledge(flow, 1 - lane, segment.acknowledged) }
    if segment.length > 0 || segment.isFin { take(index, lane, segment) }
    if segment.isReset { reset(index, lane, segment) }
    if flow.pointee.isWaiting { settle(index) }
    // Here and nowhere else: whoever makes room hands on what waits, and must not come to make room within that.
    if streams.held > limits.held { makeRoom() }
  }

  private mutating func reset(_ index: UInt32, _ lane: Int, _ segment: Segment) {
    let flow = flows.flows + Int(index)
    guard flow.pointee.queue == .connected else { return }
    flow.pointee.end = .reset
    // One that stands elsewhere may be anybody's: RFC 5961, section 3.
    let known = flow.pointee.lanes[lane]
    flow.pointee.isOver = !known.isKnown || segment.sequence == known.next
    flows.move(index, to: .closed)
  }

  private mutating func begin(
    _ key: FlowKey,
    _ hash: UInt32,
    _ lane: Int,
    _ segment: Segment
  ) -> UInt32 {
    let client: Int
    if segment.isSyn {
      client = segment.hasAcknowledged ? 1 - lane : lane
    } else {
      let ports = (key.firstPort, key.secondPort)
      client = guessClient(lane, lane == 0 ? ports : (ports.1, ports.0))
    }
    let index = begin(key, hash, client: client, queue: .connected)
    if segment.isSyn, !segment.hasAcknowledged {
      flows.flows[Int(index)].isFromStart = true
      flows.flows[Int(index)].initial = segment.sequence
    }
    return index
  }

  private func open(_ flow: UnsafeMutablePointer<Flow>, _ lane: Int, _ segment: Segment) {
    guard !flow.pointee.lanes[lane].isKnown else { return }
    flow.pointee.lanes[lane].isKnown = true
    flow.pointee.lanes[lane].next = segment.sequence &+ 1
    flow.pointee.lanes[lane].mark = segment.sequence &+ 1
  }

  /// What one end confirms has been sent by the other, whether it was captured or not.
  @inline(__always)
  private func acknowledge(_ flow: UnsafeMutablePointer<Flow>, _ lane: Int, _ number: UInt32) {
    guard flow.pointee.lanes[lane].isKnown else {
      flow.pointee.lanes[lane].isKnown = true
      flow.pointee.lanes[lane].next = number
      flow.pointee.lanes[lane].mark = number
      return
    }
    let step = Int32(bitPattern: number &- flow.pointee.lanes[lane].mark)
    if step > 0, step < Self.window { flow.pointee.lanes[lane].mark = number }
  }

  @inline(__always)
  private mutating func take(_ index: UInt32, _ lane: Int, _ segment: Segment) {
    let flow = flows.flows + Int(index)
    // Data with a SYN stand behind its number.
    let sequence = segment.isSyn ? segment.sequence &+ 1 : segment.sequence
    if !flow.pointee.lanes[lane].isKnown {
      flow.pointee.lanes[lane].isKnown = true
      flow.pointee.lanes[lane].next = sequence
      flow.pointee.lanes[lane].mark = sequence
    }
    if segment.length > 0, flow.pointee.queue == .closed, flow.pointee.end == .reset {
      // Bytes follow: whoever reset it was not believed.
      flow.pointee.end = .endOfCapture
      flow.pointee.isOver = false
      flows.move(index, to: .connected)
    }
    if segment.length > 0, !flow.pointee.isDecided, flow.pointee.stream == 0 { attach(index) }
    let step = Int32(bitPattern: sequence &- flow.pointee.lanes[lane].next)
    if step == 0 {
      flow.pointee.lanes[lane].strays = 0
      deliver(index, lane, segment.bytes, segment.length, isLast: segment.isFin)
      if flow.pointee.isWaiting { drain(index, lane) }
    } else {
      misplaced(index, lane, segment, sequence, step)
    }
    finish(index)
  }

  /// A segment that comes too early, again, or belongs nowhere.
  @inline(never)
  private mutating func misplaced(
    _ index: UInt32,
    _ lane: Int,
    _ segment: Segment,
    _ sequence: UInt32,
    _ step: Int32
  ) {
    let flow = flows.flows + Int(index)
    let isFar = step > Self.window || step < -Self.window
    guard !isFar else {
      facts.strays += 1
      flow.pointee.lanes[lane].strays += 1
      if flow.pointee.lanes[lane].strays >= Self.strays {
        miss(index, lane, sequence &- flow.pointee.lanes[lane].next)
        flow.pointee.lanes[lane].mark = flow.pointee.lanes[lane].next
        flow.pointee.lanes[lane].strays = 0
        deliver(index, lane, segment.bytes, segment.length, isLast: segment.isFin)
      }
      return
    }
    flow.pointee.lanes[lane].strays = 0
    if step > 0 {
      keep(index, lane, segment, sequence)
      return
    }
    let old = Int(step.magnitude)
    guard old < segment.length || old == segment.length && segment.isFin else {
      if segment.length > 0 { facts.repeated += 1 }
      return
    }
    let bytes = segment.bytes.dropping(min(old, segment.bytes.count))
    deliver(index, lane, bytes, segment.length - old, isLast: segment.isFin)
    if flow.pointee.isWaiting { drain(index, lane) }
  }

  /// Keeps a segment that came before those in front of it.
  private mutating func keep(
    _ index: UInt32,
    _ lane: Int,
    _ segment: Segment,
    _ sequence: UInt32
  ) {
    let flow = flows.flows + Int(index)
    if flow.pointee.stream == 0 { attach(index) }
    let stream = streams[flow.pointee.stream - 1]
    let next = flow.pointee.lanes[lane].next
    func distance(_ other: UInt32) -> Int32 { Int32(bitPattern: other &- next) }
    var place = stream.pending[lane].count
    while place > 0, distance(stream.pending[lane][place - 1].sequence) > distance(sequence) {
      place -= 1
    }
    let end = sequence &+ UInt32(segment.length) &+ (segment.isFin ? 1 : 0)
    if place > 0 {
      let before = stream.pending[lane][place - 1]
      let reached = before.sequence &+ before.length
      if distance(reached) >= distance(end) {
        facts.repeated += 1
        return
      }
    }
    facts.early += 1
    var bytes: [UInt8] = []
    if stream.wantsBytes, segment.bytes.count > 0 {
      bytes = Array(UnsafeRawBufferPointer(start: segment.bytes.base, count: segment.bytes.count))
    }
    stream.pendingBytes[lane] += bytes.count
    let kept = Stream.Segment(
      sequence: sequence,
      count: UInt32(segment.length),
      bytes: bytes,
      captured: UInt32(segment.bytes.count),
      isLast: segment.isFin
    )
    stream.pending[lane].insert(kept, at: place)
    flow.pointee.isWaiting = true
    while stream.pendingBytes[lane] > limits.pendingBytes
      || stream.pending[lane].count > limits.pendingSegments
    { skipGap(index, lane) }
    // What was handed on may have been the last that anybody waited for.
    guard flow.pointee.stream != 0 else { return }
    streams.touch(flow.pointee.stream - 1, stream)
  }

  /// Hands on what waited for the bytes that have come.
  private mutating func drain(_ index: UInt32, _ lane: Int) {
    let stream = streams[flows.flows[Int(index)].stream - 1]
    guard !stream.pending[lane].isEmpty else { return }
    var taken = 0
    while taken < stream.pending[lane].count {
      let segment = stream.pending[lane][taken]
      let step = Int32(bitPattern: segment.sequence &- flows.flows[Int(index)].lanes[lane].next)
      if step > 0 { break }
      taken += 1
      stream.pendingBytes[lane] -= segment.bytes.count
      let old = Int(step.magnitude)
      let length = Int(segment.count) - old
      guard length > 0 || length == 0 && segment.isLast else { continue }
      segment.bytes.withUnsafeBytes { bytes in
        let kept = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(old))
        deliver(
          index,
          lane,
          kept,
          captured: max(0, Int(segment.captured) - old),
          length,
          isLast: segment.isLast
        )
      }
    }
    stream.pending[lane].removeFirst(taken)
    stream.lateSince[lane] = .max
    flows.flows[Int(index)].isWaiting = stream.hasPending
    if !stream.wantsBytes { release(index) }
  }

  /// Gives up the bytes in front of what waits.
  mutating func skipGap(_ index: UInt32, _ lane: Int) {
    let flow = flows.flows + Int(index)
    let stream = streams[flow.pointee.stream - 1]
    guard let first = stream.pending[lane].first else { return }
    miss(index, lane, first.sequence &- flow.pointee.lanes[lane].next)
    drain(index, lane)
  }

  mutating func miss(_ index: UInt32, _ lane: Int, _ count: UInt32) {
    let flow = flows.flows + Int(index)
    flow.pointee.lanes[lane].next &+= count
    flow.pointee.lanes[lane].bytes += Int64(count)
    flow.pointee.missing += Int64(count)
    facts.gaps += 1
    facts.gapBytes += Int64(count)
    guard flow.pointee.stream != 0 else { return }
    let stream = streams[flow.pointee.stream - 1]
    stream.miss(Int64(count), from: flow.pointee.side(lane), at: time, parsers, into: &log)
  }

  @inline(__always)
  private mutating func deliver(
    _ index: UInt32,
    _ lane: Int,
    _ bytes: PacketBytes,
    _ length: Int,
    isLast: Bool
  ) {
    let part = bytes.prefix(length)
    deliver(
      index,
      lane,
      UnsafeRawBufferPointer(start: part.base, count: part.count),
      captured: part.count,
      length,
      isLast: isLast
    )
  }

  @inline(__always)
  private mutating func deliver(
    _ index: UInt32,
    _ lane: Int,
    _ bytes: UnsafeRawBufferPointer,
    captured: Int,
    _ length: Int,
    isLast: Bool
  ) {
    let flow = flows.flows + Int(index)
    flow.pointee.lanes[lane].next &+= UInt32(length) &+ (isLast ? 1 : 0)
    flow.pointee.lanes[lane].bytes += Int64(length)
    if isLast { flow.pointee.lanes[lane].isFinished = true }
    if captured < length { flow.pointee.missing += Int64(length - captured) }
    if flow.pointee.stream != 0 { hand(index, lane, bytes, length) }
  }

  private mutating func hand(
    _ index: UInt32,
    _ lane: Int,
    _ bytes: UnsafeRawBufferPointer,
    _ length: Int
  ) {
    let flow = flows.flows + Int(index)
    let number = flow.pointee.stream - 1
    let stream = streams[number]
    guard stream.wantsBytes else { return }
    let side = flow.pointee.side(lane)
    stream.receive(bytes, from: side, at: time, parsers, into: &log)
    if bytes.count < length {
      stream.miss(Int64(length - bytes.count), from: side, at: time, parsers, into: &log)
    }
    if stream.announces {
      for session in stream.announced { announced.add(session, at: time) }
    }
    note(stream, flow)
    if !stream.wantsBytes {
      release(index)
      if flow.pointee.stream == 0 { return }
    }
    streams.touch(number, stream)
  }

  /// Both ends are done.
  private mutating func finish(_ index: UInt32) {
    let flow = flows.flows + Int(index)
    guard flow.pointee.queue == .connected, flow.pointee.lanes[0].isFinished,
      flow.pointee.lanes[1].isFinished
    else { return }
    flow.pointee.end = .finished
    flow.pointee.isOver = true
    if flow.pointee.stream != 0, !flow.pointee.isWaiting { detach(index) }
    flows.move(index, to: .closed)
  }

  /// Gives up gaps that the other end has long confirmed.
  @inline(never)
  private mutating func settle(_ index: UInt32) {
    let flow = flows.flows + Int(index)
    guard flow.pointee.stream != 0 else { return }
    let stream = streams[flow.pointee.stream - 1]
    for lane in 0..<2 {
      guard let first = stream.pending[lane].first else { continue }
      let ahead = Int32(bitPattern: flow.pointee.lanes[lane].mark &- first.sequence)
      if ahead < 0 { continue }
      if stream.lateSince[lane] == .max {
        stream.lateSince[lane] = time
      } else if time &- stream.lateSince[lane] > limits.late {
        skipGap(index, lane)
        finish(index)
        if flow.pointee.stream == 0 { return }
      }
    }
  }
}

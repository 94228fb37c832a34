/// A SYN in a session that goes on: it begins another when the other end answers it, and not before.
///
/// Whoever can send one packet could else cut a session in two: what follows would have no user and no statement.
struct SessionClaim {
  /// Which end has sent it.
  var lane: Int
  var initial: UInt32
  /// Bytes that came with it (RFC 7413); they are told as missing.
  var length: UInt32
  /// Of the first.
  var time: Int64
  /// Of all that have come, one SYN and those that say it again.
  var packets: UInt32
  var wire: Int64
}

/// Whether a SYN belongs to the session that goes on, to another, or to none.
///
/// Source: RFC 9293, section 3.10.7.4; RFC 5961, section 4.
extension PacketEngine {
  /// So near to where a session stands a segment is one of its own.
  private static let reach: UInt32 = 1 << 20

  enum Belonging {
    case goesOn
    /// It is counted, and changes nothing.
    case setAside
    /// The session before is over; the claim is what the other end has answered.
    case another(SessionClaim?)
  }

  @inline(never)
  mutating func judge(
    _ index: UInt32,
    _ lane: Int,
    _ segment: Segment,
    _ payload: Payload
  ) -> Belonging {
    let flow = flows.flows + Int(index)
    if flow.pointee.isClaimed, let claim = claims[index] {
      if lane == claim.lane, segment.isSyn, !segment.hasAcknowledged,
        segment.sequence == claim.initial
      {
        claims[index]?.packets &+= payload.packets
        claims[index]?.wire &+= payload.wire
        return .setAside
      }
      if isAnswer(segment, lane, to: claim, flow) {
        guard !segment.isReset || flow.pointee.queue == .closed else {
          refuse(index)
          count(index, lane, payload, 0)
          return .setAside
        }
        claims[index] = nil
        flow.pointee.isClaimed = false
        return .another(claim)
      }
    }
    guard segment.isSyn, isAnother(flow, segment, lane) else { return .goesOn }
    if flow.pointee.isOver { return .another(nil) }
    guard !segment.hasAcknowledged else { return .goesOn }
    if flow.pointee.isClaimed { refuse(index) }
    claims[index] = SessionClaim(
      lane: lane,
      initial: segment.sequence,
      length: UInt32(segment.length),
      time: time,
      packets: payload.packets,
      wire: payload.wire
    )
    flow.pointee.isClaimed = true
    if flow.pointee.queue == .closed {
      // It lingers until the answer can have come.
      flow.pointee.last = max(flow.pointee.last, time)
      flows.touch(index)
    }
    return .setAside
  }

  /// Whether a SYN begins another session between the same ends, if it is answered.
  private func isAnother(_ flow: UnsafePointer<Flow>, _ segment: Segment, _ lane: Int) -> Bool {
    let known = flow.pointee.lanes[lane]
    guard known.isKnown else { return flow.pointee.isOver }
    if !segment.hasAcknowledged {
      return lane == Int(flow.pointee.client) && flow.pointee.isFromStart
        ? segment.sequence != flow.pointee.initial : segment.sequence &+ 1 != known.next
    }
    // The answer to a SYN, once more, or to one that nobody has seen.
    let step = Int32(bitPattern: segment.sequence &- known.next)
    return flow.pointee.isOver && step >= 0
  }

  private func isAnswer(
    _ segment: Segment,
    _ lane: Int,
    to claim: SessionClaim,
    _ flow: UnsafePointer<Flow>
  ) -> Bool {
    let first = claim.initial &+ 1
    guard lane != claim.lane else {
      // Of the other end nothing was captured: it goes on where its SYN has said.
      return !segment.isSyn && !segment.isReset && segment.length > 0
        && segment.sequence &- first <= claim.length && !flow.pointee.lanes[1 - lane].isHeard
    }
    guard segment.hasAcknowledged else { return false }
    let step = segment.acknowledged &- first
    if segment.isSyn || segment.isReset { return step <= claim.length }
    // The capture lacks the answer itself: what the other end says and confirms both stand elsewhere.
    let known = flow.pointee.lanes[lane]
    let distance = Int32(bitPattern: segment.sequence &- known.next).magnitude
    return step <= Self.reach && known.isKnown && distance > Self.reach
  }

  /// Nobody has answered it: it belonged nowhere.
  mutating func refuse(_ index: UInt32) {
    let flow = flows.flows + Int(index)
    flow.pointee.isClaimed = false
    guard let claim = claims.removeValue(forKey: index) else { return }
    facts.strays += 1
    flow.pointee.lanes[claim.lane].packets &+= claim.packets
    flow.pointee.lanes[claim.lane].wire &+= claim.wire
  }

  /// Gives a flow the SYN that it began with.
  mutating func adopt(_ claim: SessionClaim, _ index: UInt32) {
    let flow = flows.flows + Int(index)
    flow.pointee.client = UInt8(claim.lane)
    flow.pointee.isFromStart = true
    flow.pointee.initial = claim.initial
    flow.pointee.start = min(claim.time, flow.pointee.start)
    flow.pointee.first = flow.pointee.start
    flow.pointee.lanes[claim.lane].packets = claim.packets
    flow.pointee.lanes[claim.lane].wire = claim.wire
    flow.pointee.lanes[claim.lane].isHeard = true
    flow.pointee.lanes[claim.lane].isKnown = true
    flow.pointee.lanes[claim.lane].next = claim.initial &+ 1
    flow.pointee.lanes[claim.lane].mark = claim.initial &+ 1
  }
}

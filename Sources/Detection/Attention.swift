internal import Estate
internal import EventModel

/// What draws the attention of detectors to a read: as long as nothing does, none is asked.
///
/// Each bound is compared with a number that never is less than what a detector would find, so that
/// a read below all of them cannot be a hit. Which sums a detector judges, it alone decides.
struct Attention: Sendable, BitwiseCopyable {
  /// Asked when a key's last 24 hours may hold more records than that.
  var hours = Int64.max
  /// Asked when its last hour may.
  var hour = Int64.max
  /// Asked when its last 365 days may hold more.
  var days = Int64.max
  /// Asked when it was charged with more for life.
  var lifetime = Int64.max
  /// Asked when a key was charged for life with that many per mille of an owner's set, or more.
  var permille = Int64.max
  /// Asked of every bulk read.
  var isDrawnByBulk = false
  /// Asked of reads that the register of delegations does not allow.
  var isDrawnByUnrecognised = false
  /// Asked of reads with a sign.
  var isDrawnBySigns = false
  /// Asked of reads that are notable for their order or rate.
  var isDrawnBySequence = false
  var isAlways = false

  static var never: Self { Self() }

  static var always: Self {
    var attention = Self()
    attention.isAlways = true
    return attention
  }

  /// What draws either.
  func joined(with other: Self) -> Self {
    var joined = self
    joined.hours = min(hours, other.hours)
    joined.hour = min(hour, other.hour)
    joined.days = min(days, other.days)
    joined.lifetime = min(lifetime, other.lifetime)
    joined.permille = min(permille, other.permille)
    joined.isDrawnByBulk = isDrawnByBulk || other.isDrawnByBulk
    joined.isDrawnByUnrecognised = isDrawnByUnrecognised || other.isDrawnByUnrecognised
    joined.isDrawnBySigns = isDrawnBySigns || other.isDrawnBySigns
    joined.isDrawnBySequence = isDrawnBySequence || other.isDrawnBySequence
    joined.isAlways = isAlways || other.isAlways
    return joined
  }

  /// Whether a read that the key has counted is one to ask about.
  @inline(__always)
  func isDrawn(by handling: UnsafePointer<Handling>, _ state: inout KeyState) -> Bool {
    if isDrawnByBulk, handling.pointee.isBulk { return true }
    if isDrawnByUnrecognised, !handling.pointee.isRecognised { return true }
    if isDrawnBySigns, !handling.pointee.signs.isEmpty { return true }
    if state.windows.longest.charge > hours || state.windows.lastHour > hour { return true }
    if isAlways || (isDrawnBySequence && state.isSequenceNotable) { return true }
    return isLong && state.draws(self, by: handling)
  }

  /// Whether anything but the windows can draw it.
  private var isLong: Bool { days < .max || lifetime < .max || permille < .max }
}

extension Attention {
  /// Whether a state that is to count one more read of so many records could draw it.
  func mayBeDrawn(
    by charge: Int64,
    of handling: borrowing Handling,
    _ state: borrowing KeyState
  ) -> Bool {
    if isAlways || state.windows.lastHour &+ charge > hour { return true }
    if state.windows.longest.charge &+ charge > hours { return true }
    let life = state.lifetimeCharge &+ charge
    if life > lifetime || state.days.longest.charge &+ charge > days { return true }
    guard permille < .max, handling.ownerSize > 0 else { return false }
    let (share, overflow) = life.multipliedReportingOverflow(by: 1_000)
    let (limit, isHuge) = permille.multipliedReportingOverflow(by: handling.ownerSize)
    return overflow || (!isHuge && share >= limit)
  }
}

extension KeyState {
  /// Whether what outlives the windows draws attention.
  ///
  /// Out of line, so that where nobody asks for days they need not be brought from memory; mutating,
  /// so that the state is lent and not copied.
  @inline(never)
  fileprivate mutating func draws(
    _ attention: Attention,
    by handling: UnsafePointer<Handling>
  ) -> Bool {
    if lifetimeCharge > attention.lifetime || days.longest.charge > attention.days { return true }
    guard attention.permille < .max, handling.pointee.ownerSize > 0 else { return false }
    let (share, overflow) = newestOwnerCharge.multipliedReportingOverflow(by: 1_000)
    let (limit, isHuge) = attention.permille.multipliedReportingOverflow(
      by: handling.pointee.ownerSize
    )
    return overflow || (!isHuge && share >= limit)
  }
}

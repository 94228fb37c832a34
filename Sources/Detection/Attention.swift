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
  /// Of such shares only by bulk reads.
  var isShareOfBulk = true
  /// Asked of every bulk read.
  var isDrawnByBulk = false
  /// Asked of bulk reads that nothing bounds.
  var isDrawnByUnbounded = false
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
    joined.isShareOfBulk = isShareOfBulk && other.isShareOfBulk
    joined.isDrawnByBulk = isDrawnByBulk || other.isDrawnByBulk
    joined.isDrawnByUnbounded = isDrawnByUnbounded || other.isDrawnByUnbounded
    joined.isDrawnByUnrecognised = isDrawnByUnrecognised || other.isDrawnByUnrecognised
    joined.isDrawnBySigns = isDrawnBySigns || other.isDrawnBySigns
    joined.isDrawnBySequence = isDrawnBySequence || other.isDrawnBySequence
    joined.isAlways = isAlways || other.isAlways
    return joined
  }

  /// What it is in a read, which the key has counted, that draws attention.
  @inline(__always)
  func causes(in handling: UnsafePointer<Handling>, _ state: inout KeyState) -> Causes {
    var causes: Causes = isAlways ? .always : []
    if handling.pointee.isBulk {
      if isDrawnByBulk { causes.insert(.bulk) }
      if isDrawnByUnbounded, handling.pointee.volume.isUnbounded { causes.insert(.unbounded) }
    }
    if isDrawnByUnrecognised, !handling.pointee.isRecognised { causes.insert(.unrecognised) }
    if isDrawnBySigns, !handling.pointee.signs.isEmpty { causes.insert(.signs) }
    if state.windows.longest.charge > hours { causes.insert(.hours) }
    if state.windows.lastHour > hour { causes.insert(.hour) }
    if isDrawnBySequence, state.isSequenceNotable { causes.insert(.sequence) }
    if isLong { causes.formUnion(state.longCauses(self, in: handling)) }
    return causes
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
    guard permille < .max, handling.ownerSize > 0, !isShareOfBulk || handling.isBulk else {
      return false
    }
    let (share, overflow) = life.multipliedReportingOverflow(by: 1_000)
    let (limit, isHuge) = permille.multipliedReportingOverflow(by: handling.ownerSize)
    return overflow || (!isHuge && share >= limit)
  }
}

extension Attention {
  /// What in a read draws attention: one bit for each bound and mark of `Attention`.
  struct Causes: OptionSet, BitwiseCopyable, Sendable {
    var rawValue: UInt16
    static let always = Causes(rawValue: 1)
    static let hours = Causes(rawValue: 2)
    static let hour = Causes(rawValue: 4)
    static let days = Causes(rawValue: 8)
    static let lifetime = Causes(rawValue: 16)
    static let share = Causes(rawValue: 32)
    static let bulk = Causes(rawValue: 64)
    static let unrecognised = Causes(rawValue: 128)
    static let signs = Causes(rawValue: 256)
    static let sequence = Causes(rawValue: 512)
    static let unbounded = Causes(rawValue: 1_024)
    static let count = 11
  }

  /// All that can draw this one.
  fileprivate var all: Causes {
    var causes: Causes = []
    if isAlways { causes.insert(.always) }
    if hours < .max { causes.insert(.hours) }
    if hour < .max { causes.insert(.hour) }
    if days < .max { causes.insert(.days) }
    if lifetime < .max { causes.insert(.lifetime) }
    if permille < .max { causes.insert(.share) }
    if isDrawnByBulk { causes.insert(.bulk) }
    if isDrawnByUnbounded { causes.insert(.unbounded) }
    if isDrawnByUnrecognised { causes.insert(.unrecognised) }
    if isDrawnBySigns { causes.insert(.signs) }
    if isDrawnBySequence { causes.insert(.sequence) }
    return causes
  }
}

/// Which detectors are to be asked for what drew attention.
struct Asked: Sendable {
  /// For each bit of `Attention.Causes` one bit a detector.
  private var masks = [UInt64](repeating: 0, count: Attention.Causes.count)

  /// `attentions` in the order of the detectors, 64 at most.
  init(_ attentions: [Attention]) {
    for (index, attention) in attentions.enumerated() {
      let causes = attention.all.rawValue
      for bit in 0..<Attention.Causes.count where causes & 1 << UInt16(bit) != 0 {
        masks[bit] |= 1 << UInt64(index)
      }
    }
  }

  /// One bit a detector.
  func detectors(for causes: Attention.Causes) -> UInt64 {
    var (rest, asked) = (causes.rawValue, UInt64(0))
    while rest != 0 {
      asked |= masks[rest.trailingZeroBitCount]
      rest &= rest &- 1
    }
    return asked
  }
}

extension KeyState {
  /// What outlives the windows and draws attention.
  ///
  /// Out of line, so that where nobody asks for days they need not be brought from memory; mutating,
  /// so that the state is lent and not copied.
  @inline(never)
  fileprivate mutating func longCauses(
    _ attention: Attention,
    in handling: UnsafePointer<Handling>
  ) -> Attention.Causes {
    var causes: Attention.Causes = []
    // It changed no sum.
    if handling.pointee.isPooled { return causes }
    if lifetimeCharge > attention.lifetime { causes.insert(.lifetime) }
    if days.longest.charge > attention.days { causes.insert(.days) }
    guard attention.permille < .max, handling.pointee.ownerSize > 0,
      !attention.isShareOfBulk || handling.pointee.isBulk
    else { return causes }
    let (share, overflow) = newestOwnerCharge.multipliedReportingOverflow(by: 1_000)
    let (limit, isHuge) = attention.permille.multipliedReportingOverflow(
      by: handling.pointee.ownerSize
    )
    if overflow || (!isHuge && share >= limit) { causes.insert(.share) }
    return causes
  }
}

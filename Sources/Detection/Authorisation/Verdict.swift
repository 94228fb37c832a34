internal import EventModel

/// What a ticket says of one read.
struct Verdict {
  var status: AuthorisationMatch.Status
  var reason: AuthorisationMatch.Reason
  var allowed: Int64?
  var isLate = false
  /// Covered only as the one repetition a ticket is forgiven.
  var isRetry = false

  var isCovered: Bool { status == .within || status == .late }

  init(
    _ status: AuthorisationMatch.Status,
    _ reason: AuthorisationMatch.Reason,
    allowed: Int64? = 0,
    isLate: Bool = false
  ) {
    self.status = status
    self.reason = reason
    self.allowed = allowed
    self.isLate = isLate
  }

  /// Covered in time before covered late, before covered in part; of equal ones not as a
  /// repetition, then by the narrowest ticket (of those that cover a part: the one that covers
  /// most), then the first in the register.
  func isBetter(at place: Int32, than held: (place: Int32, verdict: Verdict)?) -> Bool {
    guard let held else { return true }
    return (rank, isRetry ? 1 : 0, width, place)
      < (held.verdict.rank, held.verdict.isRetry ? 1 : 0, held.verdict.width, held.place)
  }

  private var rank: Int {
    switch status {
    case .within: 0
    case .late: 1
    case .exceeded: 2
    case .none: 3
    }
  }

  private var width: Int64 {
    let allowed = allowed ?? .max
    return status == .exceeded ? -allowed : allowed
  }
}

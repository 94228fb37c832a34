/// A person who may have been behind reads of an account that several share: a suspicion, no proof.
///
/// It changes no count and joins no two actors; the incident stays that of the account.
public struct Candidate: Sendable, Hashable {
  /// What speaks for or against a person, and in how many of the reads.
  public struct Reason: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
      /// The read came from the terminal that is declared as the person's.
      case ownTerminal = "own-terminal"
      /// The person's own account logged on from or to that terminal within twelve hours before.
      case logOn = "log-on"
      /// The person's own account ran sudo or su at that host within twelve hours before.
      case privilege = "sudo"
      /// The person's own account read records at that terminal on the same day before.
      case ownAccount = "own-account"
      /// The person's own account logged on or ran sudo somewhere else within twelve hours before.
      case elsewhere
      /// Within the person's declared shift.
      case onShift = "on-shift"
      /// Outside it.
      case offShift = "off-shift"
      /// The person is not on the roster that day.
      case offRoster = "off-roster"
      /// Nobody else behind the account was on the roster.
      case onlyOnRoster = "only-on-roster"
    }
    public var kind: Kind
    public var reads: Int64
    public init(_ kind: Kind, reads: Int64) {
      self.kind = kind
      self.reads = reads
    }
  }

  public var person: String
  public var confidence: Confidence
  /// Reads that were looked at: unexplained ones of an account that several persons share.
  public var reads: Int64
  /// In order of their kinds.
  public var reasons: [Reason]

  public init(person: String, confidence: Confidence, reads: Int64, reasons: [Reason]) {
    self.person = person
    self.confidence = confidence
    self.reads = reads
    self.reasons = reasons
  }
}

extension Coverage {
  /// What tickets and jobs explained.
  public struct ExplainedReads: Sendable, Hashable {
    /// Late ones first, then the largest.
    public var items: [ExplainedItem] = []
    /// Reads by instructions that had no place in the list, how many of them late, and their records.
    public var others: Int64 = 0
    public var otherLate: Int64 = 0
    public var otherRecords = Volume.none

    public init() {}
  }

  /// What one ticket or job explained of the reads that rest on it.
  public struct ExplainedItem: Sendable, Hashable {
    public enum Kind: String, Sendable {
      case ticket, job
    }

    /// Id of the ticket, or name of the job.
    public var instruction: String
    public var kind: Kind
    /// Whether these reads came before it was approved.
    public var isLate: Bool
    /// As the register of tickets says; several where several tickets have the same id.
    public var requesters: [String] = []
    public var approvers: [String] = []
    public var reads: Int64 = 0
    /// The part that it explains.
    public var records = Volume.none
    public var accounts: [String] = []
    public var owners: [String] = []
    /// Whether there were more accounts or owners than are named.
    public var hasMoreNames = false
    public var first: Timestamp
    public var last: Timestamp

    public init(
      instruction: String,
      kind: Kind,
      isLate: Bool,
      first: Timestamp,
      last: Timestamp
    ) {
      self.instruction = instruction
      self.kind = kind
      self.isLate = isLate
      self.first = first
      self.last = last
    }

    public static func precedes(_ left: Self, _ right: Self) -> Bool {
      if left.isLate != right.isLate { return left.isLate }
      let (one, other) = (left.records, right.records)
      if one.high != other.high { return one.high > other.high }
      return (other.low, left.first, left.instruction) < (one.low, right.first, right.instruction)
    }
  }
}

/// How sure a suspicion is, beside how grave it would be.
public enum Confidence: UInt8, Sendable, Comparable, CaseIterable, BitwiseCopyable {
  /// The number rests on nothing that a log states.
  case low = 1
  /// An estimate passes the limit, what is stated does not.
  case medium
  /// What the logs state passes the limit.
  case high

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  public var name: String {
    switch self {
    case .low: "low"
    case .medium: "medium"
    case .high: "high"
    }
  }

  /// Of a value against its limit.
  public init(of value: Volume, limit: Int64) {
    self = value.low > limit || (value.low == limit && limit > 0) ? .high : .medium
    if value.isUnbounded || value.low == 0 { self = value.low > limit ? .high : .low }
  }

  /// Of findings: the highest; a step higher where they rest on two independent signals or more, two
  /// where on four.
  public init(of findings: [Finding]) {
    let highest = findings.map(\.confidence).max() ?? .low
    let signals = Set(findings.map(\.signal)).count
    let steps: UInt8 = signals >= 4 ? 2 : signals >= 2 ? 1 : 0
    self = Self(rawValue: highest.rawValue + steps) ?? .high
  }
}

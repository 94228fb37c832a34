/// How grave a finding is; the same five words in every output.
public enum Severity: UInt8, Sendable, Comparable, CaseIterable, BitwiseCopyable {
  case informational = 1
  case low
  case medium
  case high
  case critical

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  public var name: String {
    switch self {
    case .informational: "informational"
    case .low: "low"
    case .medium: "medium"
    case .high: "high"
    case .critical: "critical"
    }
  }

  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

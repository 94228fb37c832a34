/// The four conclusions that an answer to an owner may end in, and no other.
///
/// None says that nothing was taken: what was not seen cannot be answered for.
public enum InquiryConclusion: String, Sendable, CaseIterable {
  /// A person has confirmed a taking; no program can.
  case confirmed
  /// Something points to a taking. Suspicion is not proof.
  case suspected
  /// Within the records, as far as they go.
  case notFoundWithinRecords = "not_found_within_records"
  /// The records do not carry an answer.
  case undeterminable

  /// What the conclusion rests on.
  public struct Facts: Sendable, Hashable {
    /// Takings that a person has confirmed.
    public var confirmed = 0
    /// Incidents that concern the owner's records within the period, exceptions left out.
    public var suspicions = 0
    /// Principals whose reading covers the complaints beyond chance.
    public var standingOut = 0
    /// Incidents within the period whose owner could not be told: they may be this one's.
    public var unattributed = 0
    /// Source-days on which a sealed log is no longer what it was.
    public var alteredDays = 0
    /// Source-days with events that came too late to be judged.
    public var lateDays = 0
    /// Share of source-days known, per mille; `nil`: none were expected.
    public var knownPermille: Int64?

    public init() {}
  }

  /// Below this more is unseen than seen.
  public static let leastPermille: Int64 = 500

  public static func of(_ facts: Facts) -> Self {
    if facts.confirmed > 0 { return .confirmed }
    if facts.suspicions > 0 || facts.standingOut > 0 { return .suspected }
    guard let known = facts.knownPermille, known >= leastPermille else { return .undeterminable }
    return facts.unattributed > 0 || facts.alteredDays > 0 || facts.lateDays > 0
      ? .undeterminable : .notFoundWithinRecords
  }
}

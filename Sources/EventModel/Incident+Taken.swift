/// The one number that every report tells of an incident, and what stands beside it (decision 0060).
extension Incident {
  /// Every owner that it tells of, by name, those of look-ups and those that are possible among them.
  public var ownerNames: Set<String> {
    var names = Set(owners.map(\.owner) + possibleOwners.map(\.owner))
    names.formUnion(lookUps?.owners.map(\.owner) ?? [])
    return names.subtracting([""])
  }

  /// Gross records that were taken, look-ups beside them left out: the sum of `owners`.
  ///
  /// Where no owner is told, all its records.
  public var taken: Volume {
    guard !owners.isEmpty else { return records }
    return owners.reduce(into: Volume.none) { $0.add($1.records) }
  }

  /// Of the upper end of `taken`: what an instruction that came afterwards may cover; 0 where no owner is told.
  public var late: Int64 {
    owners.reduce(0) {
      let sum = $0.addingReportingOverflow($1.late)
      return sum.overflow ? .max : sum.partialValue
    }
  }

  /// `authorisation` of what was taken alone, as far as it can be told.
  ///
  /// The instructions of an incident are counted with its look-ups; how many of these are beyond an instruction and how
  /// many without one is not kept. So each part is bounded by its own count, by the look-ups, and by what the other
  /// leaves of `taken`: with one part alone it is `taken` itself. What is within an instruction, or has a late
  /// one, is not in `taken`, unless the incident is an organisation's, which tells all that it handled.
  public var takenAuthorisation: AuthorisationCount {
    guard !repeatsRecords else { return authorisation }
    var counts = authorisation
    let whole = taken
    var sum = authorisation.exceeded
    sum.add(authorisation.none)
    let slack = max(lookUps?.records.high ?? 0, sum.low - whole.low, 0)
    counts.exceeded = authorisation.exceeded.part(
      of: whole,
      beside: authorisation.none,
      slack: slack
    )
    counts.none = authorisation.none.part(of: whole, beside: authorisation.exceeded, slack: slack)
    return counts
  }

  /// Whether more may have been taken than the instructions count: lines are not there, and with them the
  /// instruction of what they told.
  public var hasUnknownAuthorisation: Bool {
    taken.isUnbounded && !authorisation.exceeded.isUnbounded && !authorisation.none.isUnbounded
  }
}

extension Volume {
  /// How much of this is in `whole`, of which it is a part together with `other`, up to `slack` of the two left out.
  fileprivate func part(of whole: Volume, beside other: Volume, slack: Int64) -> Volume {
    let otherLow = max(0, other.low - slack)
    let otherHigh = min(other.high, whole.high)
    var (least, most) = (max(0, low - slack), min(high, whole.high))
    if otherHigh != Self.unbounded { least = max(least, whole.low - otherHigh) }
    if !whole.isUnbounded { most = min(most, whole.high - otherLow) }
    least = min(least, high)
    most = max(most, least)
    let quality: VolumeQuality =
      most == Self.unbounded
      ? least > 0 ? .atLeast : .unknown : least == most ? .exact : .estimated
    return Volume(low: least, high: most, quality: quality)
  }
}

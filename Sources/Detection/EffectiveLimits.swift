public import Estate
internal import EventModel

/// The limits that detectors judge by: what the estate declares, and their defaults for the rest.
public enum EffectiveLimits {
  /// The estate with every limit of its policy filled in, `limits-scale` not applied; what no limit bounds is left out.
  public static func filled(_ estate: DeclaredEstate) -> DeclaredEstate {
    var plain = estate
    plain.policy.limitsScale = 100
    var filled = estate
    let records = RoleLimits(estate: plain)
    let share = OwnerShare(estate: plain)
    let lookUps = LookUpWithoutCall(estate: plain)
    let order = RecordEnumeration(estate: plain)
    for role in Role.allCases {
      filled.policy.limits[role] = records.limits(of: role)
      filled.policy.shareLimits[role] = table(OwnerShare.horizons, share.limits[role.index])
      filled.policy.lookUpLimits[role] = table(
        LookUpWithoutCall.horizons,
        lookUps.limits[role.index]
      )
      filled.policy.sequenceLimits[role] = table(
        RecordEnumeration.horizons,
        order.limits[role.index]
      )
      guard role.isPrivileged else { continue }
      filled.policy.uncountedLimits[role] = table(
        RecordEnumeration.horizons,
        order.uncountedLimits[role.index]
      )
    }
    return filled
  }

  /// Limits of small reads of several records, by role and horizon, `limits-scale` not applied.
  public static func smallSums(_ estate: DeclaredEstate) -> [Role: [String: Int64]] {
    var plain = estate
    plain.policy.limitsScale = 100
    let small = SmallSums(RoleLimits(estate: plain))
    var filled: [Role: [String: Int64]] = [:]
    for role in Role.allCases {
      let limits = table(SmallSums.windows, small.limits[role.index])
      if !limits.isEmpty { filled[role] = limits }
    }
    return filled
  }

  private static func table(_ horizons: [String], _ limits: [Int64]) -> [String: Int64] {
    Dictionary(uniqueKeysWithValues: zip(horizons, limits).filter { $0.1 != .max })
  }
}

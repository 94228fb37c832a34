import Estate
import EventModel
import Foundation
import Testing

@testable import Detection

@Suite struct `The limits in force` {
  @Test func `are the declared ones, and the detectors' defaults for the rest`() throws {
    var estate = DeclaredEstate()
    estate.policy.limits = [.admin: ["24h": 700]]
    estate.policy.shareLimits = [.dba: ["30d": 125]]
    estate.policy.limitsScale = 150
    let policy = EffectiveLimits.filled(estate).policy
    #expect(policy.limits[.admin]?["24h"] == 700)
    #expect(policy.limits[.admin]?["lifetime"] == 50_000)
    #expect(policy.limits[.operator]?["24h"] == 1_500)
    #expect(policy.shareLimits[.dba]?["30d"] == 125)
    #expect(policy.shareLimits[.dba]?["24h"] == 200)
    // Nothing bounds an operator's month of an owner's set.
    #expect(policy.shareLimits[.operator]?["30d"] == nil)
    #expect(policy.lookUpLimits[.operator] == ["day": 100, "30d": 60, "90d": 200])
    #expect(policy.sequenceLimits[.admin] == ["day": 1_000, "30d": 3_000])
    #expect(policy.uncountedLimits[.operator] == nil)
    #expect(policy.limitsScale == 150)
  }

  @Test func `of small reads follow from those of a role and stand beside them`() throws {
    var estate = DeclaredEstate()
    estate.policy.limits = [.admin: ["90d": 7_000]]
    estate.policy.limitsScale = 300
    let small = EffectiveLimits.smallSums(estate)
    #expect(small[.admin] == ["90d": 1_400, "365d": 6_000, "lifetime": 10_000])
    #expect(small[.operator] == nil)
    let text = EstateCheck.effective(EffectiveLimits.filled(estate), smallSums: small)
    #expect(text.contains("\n    # admin: {90d: 1400, 365d: 6000, lifetime: 10000}\n"), "\(text)")
  }

  @Test func `stand in what check prints, and read again they are the same`() throws {
    var estate = DeclaredEstate()
    estate.policy.shareLimits = [.admin: ["24h": 5]]
    let filled = EffectiveLimits.filled(estate)
    let text = EstateCheck.effective(filled).components(separatedBy: "privacy:")[0]
    #expect(
      text.contains(
        "    admin: {24h: 0.5%, 7d: 25%, 30d: 30%, 90d: 40%, 365d: 50%, lifetime: 60%}\n"
      )
    )
    let again = try EstateFile.load(yaml: text, file: "e.yml", folder: "")
    #expect(again.diagnostics.isEmpty)
    for table in [
      \Policy.limits, \.shareLimits, \.lookUpLimits, \.sequenceLimits, \.uncountedLimits,
    ] {
      #expect(
        again.estate.policy[keyPath: table]
          == filled.policy[keyPath: table].filter { !$0.value.isEmpty }
      )
    }
    // They judge as before.
    #expect(EffectiveLimits.filled(again.estate).policy.limits == filled.policy.limits)
  }
}

/// Every attack of the catalogue, in its order.
enum AttackRegistry {
  static let all: [any Scenario.Type] = [
    A01ClassicTaking.self,
    A02SharedIdentity.self,
    A03SmallOwners.self,
    A04SteadyWeekly.self,
    A05DaySplitting.self,
    A06AccountSplitting.self,
    A07TicketMimicry.self,
    A08SelfMadeTicket.self,
    A09BatchPiggyback.self,
    A10BackupAsDump.self,
    A11ScreenPaging.self,
    A12SlowAgent.self,
    A13LeaverShot.self,
    A14StagedRemoval.self,
    A15LogTampering.self,
    A16NewIdentity.self,
    A17NetworkOnly.self,
    A18WeakCopy.self,
    A19BaselinePoisoning.self,
    A20TwoActors.self,
  ]
}

internal import Estate
internal import EventModel

/// Raises a finding when one executor has used several instructions beyond what they say within 365
/// days: three of them, two in different ways, or two that it made itself.
///
/// `scope-exceeded` tells of each; this tells of the pattern, which word of mouth and a typing error do
/// not explain. Ways are: made, approved or asked for by the executor or its organisation, another
/// owner, another executor, another person's terminal, another time, more records, used again, a number of
/// no register. The same
/// ticket used again counts beside two others only: downloads that fail are repeated. Jobs off
/// their window, terminal, program or destination are `service-account-misuse`'s. Counted by person
/// where the person is known. Default: one mistaken ticket happens (threat catalogue, H7, H18); the
/// takings of A7 and A8 come monthly. MITRE ATT&CK T1078 (Valid Accounts).
final class TicketMimicry: Detector {
  static let name = "ticket-mimicry"
  static let summary = "one executor uses several instructions beyond what they say"
  static let technique = "T1078"
  static let signal = Signal.instruction
  static let needs: KeyState.Needs = [.profiles]
  static let gap = Int64.max
  static let days: Int32 = 365
  static let least = 3

  init(estate: DeclaredEstate) {}

  func attention(to role: Role) -> Attention { .bulkAndSigns }

  static func isMisuse(_ reason: AuthorisationMatch.Reason) -> Bool {
    switch reason {
    case .wrongOwner, .wrongExecutor, .tooManyRecords, .outsideTime, .selfApproved, .selfRequested,
      .ownOrganisation, .reused, .notInRegister, .othersTerminal:
      true
    case .matched, .noInstruction, .outsideWindow, .wrongTerminal, .wrongProgram,
      .wrongDestination, .repeated, .anonymous, .unapproved, .noExecutor, .offRoster, .unstated,
      .extraRun, .unusualRun:
      false
    }
  }

  /// Whether misuses, each of another instruction, are more than a mistake.
  static func isPattern(_ misuses: [Profile.Misuse]) -> Bool {
    let again = AuthorisationMatch.Reason.reused.rawValue
    let selfMade: [AuthorisationMatch.Reason] = [.selfApproved, .selfRequested, .ownOrganisation]
    let others = misuses.map(\.reason).filter { $0 != again }
    if others.count >= 2, Set(others).count >= 2 || misuses.count >= least { return true }
    return others.count { reason in selfMade.contains { $0.rawValue == reason } } >= 2
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard kind == .account, handling.isBulk, handling.isUnexplained,
      handling.signs.contains(.mimicry)
    else { return nil }
    return Hit(
      window: "365d",
      value: .exactly(Int64(handling.misuses)),
      limit: 2,
      unit: "instructions",
      severity: .high,
      signs: .mimicry
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english: "account \(words.key): \(finding.value.high) instructions of one executor were used "
        + "beyond what they say within 365 days",
      japanese: "アカウント \(words.key): 直近365日に \(finding.value.high) 件の指示が"
        + "範囲を超えて使われた(同一実施者)",
      explanations: [
        "a register that is kept carelessly", "scopes widened by word of mouth as a habit",
        "a batch of tickets entered with the same mistake",
      ],
      explanationsJapanese: ["登録運用の不備", "口頭での範囲拡大の常態化", "同じ誤記を含む一括登録"]
    )
  }
}

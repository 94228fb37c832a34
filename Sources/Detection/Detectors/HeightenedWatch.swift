internal import Estate
internal import EventModel

/// Raises a finding for every bulk read without an instruction that an account or person named in an
/// inquiry makes after it, or that concerns an owner named there.
///
/// `policy.inquiries` declares date, accounts and owners; the watch lasts two years unless `until` says
/// otherwise. Between takings and their discovery lay an inquiry in which nothing was found, and a pause of
/// months: limits that the taker has come to know are not waited for again. Nobody is watched who is not
/// declared, and what an instruction covers is not raised. MITRE ATT&CK T1078 (Valid Accounts).
final class HeightenedWatch: HostDetector {
  static let name = "heightened-watch"
  static let summary = "a bulk read without instruction by or of whom an inquiry named"
  static let technique = "T1078"
  static let signal = Signal.inquiry
  static let gap: Int64 = 400 * 24 * 3_600_000_000_000

  private let floor: Int64

  init(estate: DeclaredEstate) { floor = estate.policy.bulkFloor }

  func observe(_ read: HostRead, at host: inout HostState) -> [HostHit] {
    guard read.isWatched else { return [] }
    return [
      HostHit(
        account: read.row.account,
        value: read.unexplained,
        limit: floor,
        unit: "records",
        severity: .high,
        subkey: "inquiry",
        time: read.row.time,
        places: [read.place]
      )
    ]
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english: "\(words.kind.word) \(words.key) read \(finding.value.english()) in bulk without an "
        + "instruction after an inquiry that named it or the owner",
      japanese: "照会の対象となった\(words.kind.japanese) \(words.key)(または委託元)について、"
        + "照会後に指示のない大量の読出し \(finding.value.japanese)",
      explanations: [
        "work for the inquiry itself that has no ticket yet", "an instruction not registered",
      ],
      explanationsJapanese: ["照会対応でチケット未登録の作業", "指示の登録漏れ"]
    )
  }
}

internal import EventModel

extension TextReport {
  private static let mostCandidates = 5

  /// Who may have been behind a shared account: a line each, with what speaks for it.
  func writeCandidates(of incident: Incident, to page: inout TextLayout) {
    guard let first = incident.candidates.first else { return }
    let reads = TextNumbers.grouped(first.reads)
    page.both(
      japanese: "共用アカウントの行為者の候補(疑いにとどまり証明ではない。対象 \(reads) 件の読出し):",
      english: "Could be, behind the shared account (a suspicion, no proof; of \(reads) "
        + "read\(first.reads == 1 ? "" : "s")):",
      indent: 2
    )
    for candidate in incident.candidates.prefix(Self.mostCandidates) {
      let reasons = candidate.reasons.map {
        "\(words(for: $0.kind)) \(TextNumbers.grouped($0.reads))"
      }
      page.paragraph(
        "- \(SafeText.name(candidate.person)), \(page.label("confidence", "確度")) "
          + numbers.confidence(candidate.confidence)
          + (reasons.isEmpty ? "" : ": " + reasons.joined(separator: ", ")),
        indent: 4,
        hanging: 2
      )
    }
    let more = incident.candidates.count - Self.mostCandidates
    if more > 0 {
      page.paragraph("- \(page.label("others", "ほか")) \(TextNumbers.grouped(more))", indent: 4)
    }
  }

  private func words(for kind: Candidate.Reason.Kind) -> String {
    switch kind {
    case .ownTerminal: numbers.pick("own terminal", "本人の端末")
    case .logOn: numbers.pick("log-on there before", "直前の同端末へのログオン")
    case .privilege: numbers.pick("sudo there before", "直前の同ホストでの sudo")
    case .ownAccount: numbers.pick("own account used there that day", "同日同端末での本人アカウント使用")
    case .elsewhere: numbers.pick("seen elsewhere before", "直前に別の場所で活動")
    case .onShift: numbers.pick("on shift", "勤務時間内")
    case .offShift: numbers.pick("off shift", "勤務時間外")
    case .offRoster: numbers.pick("not on the roster", "在籍外")
    case .onlyOnRoster: numbers.pick("alone on the roster", "在籍者は本人のみ")
    }
  }
}

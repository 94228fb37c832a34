internal import Estate
internal import EventModel

/// Who read what is told of: of one owner only those whom the records show to have read its data.
extension CaseDocument {
  /// Accounts of the incident that read what is told of; `isTold`: whether that is known of each.
  var readingAccounts: (names: [String], isTold: Bool) {
    let all = incident.accounts
    guard let owner, all.count > 1, !OwnerLines.isAlone(owner, in: incident) else {
      return (all, true)
    }
    let range =
      style.zone.dayNumber(
        of: first
      )...max(
        style.zone.dayNumber(of: first),
        style.zone.dayNumber(of: last)
      )
    let open = days.filter {
      range.contains($0.day) && ($0.unexplained > 0 || $0.records.low < $0.records.high)
    }
    let floor = estate.policy.bulkFloor
    let bulk = open.filter { $0.hasExport || $0.unexplained >= floor }
    let records = bulk.reduce(Int64(0)) { $0 &+ $1.unexplained }
    // Of one that was taken from in small reads these are the taking; of another they are daily work.
    let readers = Set((bulk.isEmpty || records < gross.low ? open : bulk).map(\.account))
    let found = all.filter(readers.contains)
    return found.isEmpty ? (all, false) : (found, true)
  }

  /// The same of terminals.
  var readingTerminals: (names: [String], isTold: Bool) {
    let all = incident.terminals
    guard let owner, all.count > 1, !OwnerLines.isAlone(owner, in: incident) else {
      return (all, true)
    }
    let found = all.filter { story.terminalsOfOwner?.contains($0) ?? false }
    return found.isEmpty ? (all, false) : (found, true)
  }

  /// Whose the accounts and terminals are that are named, where it is not known who of them read the owner's records.
  var readersNote: String? {
    guard !(readingAccounts.isTold && readingTerminals.isTold) else { return nil }
    let (accounts, terminals) = (readingAccounts.isTold, readingTerminals.isTold)
    let english = accounts ? "terminals" : terminals ? "accounts" : "accounts and terminals"
    let japanese = accounts ? "端末" : terminals ? "アカウント" : "アカウント・端末"
    return style.pick(
      "The \(english) named are those of the whole incident; which of them read this owner's records is unknown.",
      "\(japanese)は事案全体に係るものであり、このうちいずれが当該委託元の記録を読み出したかは不明である。"
    )
  }

  /// What happened where no log names an account: the terminal is what the logs show, and no person is named for it.
  func sentenceWithoutAccount(of whose: String, _ when: String) -> String {
    let names = readingTerminals.names.joined(separator: style.pick(", ", "、"))
    let isOfFlows =
      !names.isEmpty && !findings.isEmpty
      && findings.allSatisfy { $0.detector == "source-contradiction" }
    let records = style.counted(gross)
    guard style.isJapanese else {
      if isOfFlows {
        return
          "Terminal \(names) is suspected to have received, \(when), bytes that no audited read explains and that "
          + "may hold \(records) (repeats counted) of \(whose). No log names an account."
      }
      let place = names.isEmpty ? "" : " from terminal \(names)"
      return
        "Records are suspected to have been read\(place), \(when), without an instruction or beyond one: "
        + "\(records) (repeats counted) of \(whose). No log names an account."
    }
    let what = gross.knownHigh == nil && gross.low <= 0 ? "(件数不明)" : " \(records)(延べ)"
    if isOfFlows {
      return "端末 \(names) が、\(when)、\(whose)の記録\(what)を含み得るデータを受信した疑いがある。監査記録の読出しでは"
        + "説明できず、アカウントを示す記録はない。"
    }
    let place = names.isEmpty ? "" : "端末 \(names) から、"
    return "\(place)\(when)、\(whose)の記録\(what)が、対応する指示なく、または指示の範囲を超えて読み出された疑いがある。"
      + "アカウントを示す記録はない。"
  }
}

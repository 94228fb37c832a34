internal import Estate
internal import EventModel

extension DetectionEngine {
  /// What is assumed for want of a declaration, in English and Japanese.
  public var assumptions: [(english: String, japanese: String)] {
    var list: [(english: String, japanese: String)] = []
    if estate.accounts.isEmpty {
      list.append(
        (
          "No accounts are declared: roles are taken from well-known administrator and service names.",
          "アカウントが宣言されていないため、役割はよく知られた管理者名・サービス名から推定しました。"
        )
      )
    }
    if let sentence = unregisteredAccounts { list.append(sentence) }
    if estate.datasets.isEmpty {
      list.append(
        (
          "No datasets are declared: every table, list and URL counts as a dataset.",
          "データセットが宣言されていないため、すべての表・リスト・URL をデータセットとみなしました。"
        )
      )
    }
    if estate.owners.isEmpty {
      list.append(
        (
          "No owners are declared: shares of an owner's set are not judged.",
          "委託元が宣言されていないため、委託元別の割合は判定していません。"
        )
      )
    }
    if assumesBytes {
      list.append(
        (
          "Exports with known bytes and no declared bytes per record: judged at "
            + "\(VolumeBounds.assumedBytesPerRecord) bytes a record, bounded at "
            + "\(VolumeBounds.fewestBytesPerRecord).",
          "1 件あたりのバイト数が宣言されていない持出しは、"
            + "1 件 \(VolumeBounds.assumedBytesPerRecord) バイトとみなして判定し、"
            + "\(VolumeBounds.fewestBytesPerRecord) バイトで上限を求めました。"
        )
      )
    }
    if unlistedReads.count > 0 { list.append(unlistedReads.sentence(names)) }
    if !derived.isEmpty {
      list.append(
        (
          "Tables and views made of declared datasets (CREATE TABLE AS, INSERT … SELECT, SELECT INTO, a "
            + "view, a new name) count as these: \(derived.count) of them.",
          "宣言済みのデータセットから作られた表・ビュー(CREATE TABLE AS、INSERT … SELECT、SELECT INTO、"
            + "ビュー、改名)は元のデータセットとして数えました(\(derived.count) 個)。"
        )
      )
    }
    if !estate.declaresTickets, estate.jobs.isEmpty {
      list.append(
        (
          "No tickets or jobs are declared: no read can be matched with an instruction.",
          "チケットやジョブが宣言されていないため、どの読出しも指示と照合できません。"
        )
      )
    }
    if estate.tickets.contains(where: \.isUnasked) {
      list.append(
        (
          "Some tickets come from a register without a column for requester and approver: they are "
            + "taken without asking who wanted or allowed the reading.",
          "依頼者・承認者の列がない登録簿のチケットは、誰が依頼し承認したかを問わずに用いました。"
        )
      )
    }
    if !estate.declaresDelegations {
      list.append(
        (
          "No register of delegations is declared: unrecognised handling is not judged.",
          "委託・承諾の台帳が宣言されていないため、無登録の取扱いは判定していません。"
        )
      )
    }
    return list
  }
}

extension DetectionEngine {
  /// Accounts that are named in what is said of those without a role.
  private static let mostNamed = 5

  /// What is said of accounts that have read and of which no role is known, in English and Japanese.
  private var unregisteredAccounts: (english: String, japanese: String)? {
    guard declaresAccounts, accountRegister.unknown > 0 else { return nil }
    var shown: [String] = []
    if accountRegister.unknown <= Self.mostNamed {
      for (name, _) in keyPlaces[0].entries {
        let id = NameID(rawValue: name)
        guard let place = resolver.accounts.place(of: id), resolver.accounts[place].role == .unknown
        else { continue }
        shown.append(UnlistedReads.shown(names.text(of: id)))
      }
      shown.sort()
    }
    let number = NumberText.grouped(accountRegister.unknown)
    let english: String = shown.isEmpty ? "" : ": " + shown.joined(separator: ", ")
    let japanese: String = shown.isEmpty ? "" : ": " + shown.joined(separator: "、")
    return (
      "Accounts that read records and of which no role is known: \(number) of "
        + "\(NumberText.grouped(accountRegister.unknown + accountRegister.known))\(english).",
      "記録を読み出したアカウントのうち役割が分からないもの: "
        + "\(NumberText.grouped(accountRegister.unknown + accountRegister.known)) 件中 \(number) 件\(japanese)。"
    )
  }
}

extension Ticket {
  /// Its register cannot say who asked or approved.
  fileprivate var isUnasked: Bool {
    requestedBy == nil && approver == nil && !blanks.contains(.parties)
  }
}

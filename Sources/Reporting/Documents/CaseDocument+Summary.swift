internal import Estate
internal import EventModel

/// What happened, in one sentence.
extension CaseDocument {
  /// What happened, in one sentence that claims no more than the logs show.
  var sentence: String {
    let records = style.counted(gross)
    let accounts = readingAccounts.names.joined(separator: style.pick(", ", "、"))
    let terminals = readingTerminals.names.joined(separator: style.pick(", ", "、"))
    let from = style.time(first)
    let until = style.time(last)
    let isMoment = from == until
    if accounts.isEmpty, terminals.isEmpty, incident.actor.hasPrefix("source:") {
      let source = String(incident.actor.dropFirst("source:".count))
      return style.pick(
        "The findings concern the records of source \(source) themselves, \(isMoment ? "at \(from)" : "from \(from) to \(until)"): what happened in "
          + "that time may not be among them. They point to nobody, and to no reading.",
        "以下の検知は記録元 \(source) の記録そのものに関するものである(\(isMoment ? from : "\(from)〜\(until)"))。この間の出来事は記録に残っていない"
          + "おそれがある。特定の者や特定の読出しを示すものではない。"
      )
    }
    let unknown = style.pick("an unknown owner", "委託元不明")
    var count = style.owners(namedOwners.count)
    if !isEveryOwnerKnown {
      count = namedOwners.isEmpty ? unknown : count + style.pick(" and \(unknown)", "と\(unknown)")
    }
    let whose = style.isJapanese ? owner.map { "\($0) " } ?? count : owner ?? count
    let when = style.pick(
      isMoment ? "at \(from)" : "between \(from) and \(until)",
      isMoment ? "\(from) に" : "\(from) から \(until) までの間に"
    )
    if accounts.isEmpty { return sentenceWithoutAccount(of: whose, when) }
    if style.isJapanese {
      let place = terminals.isEmpty ? "" : "端末 \(terminals) から、"
      let what = gross.knownHigh == nil && gross.low <= 0 ? "(件数不明)" : " \(records)(延べ)"
      return "アカウント \(accounts) が\(place)\(when)、\(whose)の記録\(what)を"
        + "対応する指示なく、または指示の範囲を超えて読み出した疑いがある。"
    }
    let place = terminals.isEmpty ? "" : " from terminal \(terminals)"
    return "Account \(accounts) is suspected to have read\(place), \(when), "
      + "\(records) (repeats counted) of \(whose) without an instruction or beyond one."
  }
}

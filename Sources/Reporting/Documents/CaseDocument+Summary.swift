internal import Estate
internal import EventModel

/// What happened, in one sentence.
extension CaseDocument {
  /// What happened, in one sentence that claims no more than the logs show.
  var sentence: String {
    let records = style.counted(gross)
    let accounts = incident.accounts.joined(separator: style.pick(", ", "、"))
    let terminals = incident.terminals.joined(separator: style.pick(", ", "、"))
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
    if accounts.isEmpty { return withoutAccount(terminals, isMoment ? nil : until, count) }
    let whose = owner ?? count
    if style.isJapanese {
      let whose = owner.map { "\($0) " } ?? count
      let place = terminals.isEmpty ? "" : "端末 \(terminals) から、"
      let when = isMoment ? "\(from) に" : "\(from) から \(until) までの間に"
      let what = gross.knownHigh == nil && gross.low <= 0 ? "(件数不明)" : " \(records)(延べ)"
      return "アカウント \(accounts) が\(place)\(when)、\(whose)の記録\(what)を"
        + "対応する指示なく、または指示の範囲を超えて読み出した疑いがある。"
    }
    let place = terminals.isEmpty ? "" : " from terminal \(terminals)"
    let when = isMoment ? "at \(from)" : "between \(from) and \(until)"
    return "Account \(accounts) is suspected to have read\(place), \(when), "
      + "\(records) (repeats counted) of \(whose) without an instruction or beyond one."
  }

  /// Of what no line names an account for.
  ///
  /// It may be bytes that a terminal received, a device, an audit that was stopped. Whoever
  /// may have been behind it stands among the candidates and not in this sentence.
  private func withoutAccount(_ terminals: String, _ until: String?, _ count: String) -> String {
    let from = style.time(first)
    let records = style.counted(gross)
    if style.isJapanese {
      let place = terminals.isEmpty ? "" : "端末 \(terminals) において、"
      let when = until.map { "\(from) から \($0) までの間に" } ?? "\(from) に"
      let whose = owner.map { "\($0) " } ?? count
      let what = gross.knownHigh == nil && gross.low <= 0 ? "(件数不明)" : " \(records)(延べ)"
      return "\(when)、\(place)\(whose)の記録\(what)が対応する指示の記録なく持ち出された疑いがある。行為者のアカウントを示す記録はない。"
    }
    let place = terminals.isEmpty ? "" : " at terminal \(terminals)"
    let when = until.map { "between \(from) and \($0)" } ?? "at \(from)"
    return
      "It is suspected that \(when)\(place) \(records) (repeats counted) of \(owner ?? count) were taken "
      + "without an instruction or beyond one. No log names an account for it."
  }
}

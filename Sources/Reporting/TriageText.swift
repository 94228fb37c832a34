public import EventModel

/// What `ometsuke triage` shows a person at a terminal.
public struct TriageText: Sendable {
  let style: DocumentStyle
  public var now: Timestamp?

  public init(_ style: DocumentStyle) { self.style = style }

  /// The day in the zone of the estate: `2026-12-31`.
  public var today: String? { now.map { style.zone.day(of: $0) } }

  /// A paragraph an incident: what, how much, how long it waits, who has it.
  public func list(_ states: [QuarterFacts.IncidentState], isAll: Bool) -> String {
    guard !states.isEmpty else {
      return isAll
        ? style.pick("No incident.\n", "事案なし。\n")
        : style.pick("Nothing waits for a decision.\n", "判断待ちの事案はない。\n")
    }
    var text = ""
    for state in states {
      let incident = state.incident
      text += "\(incident.id)  \(style.severity(incident.severity))  "
      text += SafeText.name(incident.actor) + "\n"
      let records = style.counted(incident.taken)
      let owners = style.owners(incident.owners.count)
      let first = style.zone.dayNumber(of: incident.first)
      let days = first...max(first, style.zone.dayNumber(of: incident.last))
      text += "    " + style.pick("\(records) of \(owners), ", "\(owners)、\(records)、")
      text += style.text(.days(days)) + "\n"
      if let beside = lookUps(incident) { text += "    " + beside + "\n" }
      text += "    " + status(state) + "\n"
    }
    return text
  }

  /// The look-ups beside, where there are any.
  private func lookUps(_ incident: Incident) -> String? {
    guard case .words(let words) = style.lookUps(incident) else { return nil }
    return style.pick("look-ups beside: ", "ほかに少量の閲覧:") + words
  }

  private func status(_ state: QuarterFacts.IncidentState) -> String {
    var words: [String] = []
    if let decided = state.standing {
      words.append(
        style.act(decided.kind) + style.pick(" by ", "・判断者 ") + SafeText.name(decided.by)
      )
      switch state.openness(today: today) {
      case .expired:
        let until = style.text(style.told(decided.until))
        words.append(style.pick("only until \(until): decide again", "期限 \(until)を過ぎたため再判断が必要"))
      case .changed:
        words.append(style.pick("changed since: look again", "判断後に変化あり・要再確認"))
      case .undecided, .settled: break
      }
    } else if state.incident.isExcepted {
      words.append(style.pick("under an exception", "例外扱い"))
    } else {
      // Whoever holds it to be suspected, or looks into it, has decided that; it waits all the same.
      if let said = state.judgement {
        words.append(
          style.act(said.kind) + style.pick(" by ", "・判断者 ") + SafeText.name(said.by)
        )
      }
      var waits =
        state.judgement == nil
        ? style.pick("undecided", "未判断") : style.pick("final decision waits", "最終判断待ち")
      if let now, let detected = state.detected {
        let seconds = (now.nanoseconds - detected.nanoseconds) / Timestamp.nanosecondsPerSecond
        waits += style.pick(" for ", "・経過 ") + style.text(QuarterDocument.duration(seconds, style))
      }
      words.append(waits)
    }
    if let last = state.last, !last.kind.isJudgement {
      words.append(style.pick("last: ", "直近:") + style.act(last.kind))
      if last.kind == .assigned, let person = last.refersTo {
        words[words.count - 1] += " " + SafeText.name(person)
      }
    }
    return words.joined(separator: style.pick("; ", "、"))
  }

  /// One incident: findings with their other explanations, and every act.
  public func show(_ story: IncidentCase) -> String {
    let incident = story.incident
    var text = "\(incident.id)  \(style.severity(incident.severity))  "
    text += SafeText.name(incident.actor) + "\n"
    text += "  \(style.term("detected_at")): \(style.text(.time(story.detected)))\n"
    text += "  \(style.term("first_seen")): \(style.time(incident.first))\n"
    text += "  \(style.term("last_seen")): \(style.time(incident.last))\n"
    text += "  \(style.pick("State", "状態")): \(status(story.state))\n"
    text += "  \(style.term("gross")): \(style.interval(incident.taken))\n"
    if let beside = lookUps(incident) { text += "  \(beside)\n" }
    for owner in incident.owners {
      let name = owner.owner.isEmpty ? style.term("owner_unknown") : SafeText.name(owner.owner)
      let counts = style.interval(owner.subjects)
      text +=
        "  \(style.term("owner")) \(name): "
        + style.pick("\(counts) \(counts == "1" ? "person" : "persons")\n", "\(counts) 人\n")
    }
    text += "\n\(style.term("findings"))\n"
    for finding in incident.findings {
      let message = style.message(of: finding)
      text += "  - " + SafeText.escaped(message, limit: DocumentStyle.proseLimit) + "\n"
      let others = style.isJapanese ? finding.explanationsJapanese : finding.explanations
      for other in others {
        text += "      ? " + SafeText.escaped(other, limit: DocumentStyle.proseLimit) + "\n"
      }
    }
    text += "\n\(style.term("decision_log"))\n"
    if story.acts.isEmpty {
      text += "  " + style.pick("nobody has decided anything yet", "判断の記録はまだない") + "\n"
    }
    for act in story.acts {
      text += "  - \(style.text(.time(act.time))) \(style.act(act.kind))"
      text += style.pick(" by ", "・") + SafeText.name(act.by)
      if let other = act.refersTo { text += " → " + SafeText.name(other) }
      if let until = act.until {
        text += style.pick(" until ", "・期限 ") + style.text(style.told(until))
      }
      if !act.text.isEmpty {
        text += ": " + SafeText.escaped(act.text, limit: DocumentStyle.proseLimit)
      }
      text += " (\(SafeText.name(act.author)))\n"
    }
    return text
  }
}

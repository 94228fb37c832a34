internal import EventModel

/// When which report is due, from the time the matter became known.
///
/// The day on which it became known is the first day; days count whether working or not. A final or detailed report
/// whose last day is a Saturday, a Sunday, a national holiday, a holiday of the estate or one of 29 December to
/// 3 January is due on the next day that is none. Source: guideline of the Personal Information Protection Commission,
/// general rules, 3-5-3-3 and 3-5-3-4; GDPR, article 33; Telecommunications Business Act, article 28; Act on
/// Days Off of Administrative Organs (行政機関の休日に関する法律), article 2.
struct Deadlines: Sendable {
  struct Item: Sendable {
    var regime: String
    var report: String
    /// `nil`: the law names no number of days.
    var due: Cell
    var note: String
  }

  /// When it became known; `nil`: not recorded, so that `fallback` counts, and every line says so.
  var known: Timestamp?
  var fallback: Timestamp?
  /// Whether the Act asks for a report at all.
  var duty = DataFlags.Duty.due
  /// Whether a wrongful purpose is possible; `nil`: nobody has said, and it is not excluded.
  var wrongfulPurpose: Bool?
  var secrecyOfCommunications: Bool?
  var gdpr: Bool?
  var holidays: Set<Int> = []
  var style: DocumentStyle

  var isProvisional: Bool { known == nil }

  func items() -> [Item] {
    guard let start = known ?? fallback else {
      return [
        Item(
          regime: style.pick("all", "全制度"),
          report: style.pick("all reports", "全報告"),
          due: .unknown,
          note: style.pick("neither known nor detected", "認知・検知の日時が不明")
        )
      ]
    }
    let day = style.zone.dayNumber(of: start)
    let provisional = isProvisional ? style.pick(" (counted from detection)", "(検知日から暫定計算)") : ""
    var items = privacy(day, provisional).map(inDuty)
    items += communications(start, day, provisional)
    if gdpr != false {
      items.append(
        Item(
          regime: style.pick("GDPR, article 33 (2)", "GDPR 第33条第2項"),
          report: style.pick("notice of a processor to its controller", "処理者から管理者への通知"),
          due: .words(style.pick("without undue delay", "不当な遅滞なく")),
          note: style.pick("no number of hours", "時間の定めなし")
            + (gdpr == nil ? style.pick("; where it applies", "。適用の有無は不明") : "")
        )
      )
    }
    items.append(
      Item(
        regime: style.pick("GDPR, article 33 (1)", "GDPR 第33条第1項"),
        report: style.pick("notice to the supervisory authority", "監督機関への通知"),
        due: gdpr == false
          ? .words(style.pick("does not apply", "適用なし"))
          : .time(
            Timestamp(nanoseconds: start.nanoseconds &+ 72 * 3600 * Timestamp.nanosecondsPerSecond)
          ),
        note: gdpr == false
          ? style.pick("as people have entered", "記入による")
          : (gdpr == nil
            ? style.pick("72 hours, where it applies: nobody has said", "72時間以内。適用の有無は不明")
            : style.pick("72 hours", "72時間以内")) + provisional
      )
    )
    return items
  }

  /// What is to be done under the Act on the Protection of Personal Information, where there is a duty.
  private func privacy(_ day: Int, _ provisional: String) -> [Item] {
    [
      Item(
        regime: style.pick("APPI, article 26", "個人情報保護法第26条"),
        report: style.pick("preliminary report to the Commission", "速報(個人情報保護委員会)"),
        due: .days(day + 2...day + 4),
        note: style.pick(
          "promptly: about 3 to 5 days; to the minister in charge where the Commission's power is delegated",
          "速やかに(概ね3〜5日以内)。権限が事業所管大臣に委任されている業種では当該大臣に報告"
        ) + provisional
      ),
      final(day, provisional),
      Item(
        regime: style.pick("APPI, article 26 (1), proviso", "同法第26条第1項ただし書"),
        report: style.pick("notice to each owner, by a contractor", "委託元への通知(委託先として)"),
        due: .days(day + 2...day + 4),
        note: style.pick(
          "promptly, with the same nine items; the contractor is then exempt",
          "速やかに、9項目を通知(通知により報告義務を免除)"
        ) + provisional
      ),
      Item(
        regime: style.pick("APPI, article 26 (2)", "同法第26条第2項"),
        report: style.pick("notice to the persons concerned", "本人への通知"),
        due: .words(style.pick("promptly, as the matter stands", "状況に応じて速やかに")),
        note: style.pick("no number of days", "日数の定めなし")
      ),
    ]
  }

  /// The same, as far as there is a duty: the day stays told, for whoever finds that it applies.
  private func inDuty(_ item: Item) -> Item {
    var item = item
    switch duty {
    case .due: return item
    case .ifItApplies:
      item.note = style.pick("if it applies: ", "該当する場合。") + item.note
    case .notByTheData:
      let isDated =
        switch item.due {
        case .day, .days: true
        default: false
        }
      let day = style.text(item.due)
      item.note =
        (isDated
          ? style.pick("by \(day), if it applied after all: ", "該当すると判明した場合の期限は\(day)。")
          : style.pick("if it applied after all: ", "該当すると判明した場合。")) + item.note
      item.due = .words(style.pick("not due by the data at hand", "手元の記録からは該当なし"))
    }
    return item
  }

  private func final(_ day: Int, _ provisional: String) -> Item {
    let days = wrongfulPurpose == false ? 30 : 60
    let note =
      switch wrongfulPurpose {
      case .some(true): style.pick("60 days: possibly wrongful purpose", "60日以内(不正の目的のおそれ)")
      case .some(false): style.pick("30 days", "30日以内")
      case .none:
        style.pick(
          "60 days, as a wrongful purpose is not excluded; else 30 days: ",
          "60日以内(不正の目的のおそれを否定できないため)。それ以外は30日以内:"
        ) + style.date(moved(day + 29))
      }
    return Item(
      regime: style.pick("APPI, article 26", "個人情報保護法第26条"),
      report: style.pick("final report to the Commission", "確報(個人情報保護委員会)"),
      due: .day(moved(day + days - 1)),
      note: note
        + style.pick("; the first day counted, a day off moved on", "(初日を算入し、閉庁日は翌開庁日まで)")
        + provisional
    )
  }

  private func communications(
    _ start: Timestamp,
    _ day: Int,
    _ provisional: String
  ) -> [Item] {
    let regime = style.pick("Telecommunications Business Act, article 28", "電気通信事業法第28条")
    guard secrecyOfCommunications != false else {
      return [
        Item(
          regime: regime,
          report: style.pick("reports to the ministry", "総務省への報告"),
          due: .words(style.pick("does not apply", "該当なし")),
          note: style.pick("no secrecy of communications", "通信の秘密の漏えいに該当しない")
        )
      ]
    }
    let open =
      secrecyOfCommunications == nil
      ? style.pick(
        "where secrecy of communications is concerned: nobody has said",
        "通信の秘密に係る場合。該当の有無は不明"
      )
      : style.pick("secrecy of communications", "通信の秘密")
    return [
      Item(
        regime: regime,
        report: style.pick("first report to the ministry (MIC)", "第一報(総務省)"),
        due: .words(style.pick("at once", "直ちに")),
        note: open
      ),
      Item(
        regime: regime,
        report: style.pick("detailed report to the ministry (MIC)", "詳報(総務省)"),
        due: .day(moved(day + 30)),
        note: style.pick(
          "30 days, the day after the first counted (Civil Code, article 140), a day off moved on (Act on Days Off of Administrative Organs, article 2); ",
          "30日以内(初日不算入:民法第140条。閉庁日は翌開庁日まで:行政機関の休日に関する法律第2条)。"
        ) + open + provisional
      ),
    ]
  }

  /// The day, or the next that is no day off.
  func moved(_ day: Int) -> Int {
    var day = day
    // No run of days off is as long as that.
    for _ in 0..<40 where isOff(day) { day += 1 }
    return day
  }

  private func isOff(_ day: Int) -> Bool {
    let date = CivilCalendar.date(ofDay: day)
    return CivilCalendar.weekday(ofDay: day) >= 5 || holidays.contains(day)
      || JapaneseHolidays.contains(day)
      || (date.month == 12 && date.day >= 29) || (date.month == 1 && date.day <= 3)
  }
}

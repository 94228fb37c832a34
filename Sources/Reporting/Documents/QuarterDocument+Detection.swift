internal import Estate
internal import EventModel

/// What was detected and decided, the state of the logs, and what people have done.
extension QuarterDocument {
  /// Days and hours.
  static func duration(_ seconds: Int64?, _ style: DocumentStyle) -> Cell {
    // A clock that was set back tells of no duration.
    guard let seconds, seconds >= 0 else { return .unknown }
    let (days, hours) = (seconds / 86_400, seconds % 86_400 / 3_600)
    if days == 0, hours == 0 {
      let minutes = seconds / 60
      return .words(style.pick("\(minutes) min", "\(minutes) 分"))
    }
    return .words(
      days == 0
        ? style.pick("\(hours) h", "\(hours) 時間")
        : style.pick("\(days) d \(hours) h", "\(days) 日 \(hours) 時間")
    )
  }

  // MARK: 5 and 6

  var detection: Document.Section {
    var counts = style.table(
      "detection",
      [
        ("what", "What", "区分", false), ("now", "Quarter", "本四半期", true),
        ("before", "Quarter before", "前四半期", true),
      ],
      empty: style.unknown
    )
    func row(_ words: String, _ count: (QuarterFacts) -> Int) {
      counts.rows.append([
        .words(words), known(facts, Int64(count(facts))),
        earlier.map { known($0, Int64(count($0))) } ?? .unknown,
      ])
    }
    for severity in Severity.allCases.reversed() {
      row(style.term("incidents") + style.pick(", severity ", "・重大度 ") + style.severity(severity)) {
        listed($0).count { $0.incident.severity == severity && !$0.incident.isExcepted }
      }
    }
    row(style.pick("under an exception", "例外扱い")) {
      listed($0).count { $0.incident.isExcepted && !isOpen($0) }
    }
    for kind in TriageAct.Kind.allCases where kind.isDecision {
      let word = style.act(kind)
      row(style.isJapanese ? "判断:\(word)" : "decided: \(word) (\(kind.rawValue))") {
        listed($0).count {
          $0.standing?.kind == kind && !$0.incident.isExcepted && !isOpen($0)
        }
      }
    }
    // What was decided and waits all the same stands here alone: the parts come to the whole.
    row(
      style.pick(
        "waiting: undecided, not finally, or to be decided again",
        "判断待ち(未判断・最終判断待ち・要再判断)"
      )
    ) { listed($0).count { isOpen($0) } }
    for kind in [TriageAct.Kind.suspected, .underReview] {
      let word = style.act(kind)
      row(
        style.pick("of these decided: \(word), final decision waits", "うち判断:\(word)(最終判断待ち)")
      ) { listed($0).count { $0.judgement?.kind == kind && isOpen($0) } }
    }
    counts.note = style.pick(
      "Incidents with takings in the quarter, and those raised in it; severity and decisions as on the day of this report.",
      "期間中に発生した事案と、期間中に検知した事案。重大度と判断は報告日現在。"
    )
    let oldest = oldestOpen(facts)
    let age = oldest?.detected.flatMap { start in
      cutoff.map { ($0.nanoseconds - start.nanoseconds) / Timestamp.nanosecondsPerSecond }
    }
    var suppressions = Document.Table(
      "suppressions",
      style.pick("Exceptions, and by whom", "例外(抑止)と責任者"),
      [
        Document.Table.Column("name", style.pick("Exception", "例外")),
        Document.Table.Column("responsible", style.pick("Responsible", "責任者")),
        Document.Table.Column("reason", style.pick("Reason", "理由")),
        Document.Table.Column("until", style.pick("Until", "期限")),
        Document.Table.Column("records", style.pick("Records covered", "対象件数"), isNumeric: true),
        Document.Table.Column("pierced", style.pick("Ceiling", "上限")),
      ],
      empty: nothing("No exception covered anything.", "例外の適用はない。")
    )
    var told: Set<String> = []
    for exception in facts.incidents.flatMap(\.incident.exceptions)
    where told.insert(exception.name).inserted {
      suppressions.rows.append([
        .name(exception.name), .name(exception.responsible), .prose(exception.reason),
        .time(exception.until), .records(exception.records),
        .words(exception.isPierced ? style.pick("passed", "超過") : style.pick("kept", "範囲内")),
      ])
    }
    return titled(
      "detection",
      [
        .fields([
          Document.Field(
            "median_to_decide",
            style.pick("Median time from detection to decision", "検知から判断までの中央値"),
            [median(facts)],
            note: style.pick("the quarter before: ", "前四半期:")
              + (earlier.map { style.text(median($0)) } ?? style.unknown)
          ),
          Document.Field(
            "oldest_open",
            style.pick("Oldest that waits", "最も古い判断待ちの事案"),
            oldest.map { [.name($0.incident.id), .time($0.detected), Self.duration(age, style)] }
              ?? [nobodyWaits(facts)],
            note: style.pick("of all quarters, on \(cutoffDay)", "全期間の事案のうち。\(cutoffDay)現在")
          ),
        ]), .table(counts), .table(suppressions),
      ]
    )
  }

  var logs: Document.Section {
    titled(
      "log_health",
      [
        .fields([
          style.field(
            "coverage",
            CoverageBlocks.share(facts.coverage, style),
            note: style.pick("the quarter before: ", "前四半期:")
              + (before.map { style.text(CoverageBlocks.share($0.coverage, style)) }
                ?? style.unknown)
          ), style.field("tamper_checks", CoverageBlocks.tamper(facts.coverage, style)),
          Document.Field(
            "retention",
            style.pick("Retention", "保存期間"),
            .proses(section.texts["retention"] ?? notes.reporter.texts["retention"]),
            note: facts.firstKnownDay.map {
              style.pick("records are known from ", "把握している最初の日:") + style.date($0)
            }
          ),
        ]), .picture(CoverageBlocks.calendar(facts.coverage, style)),
        .table(CoverageBlocks.gaps(facts.coverage, style)),
        .table(CoverageBlocks.digests(facts.digests, style)),
      ]
    )
  }
}

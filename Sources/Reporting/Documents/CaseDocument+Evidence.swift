internal import Estate
internal import EventModel

/// What it rests on, what was not seen, and for an owner whom to notify.
extension CaseDocument {
  var evidence: Document.Section {
    var part = Document.Section("evidence", style.pick("Evidence and coverage", "証拠と記録の範囲"))
    part.blocks = [
      .fields([
        style.field("coverage", CoverageBlocks.share(story.coverage, style)),
        style.field("tamper_checks", CoverageBlocks.tamper(story.coverage, style)),
      ]),
      .picture(CoverageBlocks.calendar(story.coverage, style)),
      .table(CoverageBlocks.gaps(story.coverage, style)),
      .table(evidenceTable),
      .table(CoverageBlocks.digests(story.digests, style)),
    ]
    return part
  }

  private var evidenceTable: Document.Table {
    var table = style.table(
      "events",
      [
        ("time", "Time", "日時", false), ("file", "Log", "記録", false), ("line", "Line", "行", true),
        ("rules", "Shows", "示すもの", false), ("sha256", "SHA-256 of the line", "行の SHA-256", false),
      ],
      empty: owner == nil
        ? style.pick("No line of a log shows it.", "なし:これを示すログの行はない。")
        : style.pick(
          "None that is known to be of this owner's records alone. The lines can be handed over on request.",
          "なし:この委託元の記録のみに係ると確認できる行はない。該当し得る行は求めに応じて引き渡せる。"
        )
    )
    for line in lines {
      table.rows.append([
        .time(line.evidence.time), .name(line.evidence.file), .number(line.evidence.line),
        .prose(Set(line.findings).sorted().joined(separator: style.pick(", ", "、"))),
        line.evidence.sha256.map { .digest($0) } ?? .unknown,
      ])
    }
    // Where there is none, there is nothing to hand over, or it stands there already.
    table.note =
      table.rows.isEmpty
      ? nil
      : style.pick(
        "The content of a line stays in its log; `ometsuke evidence \(incident.id)` hands it over with its seals.",
        "行の内容はログに残る。`ometsuke evidence \(incident.id)` で封印とともに取り出せる。"
      )
    let undecided = undecidedLines
    if undecided > 0 {
      let lines = NumberText.counted(Int64(undecided), "further line")
      table.note =
        (table.note ?? "")
        + style.pick(
          " \(lines) of days on which several owners' records were read may be of this owner or of another.",
          "ほかに、複数の委託元の記録が読み出された日の \(NumberText.grouped(Int64(undecided))) 行があり、いずれの委託元のものか確定できない。"
        )
    }
    return table
  }

  // MARK: Limits

  var limits: Document.Section {
    var part = Document.Section("limitations", style.term("limitations"))
    var found = CoverageBlocks.limits(story.coverage, style)
    if owners.contains(where: \.owner.isEmpty)
      || (owner != nil && incident.owners.contains(where: \.owner.isEmpty))
    {
      found.append(
        .words(
          style.pick(
            "Records of which no log tells whose they were may be anybody's, and add to the upper end.",
            "委託元を特定できない記録があり、どの委託元の上端にも加わり得る。"
          )
        )
      )
    }
    if leftOut > 0 {
      let count = NumberText.grouped(leftOut)
      found.append(
        .words(
          style.pick(
            "\(NumberText.counted(leftOut, "further event")) contributed of which only the largest have their line under Evidence.",
            "証拠に行を示したのは最大のものに限る。ほかに \(count) 件の操作が寄与している。"
          )
        )
      )
    }
    if incident.persons.isEmpty {
      found.append(
        .words(
          style.pick(
            "Which person used the account cannot be told from these logs.",
            "アカウントを使用した人物は、これらのログからは特定できない。"
          )
        )
      )
    }
    found.append(
      .words(
        story.knowsDays
          ? style.pick(
            "Daily sums are those of the accounts from every terminal, small look-ups among them; an export "
              + "whose number no log states counts in them with its lower end.",
            "日別の合計はアカウント単位(全端末)で、少量の閲覧を含む。件数の記録がない書出しは下端で数える。"
          )
          : style.pick(
            "Made from the results of a scan, without a store: what was read on single days and under single "
              + "instructions, devices at terminals, seals and decisions are unknown.",
            "ストアではなくスキャンの結果による報告のため、日別・指示別の読出し、端末への媒体の接続、封印、判断の記録は不明である。"
          )
      )
    )
    found += (section.texts["limitations"] ?? []).map { .prose($0) }
    part.blocks = [.sentences(found)]
    return part
  }

  // MARK: Persons concerned

  var references: Document.Section {
    var part = Document.Section("subject_refs", style.term("subject_refs"))
    part.blocks = [
      .sentences(SubjectBlocks.words(subjects, style))
    ]
    return part
  }
}

/// What can be said of the persons concerned without their names.
enum SubjectBlocks {
  static func words(
    _ subjects: CaseDocument.SubjectReferences?,
    _ style: DocumentStyle,
    isList: Bool = false
  ) -> [Cell] {
    guard let subjects else {
      return [
        .words(
          style.pick(
            "Unknown: no night kept references of persons (they need a privacy key of the estate).",
            "不明:本人参照は保存されていない(保存には privacy の鍵が必要)。"
          )
        )
      ]
    }
    let count = NumberText.grouped(Int64(subjects.values.count))
    return [
      .words(
        style.pick(
          "\(count) opaque references of persons whose records the accounts opened one by one"
            + (subjects.isComplete ? "" : "; a draw, there were more")
            + (isList ? "." : ". `ometsuke report notification` writes them."),
          "個別に閲覧された本人の参照 \(count) 件" + (subjects.isComplete ? "" : "(標本。実数はこれを超える)")
            + (isList ? "。" : "。一覧は `ometsuke report notification` で出力する。")
        )
      ),
      .words(
        style.pick(
          "Exports in bulk name nobody: where a share of the set was exported, anybody in the set may be concerned.",
          "一括の書出しには本人の記載がない。書き出された割合の範囲で、交付された全員に該当の可能性がある。"
        )
      ),
    ]
  }
}

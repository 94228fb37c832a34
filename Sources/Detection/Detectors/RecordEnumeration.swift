internal import Estate
internal import EventModel

/// Raises a finding when an account walks through records in the order of their keys (page after page
/// of a list, range beside range, one customer number after the other), or opens single records day
/// after day at a rate that its role does not know.
///
/// No export is needed for either. A read follows another when it begins where one of the last four
/// ended (or ends where the last began); what the log states of that is an offset, a range of ids or the
/// customer number, of which eight keyed bits are kept. Ten steps are needed, and one read in eight must
/// be one: chance makes one in 60. Of pages that state where they begin and not how many they show, each that
/// is none of the last four is a step of ten records, as an estimate. Reads that a call asks for are left out where calls are stated
/// (agents call down lists), and so is what an instruction covers.
///
/// Several accounts of one person or at one terminal that read in one order, each going on where another stopped, are
/// held against a third of these limits, if that happens three times on a day, or twice on each of several: two shifts
/// with a list each seem to by chance once in 60 changes.
///
/// The rate is that of single records: beyond the median and three median deviations of the role's
/// account-days and what 95 of 100 of them keep to, never below 40 a day: on 12 days of 30 and 2,000 in all, more
/// than a turn of the year with three times the views, or on 40 days of 90 and twelve days' worth in all: what is
/// usual follows within three weeks where the whole role has more to do; or on one day six times as many, 200 at least.
/// Five days of 30 with four times as many, 1,000 beyond in all, are told low: an overtime of the year's turn has three times.
/// A privileged account's usual is that of its role's common days, 40 as long as few are known.
///
/// Of a privileged account reads are counted, too, whose number no log states and no text bounds (`EXECUTE`, `CALL`, lines
/// of tables alone, a statement that was not logged), of owners' and declared sets: 30 a day or 150 in 30 days, low
/// from there on, medium from three times and high from ten times as many; `policy.uncounted-limits` has others.
/// What a clock does stays low: reads around the clock, the hours alike (none beyond twice the mean and two, at most one
/// of twelve without any, none with more than the limit of a day), by the program at the terminal that made most of them.
/// It must be so for 24 hours, or as long as the account is known at all; once seven days are known their pace is
/// enough. What comes by another program or from another terminal is held against the limits by itself. A busier hour,
/// hours of the day alone, or a run that begins of an account long known, are judged by all their reads. Nobody
/// is let off, whatever was usual from the first day on: steady work is told, as low.
///
/// Defaults: the threat catalogue's background (60 … 220 records a day, lists
/// on the screen 100 rows a page; reviewers 300 … 500 a day); `policy.sequence-limits` has others.
/// MITRE ATT&CK T1119 (Automated Collection).
final class RecordEnumeration: Detector {
  static let name = "record-enumeration"
  static let summary = "records read page by page or in order of their keys, or at an unusual rate"
  static let technique = "T1119"
  static let signal = Signal.order
  static let needs: KeyState.Needs = [.sequences]
  static let gap: Int64 = 90 * 86_400_000_000_000

  static let horizons = ["day", "30d"]
  /// The subkey of what is told by its rate.
  static let ofRate = "rate"
  /// Of what several accounts read in one order.
  static let ofHands = "one order"
  static let rateDays: Int64 = 12
  static let rateLimit: Int64 = 2_000
  /// Of 90 days, and how many times a day's usual look-ups.
  static let longRateDays: Int64 = 40
  static let longRate: Int64 = 12
  /// Of one day, and at least.
  static let rush: Int64 = 6
  static let leastRush: Int64 = 200

  /// Days of several times the usual, of 30, how many times, and records beyond in all.
  static let burstDays: Int64 = 5
  static let burst: Int64 = 4
  static let burstLimit: Int64 = 1_000

  let limits: [[Int64]]
  let uncountedLimits: [[Int64]]
  private let clock: LocalClock

  init(estate: DeclaredEstate) {
    clock = LocalClock(zone: estate.policy.zone)
    limits = Role.allCases.map { role in
      let defaults: [Int64] =
        switch role {
        case .operator: [300, 6_000]
        case .supervisor: [5_000, 50_000]
        case .reviewer: [1_000, 20_000]
        case .service: [10_000, 20_000]
        default: [1_000, 3_000]
        }
      let declared = estate.policy.sequenceLimits[role] ?? [:]
      return zip(Self.horizons, defaults).map { declared[$0.0] ?? $0.1 }
    }
    uncountedLimits = Role.allCases.map { role in
      let declared = estate.policy.uncountedLimits[role] ?? [:]
      return zip(Self.horizons, [30, 150]).map { declared[$0.0] ?? $0.1 }
    }
  }

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    attention.isDrawnBySequence = true
    return attention
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard state.isSequenceNotable, handling.isUnexplained else { return nil }
    if kind != .account { return state.relays.first.flatMap { inOneOrder(handling, $0) } }
    guard let sequence = state.sequences.first else { return nil }
    return inOrder(handling, sequence) ?? rate(handling, sequence) ?? uncounted(handling, sequence)
  }

  private func inOrder(_ handling: borrowing Handling, _ sequence: ReadSequence) -> Hit? {
    guard handling.row.begins != 0, !handling.row.flags.contains(.call) else { return nil }
    var best: (horizon: Int, ratio: Double, sum: LookUps.Sum)?
    for (horizon, days) in [1, 30].enumerated() as EnumeratedSequence<[Int32]> {
      let sum = sequence.stretches.sequence(within: days)
      let limit = limits[handling.roleIndex][horizon]
      guard sum.records >= max(1, limit) else { continue }
      let ratio = Double(sum.records) / Double(max(1, limit))
      if ratio >= best?.ratio ?? 0 { best = (horizon, ratio, sum) }
    }
    guard let best else { return nil }
    let limit = limits[handling.roleIndex][best.horizon]
    let whole = sequence.stretches.sequence(within: Stretches.kept)
    let isStated = handling.row.quality != .unknown
    return Hit(
      window: Self.horizons[best.horizon],
      // Pages that do not state how many they show hold one record at least.
      value: isStated
        ? .exactly(best.sum.records)
        : Volume(low: best.sum.records / Stretches.assumedPage, high: best.sum.records),
      limit: limit,
      severity: SeverityScale.of(
        value: best.sum.records,
        limit: limit,
        stated: isStated,
        handling: handling
      ),
      subkey: "order",
      earlier: handling.isBulk ? -1 : max(0, max(whole.small, best.sum.small) - 1),
      earlierFirst: min(
        whole.start(before: handling.row.time),
        best.sum.start(before: handling.row.time)
      ),
      isEarlierGrowing: true,
      earlierToday: isStated ? sequence.stretches.smallToday - 1 : 0
    )
  }

  /// One account after the other that goes on where the last one stopped: three times on one day, twice a day on others.
  private func inOneOrder(_ handling: borrowing Handling, _ stretches: Stretches) -> Hit? {
    guard handling.row.begins != 0, handling.row.quality != .unknown else { return nil }
    for (horizon, days) in [1, 30].enumerated() as EnumeratedSequence<[Int32]> {
      let sum = stretches.sequence(within: days)
      let limit = max(1, limits[handling.roleIndex][horizon] / 3)
      guard sum.records >= limit, stretches.handovers(within: days) >= max(3, 2 * sum.days) else {
        continue
      }
      let whole = stretches.sequence(within: Stretches.kept)
      return Hit(
        window: Self.horizons[horizon],
        value: .exactly(sum.records),
        limit: limit,
        severity: SeverityScale.of(
          value: sum.records,
          limit: limit,
          stated: true,
          handling: handling
        ),
        subkey: Self.ofHands,
        // With the one that each day begins with.
        earlier: handling.isBulk ? -1 : max(0, whole.small + whole.days - 1),
        earlierFirst: whole.start(before: handling.row.time),
        isEarlierGrowing: true
      )
    }
    return nil
  }

  private func rate(_ handling: borrowing Handling, _ sequence: ReadSequence) -> Hit? {
    guard handling.isLookUp else { return nil }
    if let hit = rush(handling, sequence) { return hit }
    var (sum, limit, window) = (sequence.lookUps.beyond(within: 30), Self.rateLimit, "30d")
    if sum.days < Self.rateDays || sum.records < limit {
      limit = Self.longRate * sequence.lookUps.peers.views
      (sum, window) = (sequence.lookUps.beyond(within: LookUps.kept), "90d")
      guard sum.days >= Self.longRateDays, sum.records >= limit else {
        return burst(handling, sequence)
      }
    }
    if handling.role == .reviewer, sum.records < 10 * Self.rateLimit { return nil }
    return rateHit(handling, sequence.lookUps, sum, window: window, limit: limit, from: 1)
  }

  /// Which of a day's look-ups were too many no log tells: all of them are in question, and as many as are usual may be
  /// work.
  ///
  /// What a call asked for is in question where calls alone ask for too many: on a day or two the telephone may ring all day.
  private func rateHit(
    _ handling: borrowing Handling,
    _ lookUps: LookUps,
    _ sum: LookUps.Sum,
    window: String,
    limit: Int64,
    from beyond: Int64
  ) -> Hit? {
    let (today, peers) = (lookUps.today, lookUps.peers)
    let hasCalls = today.accompanied > 0
    let isCallsToo = sum.callsBeyond >= limit
    if handling.row.flags.contains(.call), !isCallsToo { return nil }
    let all = sum.all + (isCallsToo ? sum.calls : 0)
    let usual = handling.isPrivileged ? 0 : (all - sum.records) * 1_000 / max(1, all)
    return Hit(
      window: window,
      value: .exactly(sum.records),
      limit: limit,
      severity: .medium,
      subkey: Self.ofRate,
      earlier: max(0, all - 1),
      earlierFirst: sum.start(before: handling.row.time),
      isEarlierGrowing: hasCalls,
      // Which ones a call asked for rows tell, or nothing does.
      earlierToday: today.settled > 0
        ? 0 : isCallsToo ? Int64(today.views) - 1 : today.open(peers) - 1,
      isBesidesCalls: hasCalls && !isCallsToo,
      // What was read before the day was one too many; from then on each joins by itself.
      takesToday: !hasCalls && Int64(today.views) == peers.views + beyond,
      // A privileged account has no such work. A thousand more: those that a call asked for are among them.
      detail: usual + (isCallsToo ? 1_000 : 0)
    )
  }

  /// Days of several times what is usual, fewer than make a rate.
  private func burst(_ handling: borrowing Handling, _ sequence: ReadSequence) -> Hit? {
    let peers = sequence.lookUps.peers
    guard handling.role != .service, handling.role != .reviewer, peers != .unknown else {
      return nil
    }
    let least = (Self.burst - 1) * peers.views
    let sum = sequence.lookUps.beyond(within: 30, least: least)
    guard sum.days >= Self.burstDays, sum.records >= Self.burstLimit else { return nil }
    var hit = rateHit(
      handling,
      sequence.lookUps,
      sum,
      window: "30d",
      limit: Self.burstLimit,
      from: max(1, least)
    )
    hit?.severity = .low
    hit?.isEarlierGrowing = true
    return hit
  }

  /// One day of many times what the busiest of the role's account-days have.
  private func rush(_ handling: borrowing Handling, _ sequence: ReadSequence) -> Hit? {
    let (today, peers) = (sequence.lookUps.today, sequence.lookUps.peers)
    let limit = max(Self.leastRush, Self.rush * peers.views)
    guard handling.role != .service, handling.role != .reviewer, peers != .unknown,
      Int64(today.views) >= limit
    else { return nil }
    var hit = rateHit(
      handling,
      sequence.lookUps,
      sequence.lookUps.beyond(within: 1),
      window: Self.horizons[0],
      limit: limit,
      // Those before the limit was reached; from then on each joins by itself.
      from: limit - peers.views
    )
    hit?.value = .exactly(Int64(today.views))
    hit?.earlierFirst = clock.start(of: Int(today.day))
    return hit
  }

  /// Many reads of unknown number.
  private func uncounted(_ handling: borrowing Handling, _ sequence: ReadSequence) -> Hit? {
    guard handling.isUncounted else { return nil }
    let limits = uncountedLimits[handling.roleIndex]
    for (horizon, days) in [1, UncountedReads.kept].enumerated() {
      let (sum, limit) = (sequence.uncounted.sum(within: days), max(1, limits[horizon]))
      let reads = Int64(sum.reads)
      guard reads >= limit else { continue }
      return Hit(
        window: Self.horizons[horizon],
        value: .exactly(reads),
        limit: limit,
        unit: "reads",
        severity: gravity(sequence.uncounted, limits, reads: reads, of: limit),
        subkey: "uncounted",
        earlier: sum.most,
        earlierFirst: clock.start(of: Int(sequence.uncounted.first(within: days))),
        takesRead: true,
        detail: sum.most
      )
    }
    return nil
  }

  /// By all reads; of what a clock does, by those of other hands.
  private func gravity(
    _ uncounted: borrowing UncountedReads,
    _ limits: [Int64],
    reads: Int64,
    of limit: Int64
  ) -> Severity {
    var times = reads / limit
    if let hand = uncounted.usualHand, uncounted.isSteady(max(1, limits[0])) {
      times = 0
      for (horizon, days) in [1, UncountedReads.kept].enumerated() {
        let others = uncounted.sum(within: days, besides: hand)
        times = max(times, Int64(others.reads) / max(1, limits[horizon]))
      }
    }
    return times >= 10 ? .high : times >= 3 ? .medium : .low
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    switch finding.subkey {
    case ofRate: describeRate(finding, words)
    case "uncounted": describeUncounted(finding, words)
    case ofHands: describeHands(finding, words)
    default: describeOrder(finding, words)
    }
  }

  private static func describeUncounted(
    _ finding: FindingState,
    _ words: FindingWords
  ) -> FindingText {
    let isBounded = finding.detail < Volume.unbounded
    let most = NumberText.grouped(finding.detail)
    return FindingText(
      english:
        "\(words.kind.word) \(words.key): \(finding.value.english("read")) within \(finding.windowText) of which "
        + "no log tells how many records they returned, "
        + (isBounded ? "up to \(most) together, " : "with nothing that bounds them, ")
        + "limit \(finding.limit), without an instruction",
      japanese: "\(words.kind.japanese) \(words.key): 件数がどのログにも残らない読出し "
        + "\(NumberText.grouped(finding.value.high)) 回(\(finding.windowJapanese) 以内、上限 \(finding.limit) 回、"
        + (isBounded ? "合計最大 \(most) 件" : "件数の上限も不明") + ")、対応する指示なし",
      explanations: [
        "monitoring or maintenance that calls procedures or prepared statements",
        "a job that is not declared",
      ],
      explanationsJapanese: ["プロシージャや準備済み文を呼ぶ監視・保守作業", "申告されていないジョブ"]
    )
  }

  private static func describeHands(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english:
        "\(words.kind.word) \(words.key): \(finding.value.english()) read by several accounts in the "
        + "order of their keys, each going on where another stopped, within \(finding.windowText), limit "
        + "\(finding.limit), without an instruction",
      japanese: "\(words.kind.japanese) \(words.key): 複数のアカウントが互いの続きからキー順に "
        + "\(finding.value.japanese)を読出し(\(finding.windowJapanese) 以内、上限 \(finding.limit) 件)、対応する指示なし",
      explanations: [
        "a list called down by several shifts at one seat, by a log that names no calls",
        "several sessions of one program that share a list",
      ],
      explanationsJapanese: [
        "通話の記録されない環境で交替で行う名簿順の架電", "一覧を分担するプログラムの複数セッション",
      ]
    )
  }

  private static func describeOrder(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english: "\(words.kind.word) \(words.key): \(finding.value.english()) read one after the "
        + "other in the order of their keys within \(finding.windowText), limit \(finding.limit), "
        + "without an instruction",
      japanese: "\(words.kind.japanese) \(words.key): キー順の連続読出し "
        + "\(finding.value.japanese)(\(finding.windowJapanese) 以内、上限 \(finding.limit) 件)、対応する指示なし",
      explanations: [
        "a list called down in its order, by a log that names no calls",
        "a check of a list on the screen that nobody entered in the register",
        "a program that reads page by page",
      ],
      explanationsJapanese: [
        "通話の記録されない環境での名簿順の架電", "登録されていない画面上の名簿点検", "ページ単位で読むプログラム",
      ]
    )
  }

  private static func describeRate(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english:
        "\(words.kind.word) \(words.key): \(finding.value.english("single record")) opened within "
        + "\(finding.windowText) beyond the daily number usual for the role, limit \(finding.limit)",
      japanese: "\(words.kind.japanese) \(words.key): 役割の通常日量を超える個別照会 "
        + "\(finding.value.japanese)(\(finding.windowJapanese) 以内、上限 \(finding.limit) 件)",
      explanations: [
        "overtime that lasts, or the work of several on one account",
        "another kind of work than that of the role's other accounts",
      ],
      explanationsJapanese: ["長期の時間外勤務、または複数人での共用", "同じ役割の他者と異なる業務"]
    )
  }
}

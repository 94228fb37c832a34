internal import EventModel
internal import Ingest

/// Puts together what was seen, what was not, and what had to be assumed.
struct CoverageAssembly: Sendable {
  typealias Sentence = (english: String, japanese: String)

  var sources: [SourceDeclaration]
  var problems: [Coverage.Unreadable]
  /// Paths of files that are no logs by their names, in order.
  var leftOut: [String] = []
  var estate: [(english: String, japanese: String)] = []
  /// The days asked for.
  var period: Coverage.Period?

  func coverage(
    books: [Int: CoverageBook],
    notes: [FileNote],
    overlap: OverlapCount,
    leftOut filter: OverlapFilter,
    overflowed: Int64,
    names: NameTable
  ) -> Coverage {
    var coverage = Coverage()
    var assumptions = estate
    for index in books.keys.sorted() {
      guard let book = books[index], index < sources.count else { continue }
      let source = sources[index]
      coverage.sources.append(book.coverage(name: source.name, system: source.system, names: names))
      if book.usesZone, source.timeZone == nil, book.unknownZones.isEmpty {
        assumptions.append(
          (
            "Times of source \(source.name) state no zone: UTC is assumed.",
            "情報源 \(source.name) の時刻には時間帯の記載がないため、UTC とみなしました。"
          )
        )
      }
      assumptions += Self.sentences(book.assumedZones, source)
      assumptions += Self.sentences(zones: book.unknownZones, source)
      assumptions += Self.sentences(operations: book.unknownOperations, source.name)
      assumptions += Self.sentences(unread: book.unreadRecords, source.name)
      assumptions += Self.sentences(book.encodings, source.name)
      if book.isYearless, source.year == nil {
        assumptions.append(
          (
            "Times of source \(source.name) state no year: it is inferred from "
              + (book.dependsOnFileTimes
                ? "when the files were last changed; declare it." : "the files."),
            "情報源 \(source.name) の時刻には年の記載がないため、"
              + (book.dependsOnFileTimes ? "ファイルの更新日時" : "ファイル") + "から推定しました。"
          )
        )
      }
      if book.lacksMethods {
        assumptions.append(
          (
            "Requests of source \(source.name) state no method: each is taken for one that reads. "
              + "Add the method to its log format ($request_method, cs-method).",
            "情報源 \(source.name) の要求にはメソッドの記載がないため、すべて閲覧とみなしました。"
              + "ログ形式にメソッド（$request_method、cs-method）を加えてください。"
          )
        )
      }
      assumptions += Self.sentences(book.yearDoubts, source.name)
      if let untold = coverage.sources.last?.untoldByNumbers {
        assumptions += Self.sentences(untold, source.name)
      }
    }
    assumptions += Self.copies(notes)
    assumptions += Self.overlaps(overlap.files(notes), notes)
    assumptions += Self.leftOut(filter, notes)
    coverage.assumptions = assumptions.map(\.english)
    coverage.assumptionsJapanese = assumptions.map(\.japanese)
    coverage.filesLeftOut = Int64(leftOut.count)
    coverage.filesLeftOutNamed = Array(leftOut.prefix(Coverage.namedFiles))
    coverage.unreadable = problems
    for note in notes {
      guard let error = note.error else { continue }
      coverage.unreadable.append(Coverage.Unreadable(path: note.path, reason: error))
    }
    coverage.unreadable.sort { ($0.path, $0.reason) < ($1.path, $1.reason) }
    coverage.rejections = Self.rejections(notes)
    coverage.overflowedNames = overflowed
    coverage.period = period
    return coverage
  }

  /// Where the first rejected records of each file stand, and the one within which it ends.
  private static func rejections(_ notes: [FileNote]) -> [Coverage.RejectedRecord] {
    let limits = Coverage.namedRejections
    var all: [Coverage.RejectedRecord] = []
    for note in notes.sorted(by: { $0.path < $1.path }) where all.count < limits.ofAll {
      var shown = Array(note.rejections.prefix(limits.ofFile))
      if let cut = note.cut, !shown.contains(cut) { shown.append(cut) }
      all += shown.map { Coverage.RejectedRecord(path: note.path, rejection: $0) }
    }
    return Array(all.prefix(limits.ofAll))
  }

  /// How many files a sentence names.
  private static let named = 3

  /// Which files were left out as copies.
  private static func copies(_ notes: [FileNote]) -> [(english: String, japanese: String)] {
    let copies = notes.filter { $0.copyOf != nil }.sorted { $0.path < $1.path }
    guard !copies.isEmpty else { return [] }
    let more = copies.count - min(named, copies.count)
    let pairs = copies.prefix(named).map { ($0.path, $0.copyOf ?? "") }
    let english = pairs.map { "\($0.0) (as \($0.1))" }.joined(separator: ", ")
    let japanese = pairs.map { "\($0.0)（\($0.1) と同じ）" }.joined(separator: "、")
    let (one, many) = ("1 file holds", "\(copies.count) files hold")
    return [
      (
        "\(copies.count == 1 ? one : many) nothing that others do not: not counted again:"
          + " \(english)\(more > 0 ? " and \(more) more" : "").",
        "\(copies.count) 個のファイルは他のファイルにある内容だけのため、重ねて数えていません：\(japanese)"
          + "\(more > 0 ? " ほか \(more) 個" : "")。"
      )
    ]
  }

  /// Which files share events with others without being copies.
  private static func overlaps(
    _ files: [(file: Int, other: Int, events: Int)],
    _ notes: [FileNote]
  ) -> [(english: String, japanese: String)] {
    let files = files.sorted { notes[$0.file].path < notes[$1.file].path }
    guard let first = files.first else { return [] }
    let (path, other) = (notes[first.file].path, notes[first.other].path)
    let more = files.count - 1
    return [
      (
        NumberText.counted(Int64(first.events), "event") + " of \(path) "
          + (first.events == 1 ? "stands" : "stand")
          + " in \(other) too, with the same time and text"
          + (more > 0 ? ", and so do those of " + NumberText.counted(Int64(more), "more file") : "")
          + ": \(first.events == 1 && more == 0 ? "it is" : "they are") counted each time."
          + " If these are copies, leave them out.",
        "\(path) のうち \(first.events) 件は、時刻も内容も同じものが \(other) にもあり"
          + "\(more > 0 ? "（ほかに \(more) 個のファイルも同様）" : "")、それぞれ数えています。"
          + "写しであれば対象から外してください。"
      )
    ]
  }

  /// Which files overlap, and how many events were left out for it.
  private static func leftOut(
    _ filter: OverlapFilter,
    _ notes: [FileNote]
  ) -> [(english: String, japanese: String)] {
    guard filter.count > 0 else { return [] }
    let paths = filter.files.map { notes[$0].path }.sorted()
    let more = paths.count - min(named, paths.count)
    let shown = paths.prefix(named)
    return [
      (
        "\(paths.count) files overlap: " + NumberText.counted(filter.count, "event")
          + " of them \(filter.count == 1 ? "stands" : "stand") in another one too, with the same time and text,"
          + " and \(filter.count == 1 ? "is" : "are") counted once: \(shown.joined(separator: ", "))"
          + "\(more > 0 ? " and \(more) more" : "").",
        "\(paths.count) 個のファイルは期間が重なり、時刻も内容も同じ記録が \(filter.count) 件あるため、重ねて数えていません："
          + "\(shown.joined(separator: "、"))\(more > 0 ? " ほか \(more) 個" : "")。"
      )
    ]
  }

  /// What was assumed of zones that abbreviations of several zones name.
  private static func sentences(
    _ marks: UInt16,
    _ source: SourceDeclaration
  ) -> [(english: String, japanese: String)] {
    ZoneAbbreviation.assumptions(marks).map { name, offset in
      guard let declared = source.timeZone else {
        return (
          "Times of source \(source.name) name the zone \(name), which stands for several: \(offset) is assumed;"
            + " declare its time-zone.",
          "情報源 \(source.name) の時刻にある \(name) は複数の時間帯の略称のため、\(offset) とみなしました。"
            + "time-zone を宣言してください。"
        )
      }
      return (
        "Times of source \(source.name) name the zone \(name), which is not one of its declared time-zone"
          + " \(declared): \(offset) is assumed; look at its declaration.",
        "情報源 \(source.name) の時刻にある \(name) は、宣言された time-zone \(declared) の略称でないため、"
          + "\(offset) とみなしました。宣言を確認してください。"
      )
    }
  }

  /// What was assumed of the years of a source.
  private static func sentences(
    _ doubts: Set<YearInference.Doubt>,
    _ source: String
  ) -> [(english: String, japanese: String)] {
    var sentences: [(english: String, japanese: String)] = []
    if doubts.contains(.orderOfLines) {
      sentences.append(
        (
          "The names of the files of source \(source) do not tell their order over more than a year:"
            + " they are read in the order in which their lines follow each other.",
          "情報源 \(source) のファイルは 1 年を超え、名前から順序が分からないため、行の日付がつながる順とみなしました。"
        )
      )
    }
    if doubts.contains(.noOrder) {
      sentences.append(
        (
          "Neither names nor lines tell the order of the files of source \(source), which go over"
            + " more than a year: their years may be wrong; number the files, or declare one source"
            + " with its year for each log.",
          "情報源 \(source) のファイルは 1 年を超え、名前からも行からも順序が分からないため、年が誤っている可能性があります。"
            + "ファイル名に番号を付けるか、ログごとに情報源と年を宣言してください。"
        )
      )
    }
    if doubts.contains(.leapDay) {
      sentences.append(
        (
          "Source \(source) has lines of 29 February in a year that has none: they are read as"
            + " 1 March; look at its declared year.",
          "情報源 \(source) には平年の 2 月 29 日の行があるため、3 月 1 日とみなしました。宣言した年を確認してください。"
        )
      )
    }
    return sentences
  }

  /// What the numbers of its lines do not tell.
  private static func sentences(
    _ untold: SerialFacts.Left,
    _ source: String
  ) -> [(english: String, japanese: String)] {
    switch untold {
    case .nothing: []
    case .gaps:
      [
        (
          "The numbers of the lines of source \(source) have more than \(SerialBook.mostGaps) gaps, as"
            + " after a filter: whether lines are missing is not told.",
          "情報源 \(source) の行番号には \(SerialBook.mostGaps) 件を超える欠番があるため"
            + "(抽出されたログなど)、行の欠落は判定していません。"
        )
      ]
    case .everything:
      [
        (
          "The lines of source \(source) are of more sessions, or have more gaps, than are followed:"
            + " neither missing lines nor a clock set back are told by their numbers.",
          "情報源 \(source) はセッションまたは欠番が上限を超えるため、行番号による行の欠落と時刻の逆行は判定していません。"
        )
      ]
    }
  }

  /// What was assumed of records that are not UTF-8.
  private static func sentences(
    _ encodings: RecordEncodings,
    _ source: String
  ) -> [(english: String, japanese: String)] {
    var sentences: [(english: String, japanese: String)] = []
    for (name, count) in [("CP932", encodings.cp932), ("EUC-JP", encodings.eucJP)] where count > 0 {
      sentences.append(
        (
          NumberText.counted(Int64(count), "record") + " of source \(source) "
            + (count == 1 ? "is not UTF-8 and was" : "are not UTF-8 and were")
            + " read as \(name): declare its encoding.",
          "情報源 \(source) の \(count) レコードは UTF-8 でないため、\(name) として読みました。文字コードを宣言してください。"
        )
      )
    }
    if encodings.unknown > 0 {
      sentences.append(
        (
          NumberText.counted(Int64(encodings.unknown), "record") + " of source \(source) "
            + (encodings.unknown == 1 ? "is" : "are")
            + " in no known encoding: what is not UTF-8 in \(encodings.unknown == 1 ? "it" : "them") cannot be shown.",
          "情報源 \(source) の \(encodings.unknown) レコードは文字コードが不明で、読めない文字は表示できません。"
        )
      )
    }
    return sentences
  }
}

internal import EventModel

/// What was assumed of words that nobody gave a meaning.
extension CoverageAssembly {
  /// How many of them a sentence names.
  private static let namedWords = 5

  /// The commonest first.
  static func byCount(_ words: UnfamiliarWords) -> [UnfamiliarWords.Word] {
    words.words.sorted { ($1.count, $0.bytes.hex) < ($0.count, $1.bytes.hex) }
  }

  /// The commonest words with how often they came, and how often others did.
  private static func list(_ words: UnfamiliarWords) -> Sentence {
    let named = byCount(words).prefix(namedWords).map {
      (String(decoding: $0.bytes, as: UTF8.self), $0.count)
    }
    let rest = words.total - named.reduce(0) { $0 + $1.1 }
    let english =
      named.map { "\"\($0.0)\" \(NumberText.grouped($0.1))" }
      + (rest > 0 ? ["others \(NumberText.grouped(rest))"] : [])
    let japanese = named.map { "「\($0.0)」\($0.1) 件" } + (rest > 0 ? ["ほか \(rest) 件"] : [])
    return (english.joined(separator: ", "), japanese.joined(separator: "、"))
  }

  /// Times whose zone is an abbreviation that nobody knows.
  static func sentences(zones: UnfamiliarWords, _ source: SourceDeclaration) -> [Sentence] {
    guard !zones.isEmpty else { return [] }
    let list = list(zones)
    let total = NumberText.counted(zones.total, "time")
    let zone = source.timeZone.map { ("its declared time-zone \($0)", "宣言された time-zone \($0)") }
    return [
      (
        "\(total) of source \(source.name) \(zones.total == 1 ? "names" : "name") a zone that is not known"
          + " (\(list.english)): read in \(zone?.0 ?? "UTC"). Declare the time-zone that this means, or"
          + " have the source write numbers (+09).",
        "情報源 \(source.name) の時刻 \(zones.total) 件は、時間帯の略称が不明（\(list.japanese)）のため、"
          + "\(zone?.1 ?? "UTC") とみなしました。略称が示す time-zone を宣言するか、数字（+09 など）で出力してください。"
      )
    ]
  }

  /// Records whose operation nobody gave a meaning.
  static func sentences(operations: UnfamiliarWords, _ source: String) -> [Sentence] {
    guard !operations.isEmpty else { return [] }
    let list = list(operations)
    let total = NumberText.counted(operations.total, "record")
    return [
      (
        "\(total) of source \(source) \(operations.total == 1 ? "states" : "state") an operation that nobody gave a"
          + " meaning (\(list.english)): taken for reads where a volume is stated, else for none."
          + " Declare its values under fields: operation.",
        "情報源 \(source) の \(operations.total) レコードは、操作の意味が宣言されていません（\(list.japanese)）。"
          + "件数やバイト数の記載があるものは閲覧、ほかは閲覧でないものとしました。fields の operation に values を宣言してください。"
      )
    ]
  }

  /// Messages that hold a record which no decoder takes.
  static func sentences(unread: UnfamiliarWords, _ source: String) -> [Sentence] {
    guard !unread.isEmpty else { return [] }
    let list = list(unread)
    let total = NumberText.counted(unread.total, "message")
    return [
      (
        "\(total) of source \(source) \(unread.total == 1 ? "holds" : "hold") a JSON object that no format reads"
          + " (by program: \(list.english)): nothing of them is counted."
          + " Let the program write a file of its own and declare it.",
        "情報源 \(source) の \(unread.total) メッセージには、どの形式でも読めない JSON オブジェクトが含まれています"
          + "（プログラム別: \(list.japanese)）。その内容は数えていません。"
          + "そのプログラムには専用のファイルに出力させ、情報源として宣言してください。"
      )
    ]
  }
}

extension [UInt8] {
  /// For an order of bytes, whatever they are.
  fileprivate var hex: String {
    reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
  }
}

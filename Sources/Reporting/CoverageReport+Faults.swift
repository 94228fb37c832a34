internal import EventModel

/// What is wrong with the logs of a source: altered, gone, never read.
extension CoverageReport {
  private static let breachLimit = 8

  func writeFaults(of source: CoverageAccount.Source, to page: inout TextLayout) {
    for breach in source.breaches.prefix(Self.breachLimit) {
      page.paragraph(
        "\(kindWord(breach.kind, page)): "
          + SafeText.escaped(breach.path, limit: JSONWriter.pathLimit),
        indent: 2,
        hanging: 2
      )
    }
    if source.breaches.count > Self.breachLimit {
      page.paragraph(
        "\(page.label("further logs", "ほかのログ")) "
          + TextNumbers.grouped(source.breaches.count - Self.breachLimit),
        indent: 2
      )
    }
    for part in source.unread.suffix(Self.breachLimit) {
      page.paragraph(
        Self.words(part, page) + ": " + SafeText.escaped(part.path, limit: JSONWriter.pathLimit),
        indent: 2,
        hanging: 2
      )
    }
    if source.unread.count > Self.breachLimit {
      page.paragraph(
        "\(page.label("further parts not read", "ほかの未読部分")) "
          + TextNumbers.grouped(source.unread.count - Self.breachLimit),
        indent: 2
      )
    }
  }

  func writeClocks(of source: CoverageAccount.Source, to page: inout TextLayout) {
    for clock in clocks where clock.source == source.name {
      page.both(japanese: clock.japanese, english: clock.english, indent: 2)
    }
  }

  private static func words(_ part: UnreadPart, _ page: TextLayout) -> String {
    let words = part.words
    return page.label(words.english, words.japanese)
  }

  private func kindWord(_ kind: String, _ page: TextLayout) -> String {
    switch kind {
    case "gone": page.label("log gone since it was sealed", "封印後に所在不明のログ")
    case "cut": page.label("log cut since it was sealed", "封印後に切り詰められたログ")
    default: page.label("log altered since it was sealed", "封印後に改変されたログ")
    }
  }
}

extension UnreadPart {
  /// What was not read of the log, without its path.
  var words: (english: String, japanese: String) {
    let (first, last) = (from.map { "\($0)" } ?? "?", until.map { "\($0)" } ?? "?")
    let byte = TextNumbers.grouped(offset)
    return switch kind {
    case .lost:
      (
        "rest of a log not read, after byte \(byte), \(first) to \(last)",
        "ログの残りが未読(\(byte) バイトより後、\(first) から \(last))"
      )
    case .cut:
      (
        "perhaps lines lost when a log was cut in place at byte \(byte), \(first) to \(last)",
        "その場での切り詰めにより失われた可能性のある行(\(byte) バイト、\(first) から \(last))"
      )
    }
  }
}

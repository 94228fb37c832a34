internal import EventModel

/// What of the logs is not known, beside what they show.
extension WatchScreen {
  /// A line for each source of which something is missing, the worst first, at most so many.
  func faults(most: Int, _ text: WatchText) -> [String] {
    let bad = sources.filter { $0.rejected > 0 || $0.gaps > 0 }.sorted { left, right in
      (right.permille, right.gaps, left.name) < (left.permille, left.gaps, right.name)
    }
    let shown = bad.count > most ? max(1, most - 1) : bad.count
    var lines = bad.prefix(shown).map { source in
      var parts: [String] = []
      if source.rejected > 0 {
        let (count, all) = (NumberText.grouped(source.rejected), NumberText.grouped(source.lines))
        parts.append(
          text.text(
            "\(source.rejectedShare) rejected (\(count) of \(all) lines)",
            "読めない行 \(source.rejectedShare)(\(all) 行中 \(count) 行)"
          )
        )
      }
      if source.gaps > 0 {
        parts.append(
          text.text(
            "\(source.gaps) gap\(source.gaps == 1 ? "" : "s")",
            "未読の部分 \(source.gaps) か所"
          )
        )
      }
      return text.text("COVERAGE  ", "記録の範囲  ") + SafeText.escaped(source.name, limit: 40) + "  "
        + parts.joined(separator: ", ")
    }
    if shown < bad.count, most > 1 {
      let more = bad.count - shown
      lines.append(text.text("COVERAGE  … \(more) more", "記録の範囲  … ほか \(more) 件"))
    }
    return lines
  }
}

extension WatchScreen.Source {
  /// Of its lines those that could not be read, in thousandths, rounded up: 0 is none.
  var permille: Int64 {
    guard rejected > 0 else { return 0 }
    let all = max(lines, rejected)
    return Int64((Double(rejected) * 1000 / Double(all)).rounded(.up))
  }

  /// `45.5 %`, `<0.1 %`; `0`: none.
  var rejectedShare: String {
    guard rejected > 0 else { return "0" }
    return Double(rejected) * 1000 < Double(max(lines, rejected))
      ? "<0.1 %" : TextNumbers.percent(permille: permille)
  }
}

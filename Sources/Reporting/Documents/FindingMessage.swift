internal import EventModel

extension DocumentStyle {
  /// What a finding says in the language of the document; days in years of eras on request.
  func message(of finding: Finding) -> String {
    guard isJapanese else { return finding.message }
    // Messages about a source alone tell days. A name stays what it is.
    let prefix = "source "
    guard usesEra, finding.counter.hasPrefix(prefix) else { return finding.messageJapanese }
    let name = "記録元 " + finding.counter.dropFirst(prefix.utf8.count)
    guard finding.messageJapanese.hasPrefix(name) else { return inEras(finding.messageJapanese) }
    return name + inEras(String(finding.messageJapanese.dropFirst(name.count)))
  }

  /// `2026年3月1日` becomes `令和8年3月1日`, whatever stands around it.
  private func inEras(_ text: String) -> String {
    var told = ""
    var rest = Substring(text)
    while let start = rest.firstIndex(where: \.isASCIIDigit) {
      told += rest[..<start]
      rest = rest[start...]
      var tail = rest
      var numbers: [Int] = []
      for mark: Character in ["年", "月", "日"] {
        let digits = tail.prefix(while: \.isASCIIDigit)
        tail = tail.dropFirst(digits.count)
        guard digits.count <= 4, let number = Int(digits), tail.first == mark else { break }
        numbers.append(number)
        tail = tail.dropFirst()
      }
      if numbers.count == 3,
        CivilCalendar.isValid(year: numbers[0], month: numbers[1], day: numbers[2])
      {
        let (year, month, day) = (numbers[0], numbers[1], numbers[2])
        told += date(CivilCalendar.dayNumber(year: year, month: month, day: day))
        rest = tail
      } else {
        let digits = rest.prefix(while: \.isASCIIDigit)
        told += digits
        rest = rest.dropFirst(digits.count)
      }
    }
    return told + rest
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

internal import EventModel

extension RecordBytes {
  /// The text without the blanks around it: spaces, tabs, no-break and ideographic spaces.
  var withoutBlanks: RecordBytes {
    var (start, end) = (0, count)
    while start < end {
      let width = blank(at: start)
      if width == 0 { break }
      start += width
    }
    trailing: while start < end {
      for width in 1...3 where end - width >= start && blank(at: end - width) == width {
        end -= width
        continue trailing
      }
      break
    }
    return slice(start..<Swift.max(start, end))
  }

  /// Bytes of the blank that stands there; 0: none does.
  private func blank(at place: Int) -> Int {
    if self[place] <= 0x20 { return 1 }
    if place + 2 <= count, self[place] == 0xC2, self[place + 1] == 0xA0 { return 2 }
    let isIdeographic =
      place + 3 <= count && self[place] == 0xE3 && self[place + 1] == 0x80
      && self[place + 2] == 0x80
    return isIdeographic ? 3 : 0
  }
}

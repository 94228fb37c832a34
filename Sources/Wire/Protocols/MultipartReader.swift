/// A body of several parts of one object, each behind a head with its range (`multipart/byteranges`).
///
/// A part is as long as its range says: what is in it cannot pass for the border of the next.
///
/// Source: RFC 9110, 14.6; RFC 2046, 5.1.1.
final class MultipartReader {
  private enum Place {
    case between, head
    case part(left: Int64)
    case over, lost
  }

  private static let lineLimit = 4096
  private static let headLimit = 16 << 10

  private let border: [UInt8]
  private let begin: (HTTP.Head) -> HTTP.Body
  private var place = Place.between
  private var line: [UInt8] = []
  private var lines: [UInt8] = []
  private var part: HTTP.Body?
  private var total = HTTP.Body.Count(rows: 0, isAtLeast: false)
  /// Most records of the parts, and whether it is more than were counted, or without a bound.
  private var most: Int64 = 0
  private var isInterval = false
  private var isUnbounded = false
  /// Whether one of the parts has no records that could be counted.
  private var isUncounted = false
  private var hasParts = false
  private(set) var repeated: Int64 = 0

  /// `begin` gives the body of a part by its head.
  init(_ boundary: [UInt8], begin: @escaping (HTTP.Head) -> HTTP.Body) {
    border = [0x2D, 0x2D] + boundary
    self.begin = begin
  }

  func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    var at = 0
    while at < bytes.count {
      switch place {
      case .over, .lost: return
      case .part(let left):
        let count = Int(min(left, Int64(bytes.count - at)))
        part?.add(UnsafeBufferPointer(rebasing: bytes[at..<at + count]))
        at += count
        place = .part(left: left - Int64(count))
        if left == Int64(count) { endPart(isWhole: true) }
      case .between, .head:
        let end = bytes[at...].firstIndex(of: 10)
        line += bytes[at..<(end ?? bytes.count)].prefix(Self.lineLimit - line.count)
        at = end.map { $0 + 1 } ?? bytes.count
        if end != nil { endLine() }
      }
    }
  }

  private func endLine() {
    if line.last == 13 { line.removeLast() }
    let line = line
    self.line = []
    guard case .head = place else {
      guard line.starts(with: border) else { return }
      switch Array(line[border.count...]).trimmed {
      case []: place = .head
      case [0x2D, 0x2D]: place = .over
      default: break
      }
      lines = []
      return
    }
    guard line.isEmpty else {
      if lines.count + line.count < Self.headLimit { lines += line + [10] }
      return
    }
    var head = HTTP.Head()
    head.readFields(lines)
    lines = []
    guard let span = head.range.flatMap(HTTP.span) else {
      (place, isUncounted) = (.lost, true)
      return
    }
    hasParts = true
    part = begin(head)
    place = .part(left: Int64(span.range.count))
  }

  private func endPart(isWhole: Bool) {
    place = .between
    guard var part else { return }
    self.part = nil
    guard let count = part.end(isWhole: isWhole) else {
      isUncounted = true
      repeated += part.repeated
      return
    }
    repeated += part.repeated
    total.rows += count.rows
    total.isAtLeast = total.isAtLeast || count.isAtLeast
    most += count.most ?? count.rows
    isInterval = isInterval || count.most != nil
    isUnbounded = isUnbounded || count.isAtLeast && count.most == nil
  }

  func lose(_ count: Int64) {
    if case .part(let left) = place, count < left {
      part?.lose(count)
      place = .part(left: left - count)
    } else {
      part?.lose(count)
      isUnbounded = true
      total.isAtLeast = true
      place = .lost
    }
  }

  func end(isWhole: Bool) -> HTTP.Body.Count? {
    if part != nil { endPart(isWhole: false) }
    guard hasParts, !isUncounted else { return nil }
    var total = total
    total.isAtLeast = total.isAtLeast || !isWhole
    if isWhole, isInterval, !isUnbounded { total.most = most }
    return total
  }

  var held: Int { 1024 + line.count + lines.count + (part?.held ?? 0) }
}

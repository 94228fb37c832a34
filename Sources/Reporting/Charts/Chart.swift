/// A picture as values: drawn as SVG, told by the table beside it.
public enum Chart: Sendable {
  case grid(GridChart)
  case steps(StepChart)
  case timeline(TimelineChart)
  case chain(ChainChart)

  /// The picture as an SVG element; `id` is unique in its page.
  func draw(id: String, title: String, summary: String) -> String {
    switch self {
    case .grid(let chart): chart.draw(id: id, title: title, summary: summary)
    case .steps(let chart): chart.draw(id: id, title: title, summary: summary)
    case .timeline(let chart): chart.draw(id: id, title: title, summary: summary)
    case .chain(let chart): chart.draw(id: id, title: title, summary: summary)
    }
  }

  /// The same picture with every label changed.
  func mapLabels(_ change: (String) -> String) -> Chart {
    switch self {
    case .grid(var chart):
      chart.rows = chart.rows.map(change)
      chart.groups = chart.groups.map { (change($0.label), $0.count) }
      chart.columns = chart.columns.map(change)
      chart.hints = chart.hints.map { $0.map(change) }
      return .grid(chart)
    case .steps(var chart):
      for place in chart.series.indices {
        chart.series[place].label = change(chart.series[place].label)
      }
      return .steps(chart)
    case .timeline(var chart):
      chart.lanes = chart.lanes.map(change)
      for place in chart.marks.indices { chart.marks[place].hint = change(chart.marks[place].hint) }
      return .timeline(chart)
    case .chain(var chart):
      for tier in chart.tiers.indices {
        for place in chart.tiers[tier].indices {
          chart.tiers[tier][place].name = change(chart.tiers[tier][place].name)
          chart.tiers[tier][place].note = change(chart.tiers[tier][place].note)
        }
      }
      return .chain(chart)
    }
  }
}

/// Elements of a drawing, in order; every text is escaped.
///
/// Colours are classes of the page's style sheet, so that light, dark and print are one drawing.
struct SVGCanvas {
  let width: Double
  var height: Double
  private var body = ""

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// At most two decimals, so that the same numbers give the same bytes.
  static func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let sign = hundredths < 0 ? "-" : ""
    let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
    guard rest > 0 else { return sign + "\(whole)" }
    return sign + "\(whole)."
      + (rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)")
  }

  private func n(_ value: Double) -> String { Self.number(value) }

  mutating func rect(
    _ x: Double,
    _ y: Double,
    _ width: Double,
    _ height: Double,
    _ style: String,
    radius: Double = 0,
    hint: String? = nil
  ) {
    body += "<rect class=\"\(style)\" x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\""
    body += " height=\"\(n(height))\""
    if radius > 0 { body += " rx=\"\(n(radius))\"" }
    close("rect", hint)
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    body += "<line class=\"\(style)\" x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\""
    body += " y2=\"\(n(y2))\"/>"
  }

  mutating func circle(
    _ x: Double,
    _ y: Double,
    _ radius: Double,
    _ style: String,
    hint: String? = nil
  ) {
    body += "<circle class=\"\(style)\" cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\""
    close("circle", hint)
  }

  mutating func path(
    _ points: [(Double, Double)],
    _ style: String,
    closed: Bool = false,
    hint: String? = nil
  ) {
    guard let first = points.first else { return }
    var shape = "M\(n(first.0)) \(n(first.1))"
    for point in points.dropFirst() { shape += "L\(n(point.0)) \(n(point.1))" }
    body += "<path class=\"\(style)\" d=\"\(shape)\(closed ? "Z" : "")\""
    close("path", hint)
  }

  mutating func text(
    _ x: Double,
    _ y: Double,
    _ text: String,
    _ style: String = "label",
    anchor: String = "start"
  ) {
    body += "<text class=\"\(style)\" x=\"\(n(x))\" y=\"\(n(y))\""
    if anchor != "start" { body += " text-anchor=\"\(anchor)\"" }
    body += ">\(HTMLText.escaped(text))</text>"
  }

  private mutating func close(_ name: String, _ hint: String?) {
    guard let hint else {
      body += "/>"
      return
    }
    // A hint bears names of logs.
    let shown = SafeText.escaped(hint, limit: SafeText.nameLimit * 3)
    body += "><title>\(HTMLText.escaped(shown))</title></\(name)>"
  }

  func element(id: String, title: String, summary: String) -> String {
    "<svg role=\"img\" aria-labelledby=\"\(id)-t \(id)-d\" viewBox=\"0 0 \(n(width)) \(n(height))\""
      + " width=\"\(n(width))\" height=\"\(n(height))\">"
      + "<title id=\"\(id)-t\">\(HTMLText.escaped(title))</title>"
      + "<desc id=\"\(id)-d\">\(HTMLText.escaped(summary))</desc>\(body)</svg>\n"
  }

  /// How wide a label runs at most, bold and of 12 pixels, in the widest of the usual fonts (DejaVu Sans).
  static func length(_ text: some StringProtocol) -> Double {
    text.reduce(0) { sum, character in
      guard let byte = character.asciiValue else {
        return sum + 6.1 * Double(max(1, DisplayWidth.of(String(character))))
      }
      switch byte {
      case UInt8(ascii: "m"), UInt8(ascii: "w"), UInt8(ascii: "M"), UInt8(ascii: "W"),
        UInt8(ascii: "@"),
        UInt8(ascii: "%"):
        return sum + 13
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        return sum + 9.2
      case UInt8(ascii: " "), UInt8(ascii: "i"), UInt8(ascii: "j"), UInt8(ascii: "l"):
        return sum + 4.3
      case UInt8(ascii: "f"), UInt8(ascii: "r"), UInt8(ascii: "t"): return sum + 6
      default: return sum + 8.6
      }
    }
  }

  /// A label in lines that fit into a width, broken between words where it can be; the last is cut.
  static func wrapped(_ text: String, width: Double, lines most: Int) -> [String] {
    let shown = SafeText.escaped(text, limit: SafeText.nameLimit)
    func fits(_ text: String) -> Bool { length(text) <= width }
    var lines: [String] = []
    var rest = Substring(shown)
    while lines.count + 1 < most, !fits(String(rest)) {
      var end = rest.startIndex
      var space: String.Index?
      while end < rest.endIndex, fits(String(rest[...end])) {
        if rest[end] == " " { space = end }
        end = rest.index(after: end)
      }
      guard end > rest.startIndex else { break }
      let stop = end < rest.endIndex && rest[end] == " " ? end : space ?? end
      lines.append(String(rest[..<stop]))
      rest = rest[stop...].drop { $0 == " " }
    }
    if !rest.isEmpty { lines.append(cut(String(rest), width: width, length: length)) }
    return lines
  }

  /// A label cut to what fits into a width, as a font of 12 pixels runs.
  static func fitted(_ text: String, width: Double) -> String {
    let shown = SafeText.escaped(text, limit: SafeText.nameLimit)
    return cut(shown, width: width) { Double(DisplayWidth.of($0)) * 6.6 }
  }

  private static func cut(_ text: String, width: Double, length: (String) -> Double) -> String {
    if length(text) <= width { return text }
    var cut = ""
    for character in text {
      if length(cut + String(character) + "…") > width { break }
      cut.append(character)
    }
    return cut + "…"
  }
}

/// A scale from 0 with round steps.
struct ChartScale {
  let most: Double
  let step: Double

  init(most value: Double, steps: Int = 4) {
    let raw = max(value, 1) / Double(steps)
    var power = 1.0
    while power * 10 <= raw { power *= 10 }
    let factor = [1.0, 2, 2.5, 5, 10].first { $0 * power >= raw } ?? 10
    step = max(1, factor * power)
    var top = step
    while top < value { top += step }
    most = top
  }

  var ticks: [Double] {
    var found: [Double] = []
    var value = 0.0
    while value <= most + step / 2 {
      found.append(value)
      value += step
    }
    return found
  }
}

/// Marks on lanes over time: by their place when, by their size how much, by shape and colour on what authority.
public struct TimelineChart: Sendable {
  public struct Mark: Sendable {
    public var lane: Int
    public var day: Int
    public var match: HandlingMark
    /// 0 … 1 of the largest.
    public var size: Double
    public var hint: String
    public init(lane: Int, day: Int, match: HandlingMark, size: Double, hint: String) {
      self.lane = lane
      self.day = day
      self.match = match
      self.size = size
      self.hint = hint
    }
  }

  /// Shape and colour together, so that neither is needed alone.
  public enum HandlingMark: String, Sendable, CaseIterable {
    case within, exceeded, none, unknown
  }

  public var days: ClosedRange<Int>
  public var lanes: [String]
  public var marks: [Mark]
  /// Day and label, in order.
  public var ticks: [(day: Int, label: String)]
  /// What the marks mean that are drawn.
  public var legend: [(mark: HandlingMark, label: String)]
  /// How far marks may reach, in steps of the scale: less where they stand for weeks or months and close together.
  public var mostRadius = 12.0

  public init(
    days: ClosedRange<Int>,
    lanes: [String],
    marks: [Mark],
    ticks: [(day: Int, label: String)],
    legend: [(mark: HandlingMark, label: String)]
  ) {
    self.days = days
    self.lanes = lanes
    self.marks = marks
    self.ticks = ticks
    self.legend = legend
  }

  func draw(id: String, title: String, summary: String) -> String {
    let (left, right, top) = (190.0, 744.0, 34.0)
    let lane = 30.0
    let bottom = top + lane * Double(lanes.count)
    var canvas = SVGCanvas(width: 760, height: bottom + 30)
    func x(_ day: Int) -> Double {
      let span = Double(max(1, days.upperBound - days.lowerBound + 1))
      return left + 10 + (right - left - 20) * (Double(day - days.lowerBound) + 0.5) / span
    }
    for tick in ticks {
      canvas.line(x(tick.day), top, x(tick.day), bottom, "grid")
    }
    var free = 0.0
    for tick in ticks {
      let width = Double(DisplayWidth.of(tick.label)) * 6.2
      let start = max(left, min(x(tick.day) - width / 2, right - width))
      guard start >= free else { continue }
      canvas.text(start, bottom + 18, tick.label, "label small")
      free = start + width + 12
    }
    for (line, label) in lanes.enumerated() {
      let y = top + lane * (Double(line) + 0.5)
      canvas.line(left, y, right, y, "grid")
      canvas.text(left - 10, y + 4, SVGCanvas.fitted(label, width: left - 14), anchor: "end")
    }
    // The large first, so that the small stay visible.
    for mark in marks.sorted(by: { $0.size > $1.size }) {
      let y = top + lane * (Double(mark.lane) + 0.5)
      let radius = 4 + (mostRadius - 4) * mark.size.squareRoot()
      // Close together, what was instructed has a track of its own above what was not.
      let isAbove = mark.match == .within || mark.match == .unknown
      let shift = mostRadius < 12 ? (isAbove ? -7.0 : 7.0) : 0
      Self.draw(mark.match, x(mark.day), y + shift, radius, mark.hint, on: &canvas)
    }
    var place = 12.0
    for (match, label) in legend {
      Self.draw(match, place, 14, 6, nil, on: &canvas)
      canvas.text(place + 12, 18, label)
      place += 38 + Double(DisplayWidth.of(label)) * 6.6
    }
    return canvas.element(id: id, title: title, summary: summary)
  }

  private static func draw(
    _ match: HandlingMark,
    _ x: Double,
    _ y: Double,
    _ radius: Double,
    _ hint: String?,
    on canvas: inout SVGCanvas
  ) {
    let style = "mark-\(match.rawValue)"
    switch match {
    case .within: canvas.circle(x, y, radius * 0.9, style, hint: hint)
    case .exceeded:
      let points = [
        (x, y - radius), (x + radius, y + radius * 0.8), (x - radius, y + radius * 0.8),
      ]
      canvas.path(points, style, closed: true, hint: hint)
    case .none:
      let points = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
      canvas.path(points, style, closed: true, hint: hint)
    case .unknown:
      canvas.rect(x - radius * 0.8, y - radius * 0.8, radius * 1.6, radius * 1.6, style, hint: hint)
    }
  }
}

/// Sums that grow over days: what was handled, and what instructions covered of it.
public struct StepChart: Sendable {
  public struct Series: Sendable {
    public var label: String
    /// Class of the style sheet.
    public var style: String
    /// Day and sum up to and with it, in order of day.
    public var points: [(day: Int, sum: Int64)]
    public init(_ label: String, style: String, points: [(day: Int, sum: Int64)]) {
      self.label = label
      self.style = style
      self.points = points
    }
  }

  public var days: ClosedRange<Int>
  public var series: [Series]
  /// Labels of the first and the last day.
  public var ends: (String, String)

  public init(days: ClosedRange<Int>, series: [Series], ends: (String, String)) {
    self.days = days
    self.series = series
    self.ends = ends
  }

  func draw(id: String, title: String, summary: String) -> String {
    let (left, right, top, bottom) = (84.0, 744.0, 34.0, 224.0)
    var canvas = SVGCanvas(width: 760, height: 250)
    let most = series.flatMap { $0.points.map(\.sum) }.max() ?? 0
    let scale = ChartScale(most: Double(most))
    func y(_ value: Double) -> Double { bottom - (bottom - top) * value / scale.most }
    func x(_ day: Int) -> Double {
      let span = Double(max(1, days.upperBound - days.lowerBound + 1))
      return left + (right - left) * Double(day - days.lowerBound) / span
    }
    for tick in scale.ticks {
      canvas.line(left, y(tick), right, y(tick), tick == 0 ? "axis" : "grid")
      canvas.text(
        left - 8,
        y(tick) + 4,
        TextNumbers.grouped(Int64(tick)),
        "label small",
        anchor: "end"
      )
    }
    canvas.text(left, bottom + 18, ends.0, "label small")
    canvas.text(right, bottom + 18, ends.1, "label small", anchor: "end")
    var legend = left
    for item in series {
      var points = [(x(days.lowerBound), y(0))]
      var last = 0.0
      for point in item.points {
        points.append((x(point.day), y(last)))
        last = Double(point.sum)
        points.append((x(point.day), y(last)))
      }
      points.append((x(days.upperBound + 1), y(last)))
      canvas.path(points, "line \(item.style)")
      canvas.line(legend, 14, legend + 26, 14, "line \(item.style)")
      canvas.text(legend + 32, 18, item.label)
      legend += 56 + Double(DisplayWidth.of(item.label)) * 6.6
    }
    return canvas.element(id: id, title: title, summary: summary)
  }
}

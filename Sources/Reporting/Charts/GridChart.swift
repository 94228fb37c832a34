/// Rows by columns of shaded cells: a heat map, a calendar, the hours of a week.
public struct GridChart: Sendable {
  public enum Palette: String, Sendable {
    /// The more, the further from the page: darker on white, lighter on black.
    case volume
    /// The less is known, the more it stands out.
    case coverage
  }

  public var palette: Palette
  public var rows: [String]
  /// What rows share, a heading above the first of each: how many rows, in order; none: no headings.
  public var groups: [(label: String, count: Int)] = []
  /// Labels of columns; an empty one is not written.
  public var columns: [String]
  /// 0 … 1 for each row and column; `nil`: nothing.
  public var values: [[Double?]]
  /// What a pointer shows.
  public var hints: [[String]]
  /// From the lowest to the highest.
  public var legend: [String]
  public var labelWidth = 190.0

  public init(
    _ palette: Palette,
    rows: [String],
    columns: [String],
    values: [[Double?]],
    hints: [[String]],
    legend: [String]
  ) {
    self.palette = palette
    self.rows = rows
    self.columns = columns
    self.values = values
    self.hints = hints
    self.legend = legend
  }

  /// The step of a value: 1 … 5.
  static func step(_ value: Double) -> Int { max(1, min(5, Int((value * 5).rounded(.up)))) }

  func draw(id: String, title: String, summary: String) -> String {
    let width = 760.0
    let top = 24.0
    let cell = (width - labelWidth - 4) / Double(max(1, columns.count))
    let row = max(14.0, min(24.0, cell))
    let places = places(row: row, from: top)
    let bottom = (places.last ?? top - row) + row
    var canvas = SVGCanvas(width: width, height: bottom + 40)
    drawColumns(&canvas, top: top, cell: cell)
    var first = 0
    for group in groups where first < rows.count {
      let shown = SVGCanvas.fitted(group.label, width: width - 12)
      canvas.text(4, places[first] - 5, shown, "label strong")
      first += group.count
    }
    for (line, label) in rows.enumerated() {
      let y = places[line]
      canvas.text(
        labelWidth - 8,
        y + row / 2 + 4,
        SVGCanvas.fitted(label, width: labelWidth - 12),
        anchor: "end"
      )
      for column in columns.indices {
        let x = labelWidth + cell * Double(column)
        let value = values[line][column]
        let style = value.map { "\(palette.rawValue)\(Self.step($0))" } ?? "cell-none"
        let gap = cell > 6 ? 1.5 : 0.5
        let hint = value == nil ? nil : hints[line][column]
        canvas.rect(
          x,
          y + 1,
          max(1, cell - gap),
          row - 2,
          style,
          radius: cell > 10 ? 2 : 0,
          hint: hint
        )
      }
    }
    drawLegend(&canvas, y: bottom + 16)
    return canvas.element(id: id, title: title, summary: summary)
  }

  /// Where each row begins, below the heading of its group.
  private func places(row: Double, from top: Double) -> [Double] {
    var heads: Set<Int> = []
    var first = 0
    for group in groups {
      heads.insert(first)
      first += group.count
    }
    var y = top
    return rows.indices.map { line in
      if heads.contains(line) { y += 20 }
      defer { y += row }
      return y
    }
  }

  private func drawColumns(_ canvas: inout SVGCanvas, top: Double, cell: Double) {
    var free = 0.0
    for (column, label) in columns.enumerated() where !label.isEmpty {
      let x = labelWidth + cell * Double(column)
      let needed = Double(DisplayWidth.of(label)) * 6.4 + 8
      guard x >= free, x + needed - 8 <= canvas.width else { continue }
      canvas.text(x, top - 8, label, "label small")
      free = x + needed
    }
  }

  private func drawLegend(_ canvas: inout SVGCanvas, y: Double) {
    var x = labelWidth
    canvas.rect(x, y, 14, 12, "cell-none", radius: 2)
    canvas.text(x + 19, y + 10, legend.first ?? "", "label small")
    x += 34 + Double(DisplayWidth.of(legend.first ?? "")) * 6.2
    for step in 1...5 {
      canvas.rect(x + Double(step - 1) * 16, y, 14, 12, "\(palette.rawValue)\(step)", radius: 2)
    }
    canvas.text(x + 86, y + 10, legend.last ?? "", "label small")
  }
}

/// Who works for whom, from the owners at the left to the hands at the right.
public struct ChainChart: Sendable {
  public struct Node: Sendable {
    public var name: String
    public var note: String
    /// Whether it is where it was done.
    public var isActor: Bool
    /// Whether its consent is missing.
    public var isAlarming: Bool
    public init(_ name: String, note: String, isActor: Bool = false, isAlarming: Bool = false) {
      self.name = name
      self.note = note
      self.isActor = isActor
      self.isAlarming = isAlarming
    }
  }

  public var tiers: [[Node]]
  public var headings: [String]

  public init(tiers: [[Node]], headings: [String]) {
    self.tiers = tiers
    self.headings = headings
  }

  func draw(id: String, title: String, summary: String) -> String {
    let width = 760.0
    let count = Double(max(1, tiers.count))
    let gap = 36.0
    let box = (width - gap * (count - 1)) / count
    let top = 28.0
    let texts = tiers.map { tier in
      tier.map { node in
        (
          name: SVGCanvas.wrapped(node.name, width: box - 20, lines: 3),
          note: SVGCanvas.wrapped(node.note, width: box - 20, lines: 3)
        )
      }
    }
    // One height for all boxes: that of the one with most to say.
    let most = texts.joined().map { $0.name.count + $0.note.count }.max() ?? 2
    let height = 14 + 15 * Double(most)
    let step = height + 10
    let rows = Double(tiers.map(\.count).max() ?? 1)
    var canvas = SVGCanvas(width: width, height: top + step * rows + 6)
    func centre(_ tier: Int, _ place: Int) -> Double {
      let used = step * Double(tiers[tier].count)
      return top + (step * rows - used) / 2 + step * Double(place) + height / 2
    }
    for tier in tiers.indices {
      let x = (box + gap) * Double(tier)
      canvas.text(x, 14, SVGCanvas.fitted(headings[tier], width: box), "label small strong")
      for (place, node) in tiers[tier].enumerated() {
        let y = centre(tier, place)
        if tier + 1 < tiers.count {
          for next in tiers[tier + 1].indices {
            let end = x + box + gap - 6
            canvas.path([(x + box, y), (end, centre(tier + 1, next))], "link")
            let tip = centre(tier + 1, next)
            canvas.path([(end, tip - 4), (end + 6, tip), (end, tip + 4)], "tip", closed: true)
          }
        }
        let style = "box" + (node.isAlarming ? " alarm" : "") + (node.isActor ? " actor" : "")
        let text = texts[tier][place]
        // The whole of what is cut; it stands in the table, too.
        let isCut = (text.name + text.note).contains { $0.hasSuffix("…") }
        let whole = isCut ? node.name + (node.note.isEmpty ? "" : ": " + node.note) : nil
        canvas.rect(x + 0.5, y - height / 2, box - 1, height, style, radius: 6, hint: whole)
        var line = y - 7.5 * Double(text.name.count + text.note.count) + 11
        for (words, style) in text.name.map({ ($0, "label strong") })
          + text.note.map({ ($0, "label small") })
        {
          canvas.text(x + 10, line, words, style)
          line += 15
        }
      }
    }
    return canvas.element(id: id, title: title, summary: summary)
  }
}

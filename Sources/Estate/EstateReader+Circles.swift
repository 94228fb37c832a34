/// Organisations that work for themselves through others.
extension EstateReader {
  /// Most names of a circle that are shown.
  private static let mostShown = 8

  /// Says each `works-for` that closes a circle; linear in organisations and entries.
  mutating func sayCircles() {
    var places: [String: Int] = [:]
    for (index, organisation) in estate.organisations.enumerated() {
      places[Scalars.folded(organisation.name)] = index
    }
    let targets = estate.organisations.map { organisation in
      organisation.worksFor.compactMap { places[Scalars.folded($0)] }
    }
    /// Where each organisation stands on the way from the first; `nil`: not seen, -1: done.
    var depths = [Int?](repeating: nil, count: targets.count)
    var way: [(index: Int, next: Int)] = []
    for start in targets.indices where depths[start] == nil {
      depths[start] = 0
      way.append((start, 0))
      while let (index, next) = way.last {
        guard next < targets[index].count else {
          depths[index] = -1
          way.removeLast()
          continue
        }
        way[way.count - 1].next += 1
        let target = targets[index][next]
        if let depth = depths[target] {
          if depth >= 0 { sayCircle(way[depth...].map(\.index)) }
        } else {
          depths[target] = way.count
          way.append((target, 0))
        }
      }
    }
  }

  private mutating func sayCircle(_ circle: [Int]) {
    guard let first = circle.first, let last = circle.last else { return }
    let organisation = estate.organisations[last]
    var names = circle.prefix(Self.mostShown).map {
      Diagnostic.quoted(estate.organisations[$0].name)
    }
    if circle.count > Self.mostShown { names.append("…") }
    names.append(Diagnostic.quoted(estate.organisations[first].name))
    let shown = "organisation \(Diagnostic.quoted(organisation.name)) works for"
    let way = names.joined(separator: " → ")
    let what = first == last ? "itself" : "one that works for it (\(way))"
    warn(organisation.line, "\(shown) \(what); correct works-for")
  }
}

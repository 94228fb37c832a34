public import Detection
public import Estate
public import EventModel

extension Coverage {
  /// Adds what the engine knows of the whole: instructions, routine, what it had to assume.
  public mutating func complete(from engine: DetectionEngine, _ estate: DeclaredEstate) {
    explained = engine.explained
    explainedReads = engine.explainedReads
    routine = engine.routine
    let (first, last) = (sources.compactMap(\.first).min(), sources.compactMap(\.last).max())
    if let first, let last {
      let idle = engine.ticketsWithoutRead(from: first, until: last)
      ticketsWithoutRead = Int64(idle.count)
      ticketsWithoutReadNamed = Array(idle.prefix(Self.namedTickets))
    }
    overflowedNames += engine.overflowedKeys
    let read = Set(sources.map(\.name))
    for source in estate.sources where !source.paths.isEmpty && !read.contains(source.name) {
      assumptions.append("Declared source \(source.name): nothing of it was read.")
      assumptionsJapanese.append("宣言された情報源 \(source.name) は何も読まれていません。")
    }
    assumptions += engine.assumptions.map(\.english)
    assumptionsJapanese += engine.assumptions.map(\.japanese)
  }
}

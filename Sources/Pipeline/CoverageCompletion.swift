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
    // Whoever reads "nothing found" has to know that nothing was looked at.
    for source in sources {
      let understood = source.lines - source.headerLines - source.rejected
      guard understood > 0, source.events == 0 else { continue }
      let number = NumberText.grouped(understood)
      assumptions.append(
        "Source \(source.name) (\(source.format)): none of \(NumberText.counted(understood, "line")) "
          + "tells an event; what it holds is not judged."
      )
      assumptionsJapanese.append(
        "情報源 \(source.name)(\(source.format)): \(number) 行のいずれも操作を示していないため、その内容は判定していません。"
      )
    }
    assumptions += engine.assumptions.map(\.english)
    assumptionsJapanese += engine.assumptions.map(\.japanese)
  }
}

/// The files of a source as logs, each in order of time: by their names, and where these tell no
/// order, by their lines if they follow each other in one way alone.
struct FileOrder {
  /// Files of one log each.
  private(set) var chains: [[Int]]
  /// What is not sure of the order; matters when the source goes over more than a year.
  private(set) var doubt: YearInference.Doubt?

  private let files: [YearInference.File]

  init(_ files: [YearInference.File]) {
    self.files = files
    chains = []
    let named = FileSequence.chains(files.map { ($0.folder, $0.name) })
      .map { $0.filter { !files[$0].marks.isEmpty } }
      .filter { !$0.isEmpty }
    for chain in named { chains += settle(chain) }
    guard chains.count > 1 else { return }
    let isOneFolder = Set(files.map(\.folder)).count == 1
    if isOneFolder, let order = follow(chains, atMost: Self.nextDay) {
      chains = [order.flatMap { chains[$0] }]
      doubt = doubt ?? .orderOfLines
    } else {
      doubt = .noOrder
    }
  }

  /// A day later; two from 28 February of a common year.
  private static let nextDay = 2

  /// The order of names, unless the lines contradict it.
  private mutating func settle(_ chain: [Int]) -> [[Int]] {
    let gaps = zip(chain, chain.dropFirst()).map { from, to in
      let days = gap(from, to)
      return YearMarks.days - days <= YearMarks.mostLate ? 0 : days
    }
    let longest = chain.map { files[$0].marks.longestStep }.max() ?? 0
    let near = min(max(longest, Self.nextDay), 31)
    let isSound = gaps.allSatisfy { $0 <= YearMarks.days / 2 }
    if gaps.allSatisfy({ $0 <= near }) { return [chain] }
    let total = gaps.reduce(0, +)
    if !isSound || total > YearMarks.days / 2 + near * gaps.count,
      let order = follow(chain.map { [$0] }, atMost: near)
    {
      doubt = doubt ?? .orderOfLines
      return [order.map { chain[$0] }]
    }
    if isSound { return [chain] }
    doubt = .noOrder
    // Logs that begin together run beside each other.
    let starts = chain.compactMap { files[$0].marks.first }
    let beside = starts.allSatisfy { start in
      let way = YearMarks.ahead(from: starts.first ?? start, to: start)
      return min(way, YearMarks.days - way) <= YearMarks.mostLate
    }
    return beside ? chain.map { [$0] } : [chain]
  }

  /// Days from the last line of a file to the first of another.
  private func gap(_ from: Int, _ to: Int) -> Int {
    guard let last = files[from].marks.last, let first = files[to].marks.first
    else { return YearMarks.days / 2 + 1 }
    return YearMarks.ahead(from: last, to: first)
  }

  /// The one order in which each part begins at most so many days after another ends; `nil` when
  /// there is none, or more than one.
  private func follow(_ parts: [[Int]], atMost days: Int) -> [Int]? {
    var next = [Int?](repeating: nil, count: parts.count)
    var hasPrevious = [Bool](repeating: false, count: parts.count)
    let starts = parts.map { $0.first.flatMap { files[$0].marks.first } }
    let ends = parts.map { $0.last.flatMap { files[$0].marks.last } }
    for from in parts.indices {
      guard let end = ends[from] else { return nil }
      for to in parts.indices where from != to {
        guard let start = starts[to], YearMarks.ahead(from: end, to: start) <= days else {
          continue
        }
        if next[from] != nil || hasPrevious[to] { return nil }
        next[from] = to
        hasPrevious[to] = true
      }
    }
    guard var part = hasPrevious.firstIndex(of: false) else { return nil }
    var order = [part]
    while let following = next[part] {
      order.append(following)
      part = following
    }
    return order.count == parts.count ? order : nil
  }
}

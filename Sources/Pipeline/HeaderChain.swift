internal import EventModel
internal import Ingest

/// What a part of a log has of the headers of the parts before it.
struct HeaderBefore: Sendable, Equatable {
  /// Of a format with headers within its lines: those in force where it begins.
  var lines: [UInt8] = []
  /// Of CSV: the columns.
  var header: LogParts.Header?

  var isEmpty: Bool { lines.isEmpty && header == nil }
}

/// Finds which header holds where a part of a log begins that does not begin with its own.
///
/// - It goes on with the part before it, if no part can be missing between (`FileSequence`): what is in
///   force at the end of that part holds.
/// - Where no part is before it, or none of those has a header, the only one that the log has holds; of two
///   that name other columns neither does.
///
/// So a log is read the same wherever it is cut at a line end. Numbers behind the last dot go downwards or
/// upwards, as more parts have a header.
struct HeaderChain {
  struct Member: Sendable {
    /// Tells the order.
    var path: String
    /// What is read, one after the other.
    var files: [String]
    var encoding: TextEncoding?
    /// Whether headers stand within its lines.
    var isHeaded: Bool
    /// Whether something else that its log says holds on.
    var isCarrying = false
    var format: any LogFormat.Type
    /// The first that its head tells; whether it begins as a log does, and whether it has a header before its first other line.
    var firstTime: Int64?
    var opensLog = false
    var beginsWithHeader = false
    /// Of CSV: its columns, and what tells others that come later in it.
    var header: LogParts.Header?
    var headers: HeaderRecords?
    /// What holds where it begins, as it was settled on an earlier night.
    var settled: [UInt8]?
    /// Whether the answer is wanted.
    var isAsked = true
  }

  /// By member; those are left out that need nothing.
  static func settle(_ members: [Member], source: (String) -> Int?) -> [Int: HeaderBefore] {
    var result: [Int: HeaderBefore] = [:]
    var bySource: [Int: [Int]] = [:]
    for index in members.indices {
      bySource[source(members[index].path) ?? -1, default: []].append(index)
    }
    for key in bySource.keys.sorted() {
      let group = bySource[key] ?? []
      for chain in FileSequence.chains(group.map { FileSequence.split(members[$0].path) }) {
        let chain = chain.map { group[$0] }
        guard chain.contains(where: { members[$0].isAsked && members[$0].needsHeader }) else {
          continue
        }
        for (index, before) in HeaderChain(members, chain).settled { result[index] = before }
      }
    }
    return result
  }

  private let members: [Member]
  private let chain: [Int]
  /// In force at the end of each member that was read to find out.
  private var ends: [Int: [UInt8]] = [:]
  private var starts: [Int: HeaderBefore] = [:]
  private var lastHeaders: [Int: LogParts.Header?] = [:]

  private init(_ members: [Member], _ chain: [Int]) {
    self.members = members
    self.chain = chain
  }

  private var settled: [Int: HeaderBefore] {
    var forward = self
    forward.walk(chain)
    if forward.lacking(chain) > 0,
      FileSequence.goesEitherWay(chain.map { FileSequence.split(members[$0].path).name })
    {
      var backward = self
      backward.walk(chain.reversed())
      let (one, other) = (forward.against(chain), backward.against(chain.reversed()))
      if other.lexicographicallyPrecedes(one) { forward = backward }
    }
    forward.takeSole()
    return forward.starts.filter { !$0.value.isEmpty && members[$0.key].isAsked }
  }

  /// What speaks against an order: parts without a header, and one that begins no log at its start.
  private func lacking(_ order: [Int]) -> Int {
    let parts = chain.count { !members[$0].beginsWithHeader && starts[$0]?.isEmpty ?? true }
    return parts * 2 + (order.first.map { members[$0].opensLog } ?? true ? 0 : 1)
  }

  /// The same before how often times go backwards in it; of records that say what holds on, times come first.
  private func against(_ order: [Int]) -> [Int] {
    let times = order.compactMap { members[$0].firstTime }
    let steps = zip(times, times.dropFirst()).count { $0.1 < $0.0 }
    let isCarrying = order.contains { members[$0].isCarrying }
    return isCarrying ? [steps, lacking(order)] : [lacking(order), steps]
  }

  private mutating func walk(_ order: [Int]) {
    var previous: Int?
    for index in order {
      defer { previous = index }
      let member = members[index]
      if let settled = member.settled {
        starts[index] = HeaderBefore(lines: settled)
        continue
      }
      if member.isCarrying, member.beginsWithHeader { continue }
      guard !member.opensLog, let previous, areNeighbours(previous, index),
        members[previous].isHeaded == member.isHeaded,
        members[previous].isCarrying == member.isCarrying
      else { continue }
      if member.isHeaded || member.isCarrying {
        starts[index] = HeaderBefore(lines: end(of: previous))
      } else if !member.beginsWithHeader {
        starts[index] = HeaderBefore(header: lastHeader(of: previous))
      }
    }
  }

  /// Gives those that are left the only header of the log.
  private mutating func takeSole() {
    let left = chain.filter { !members[$0].beginsWithHeader && starts[$0]?.isEmpty ?? true }
    guard left.contains(where: { members[$0].isAsked && members[$0].isHeaded }) else { return }
    var all = HeaderLines()
    for index in chain where members[index].isHeaded {
      all.take(files: members[index].files, encoding: members[index].encoding)
    }
    guard let sole = all.sole else { return }
    for index in left where members[index].isHeaded { starts[index] = HeaderBefore(lines: sole) }
  }

  private func areNeighbours(_ left: Int, _ right: Int) -> Bool {
    FileSequence.areNeighbours(
      FileSequence.split(members[left].path).name,
      FileSequence.split(members[right].path).name
    )
  }

  private mutating func end(of index: Int) -> [UInt8] {
    if let known = ends[index] { return known }
    let (member, start) = (members[index], starts[index]?.lines ?? [])
    var end: [UInt8]
    if var carried = CarriedText(member.format, start) {
      carried.take(files: member.files, encoding: member.encoding)
      end = carried.bytes
    } else {
      var lines = HeaderLines(start)
      lines.take(files: member.files, encoding: member.encoding)
      end = lines.bytes
    }
    ends[index] = end
    return end
  }
}

extension HeaderChain {
  /// Of CSV: what holds at the end of a member.
  private mutating func lastHeader(of index: Int) -> LogParts.Header? {
    if lastHeaders[index] == nil, var headers = members[index].headers {
      headers.take(
        files: members[index].files,
        encoding: members[index].encoding,
        .csvRecords(startsWithTime: false)
      )
      lastHeaders[index] = LogParts.Header(headers)
    }
    let known = lastHeaders[index] ?? nil
    return known ?? starts[index]?.header ?? members[index].header
  }
}

extension HeaderChain.Member {
  fileprivate var needsHeader: Bool { !opensLog && (isHeaded || !beginsWithHeader) }

  /// What it says holds where it begins: a night has kept that.
  var isSettledByNights: Bool { isHeaded || isCarrying }

  /// A planned file; `nil`: its format has no header.
  init?(_ plan: PlannedFile) {
    let isCarrying = plan.format is any CarryingText.Type
    guard plan.format is any HeadedText.Type || plan.format is any HeadedRecords.Type || isCarrying,
      !plan.isReadOnce
    else { return nil }
    var isHeaded = false
    if case .headed = plan.format.framing { isHeaded = true }
    self.init(
      path: plan.path,
      files: [plan.place ?? plan.path] + plan.rest.map(\.path),
      encoding: plan.encoding,
      isHeaded: isHeaded,
      isCarrying: isCarrying,
      format: plan.format,
      firstTime: plan.firstTime,
      opensLog: plan.opensLog,
      beginsWithHeader: isHeaded || isCarrying
        ? plan.beginsWithHeader : plan.header != nil && plan.columns == nil,
      header: plan.header,
      headers: plan.shop.headers(of: plan)
    )
    headers?.begin(with: [])
  }
}

extension BatchScan {
  /// Plans parts anew that go on under the header of another part.
  ///
  /// `known`: logs that are not read from their beginning.
  func inheritHeaders(
    _ scan: inout ScanPlan,
    _ planner: FilePlanner,
    _ parts: LogParts,
    files: [Int]? = nil,
    known: [HeaderChain.Member] = []
  ) async {
    var members = known
    var indices: [Int?] = known.map { _ in nil }
    for index in files ?? scan.plans.keys.sorted() {
      guard let plan = scan.plans[index], let member = HeaderChain.Member(plan),
        sources[plan.source].columns.isEmpty
      else { continue }
      members.append(member)
      indices.append(index)
    }
    guard members.count > known.count else { return }
    let found = HeaderChain.settle(members) { planner.matcher.source(of: $0) }
    for place in found.keys.sorted() {
      guard let index = indices[place], let before = found[place] else { continue }
      await replan(index, in: &scan, planner, parts, after: before)
    }
  }
}

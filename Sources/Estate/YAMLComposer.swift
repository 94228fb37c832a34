/// One YAML document to a tree of nodes, over the events of libyaml.
///
/// No bytes make it hang, trap or recurse: the open lists and mappings are on a stack of at most
/// `deepest`, and an alias counts as all that it names. Scalars stay text; whether `5` is a number is
/// for the reader of the key to say. Merge keys (`<<`) are keys like any other.
struct YAMLComposer {
  /// Most values after aliases are expanded.
  static let mostNodes = 1_000_000
  static let mostAnchors = 32
  /// Most lists and mappings in one another, aliases expanded.
  static let deepest = 50

  /// The root of a text without a second document; `nil` when it holds nothing.
  static func compose(_ bytes: [UInt8]) throws(YAMLProblem) -> YAMLNode? {
    // libyaml takes the mark for a column of the first line.
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let text = bytes[start...]
    let events = try EventReader(text)
    var composer = YAMLComposer()
    while let event = try events.next() {
      try composer.take(event)
    }
    if var first = composer.twins.first {
      first.others = Array(composer.twins.dropFirst())
      throw first
    }
    return composer.root
  }

  /// A list or mapping whose end was not seen yet.
  private struct Open {
    var isMapping: Bool
    var line: Int
    var anchor: String?
    /// Keys and values by turns for a mapping.
    var nodes: [YAMLNode] = []
  }

  private var open: [Open] = []
  private var root: YAMLNode?
  private var anchors: [String: YAMLNode] = [:]
  private var anchorCount = 0
  private var nodeCount = 0
  private var documents = 0
  private var twins: [YAMLProblem] = []

  private mutating func take(_ event: YAMLEvent) throws(YAMLProblem) {
    switch event.kind {
    case .document:
      documents += 1
      guard documents == 1 else {
        throw YAMLProblem(
          line: event.line,
          message: "not YAML: found another document (column \(event.column)); "
            + "remove the second document (after ---)"
        )
      }
    case .alias(let name):
      guard var node = anchors[name] else {
        throw YAMLProblem(
          line: event.line,
          message: "not YAML: unknown alias (column \(event.column)); "
            + "put a value that starts with * in quotes"
        )
      }
      node.line = event.line
      try add(node)
    case .scalar(let scalar, let anchor):
      let node = YAMLNode(content: .scalar(scalar), line: event.line)
      try name(node, anchor)
      try add(node)
    case .start(let isMapping, let anchor):
      open.append(Open(isMapping: isMapping, line: event.line, anchor: anchor))
      guard open.count <= Self.deepest else { throw Self.tooDeep(event.line) }
    case .end:
      guard let last = open.popLast() else { return }
      try close(last)
    }
  }

  private mutating func close(_ last: Open) throws(YAMLProblem) {
    var node = YAMLNode(content: .sequence(last.nodes), line: last.line)
    for child in last.nodes {
      node.size += child.size
      node.height = max(node.height, child.height)
    }
    node.height += 1
    if last.isMapping {
      let pairs = stride(from: 0, to: last.nodes.count - 1, by: 2).map {
        YAMLNode.Pair(key: last.nodes[$0], value: last.nodes[$0 + 1])
      }
      noteTwins(in: pairs)
      node.content = .mapping(pairs)
    }
    try name(node, last.anchor)
    // Its children are counted already.
    nodeCount -= node.size - 1
    try add(node)
  }

  private mutating func name(_ node: YAMLNode, _ anchor: String?) throws(YAMLProblem) {
    guard let anchor else { return }
    anchorCount += 1
    guard anchorCount <= Self.mostAnchors else {
      throw YAMLProblem(
        line: node.line,
        message: "has over 32 anchors (&name); write the values out"
      )
    }
    anchors[anchor] = node
  }

  private mutating func add(_ node: YAMLNode) throws(YAMLProblem) {
    nodeCount += node.size
    guard nodeCount <= Self.mostNodes else {
      throw YAMLProblem(
        line: node.line,
        message: "holds over 1,000,000 values with aliases expanded; write fewer aliases"
      )
    }
    guard open.count + node.height <= Self.deepest else { throw Self.tooDeep(node.line) }
    if open.isEmpty {
      root = node
    } else {
      open[open.count - 1].nodes.append(node)
    }
  }

  private static func tooDeep(_ line: Int) -> YAMLProblem {
    YAMLProblem(line: line, message: "is nested too deeply; write it flatter")
  }

  /// Notes every key that its mapping has already.
  private mutating func noteTwins(in pairs: [YAMLNode.Pair]) {
    var lines: [String: Int] = [:]
    for pair in pairs {
      guard let key = pair.key.scalar?.string else { continue }
      guard let first = lines.updateValue(pair.key.line, forKey: key) else { continue }
      lines[key] = first
      twins.append(
        YAMLProblem(
          line: pair.key.line,
          message: "key \(Diagnostic.quoted(key)) is there twice (first in line \(first)); keep one"
        )
      )
    }
  }
}

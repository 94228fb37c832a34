/// A value of a YAML document, and where it starts.
///
/// Aliases are copies that share storage with what they name.
struct YAMLNode: Sendable {
  struct Pair: Sendable {
    var key: YAMLNode
    var value: YAMLNode
  }

  struct Scalar: Sendable {
    var string: String
    /// Written without quotes and not tagged as text, so that `~` and nothing mean "no value".
    var isPlain: Bool
  }

  enum Content: Sendable {
    case scalar(Scalar)
    case sequence([YAMLNode])
    case mapping([Pair])
  }

  var content: Content
  /// From 1.
  var line: Int
  /// Values in it with aliases expanded, itself among them.
  var size = 1
  /// Lists and mappings in one another, with aliases expanded; 0 for a scalar.
  var height = 0

  var scalar: Scalar? {
    guard case .scalar(let scalar) = content else { return nil }
    return scalar
  }

  var sequence: [YAMLNode]? {
    guard case .sequence(let sequence) = content else { return nil }
    return sequence
  }

  var mapping: [Pair]? {
    guard case .mapping(let mapping) = content else { return nil }
    return mapping
  }
}

/// Why a text is no estate file: where, what, what to do.
struct YAMLProblem: Error, Sendable {
  /// From 1; 0: the file as a whole.
  var line: Int
  var message: String
  /// Faults beside it that reading went on after.
  var others: [Self] = []
}

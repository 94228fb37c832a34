internal import EventModel

/// Planted data subjects.
extension EstateReader {
  /// An id as the logs write it, `{id: …}`, or `{hash: …}` of 16 hex digits.
  mutating func readCanary(_ node: YAMLNode) {
    guard node.mapping != nil else {
      guard let id = text(node, "canaries", .identifier) else { return }
      guard !id.isEmpty, !isNull(node) else {
        error(line(node), "canaries holds an empty value; remove it")
        return
      }
      estate.canaries.append(id)
      return
    }
    guard let fields = fields(of: node, what: "a canary", keys: ["id", "hash"]) else { return }
    guard fields.entries.count == 1 else {
      lacks(fields, "needs one of id and hash; write id: …")
      return
    }
    if let id = text(fields, "id", .identifier) {
      estate.canaries.append(id)
    } else if let text = text(fields, "hash", .identifier), let entry = fields["hash"] {
      guard text.utf8.count == 16, text.utf8.first != 0x2B, let hash = UInt64(text, radix: 16),
        hash != 0
      else {
        error(entry.line, "hash of a canary needs 16 hex digits and is not 0")
        return
      }
      estate.canaryHashes.insert(hash)
    } else if fields.entries.values.allSatisfy({ isNull($0.node) }) {
      lacks(fields, "needs one of id and hash; write id: …")
    }
  }
}

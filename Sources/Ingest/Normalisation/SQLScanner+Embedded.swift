internal import EventModel

/// Statements within literals of others.
extension SQLScanner {
  /// Takes a statement within the text as if it stood there.
  @inline(never)
  mutating func take(_ embedded: SQLEmbedded, isFirst: Bool, _ dialect: SQLDialect) {
    var inner = SQLScanner()
    inner.depth = depth + 1
    inner.defaultSchema = defaultSchema
    let isRead = depth < Self.deepest && !embedded.text.isEmpty
    if isRead {
      embedded.text.withUnsafeBufferPointer { inner.scan($0, dialect: dialect) }
    } else {
      (inner.operation, inner.isPartial) = (.read, true)
    }
    let isOpen = embedded.isPartial || inner.isTruncated || !isRead
    isPartial = isPartial || isOpen
    if isOpen { inner.limit = nil }
    // `SELECT * FROM ` and a variable: of any table.
    if isOpen, inner.operation == .other, inner.verb == nil || inner.verb == .select {
      inner.operation = .read
    }
    if isFirst { verb = inner.verb }
    adopt(inner, at: embedded.place)
    if isFirst || !operation.returnsRecords {
      if isFirst || Self.rank(inner.operation) > Self.rank(operation) {
        (operation, isWhole, limit) = (inner.operation, inner.isWhole, inner.limit)
      }
    } else if inner.operation.returnsRecords {
      if inner.operation == .export { operation = .export }
      isWhole = isWhole || inner.isWhole
      limit = nil
    }
  }

  /// Takes over relations and what else does not depend on the order of statements.
  private mutating func adopt(_ inner: SQLScanner, at place: Int?) {
    for relation in inner.joinedRelations.split(separator: EventRow.objectSeparator) {
      scratch.removeAll(keepingCapacity: true)
      scratch.append(contentsOf: relation)
      add(inner.dialect)
    }
    gathers = gathers || inner.gathers
    fetchCount = fetchCount ?? inner.fetchCount
    if copy.isEmpty { (copy, renames) = (inner.copy, inner.renames) }
    if let place, destination == nil, let found = inner.destination {
      destination = found.lowerBound + place..<found.upperBound + place
    }
  }

  /// What a function holds that makes one document of a query, a table or more; whether its relations are known.
  ///
  /// `walk` stands at its parenthesis.
  @inline(never)
  mutating func document(of holder: BuiltInFunctions.Document, _ walk: SQLWalk) -> Bool {
    guard holder != .all else {
      facts.readsFile = true
      return false
    }
    let literal = walk.following()
    guard literal.token.kind == .string, depth < Self.deepest else {
      facts.handsOutWhole = true
      return false
    }
    let function = scratch
    defer { scratch = function }
    var embedded = SQLEmbedded()
    embedded.append(literal)
    var inner = SQLScanner()
    inner.depth = depth + 1
    inner.defaultSchema = defaultSchema
    if holder == .table { embedded.text.insert(contentsOf: "table ".utf8, at: 0) }
    embedded.text.withUnsafeBufferPointer { inner.scan($0, dialect: walk.dialect) }
    facts.handsOutWhole = inner.isWhole || inner.isTruncated
    guard !inner.joinedRelations.isEmpty else { return false }
    adopt(inner, at: nil)
    return true
  }
}

/// Names of two parts, `schema.table`.
enum QualifiedName {
  /// Lends the two with a point between; without the first the second alone.
  @inline(__always)
  static func with<R>(
    _ first: RecordBytes,
    _ second: RecordBytes,
    _ body: (RecordBytes) -> R
  ) -> R {
    if first.isEmpty { return body(second) }
    let count = first.count + 1 + second.count
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { room in
      for index in 0..<first.count { room.initializeElement(at: index, to: first[index]) }
      room.initializeElement(at: first.count, to: 0x2E)
      for index in 0..<second.count {
        room.initializeElement(at: first.count + 1 + index, to: second[index])
      }
      return body(RecordBytes(room))
    }
  }
}

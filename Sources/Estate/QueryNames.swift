extension DeclaredEstate {
  /// Names of parameters of URLs' queries that patterns of datasets and jobs mention: `tenant` of
  /// `*/export.csv?*tenant=mutual*`; in small letters, in order.
  public var queryNames: [[UInt8]] {
    let patterns = datasets.flatMap(\.patterns) + jobs.flatMap(\.datasets)
    var names: Set<String> = []
    for pattern in patterns where pattern.text.utf8.contains(0x3D) {
      for part in pattern.text.split(separator: "=").dropLast(pattern.text.hasSuffix("=") ? 0 : 1) {
        let name = part.utf8.reversed().prefix(while: Self.isOfName)
        if !name.isEmpty { names.insert(String(decoding: name.reversed(), as: UTF8.self)) }
      }
    }
    return names.map { Array(Scalars.folded($0).utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    byte | 0x20 &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x5F || byte == 0x2D || byte == 0x2E
  }
}

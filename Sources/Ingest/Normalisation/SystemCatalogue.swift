/// Relations that never hold customer records.
enum SystemCatalogue {
  static func holds(_ name: UnsafeBufferPointer<UInt8>, dialect: SQLDialect) -> Bool {
    let dot = name.firstIndex(of: 0x2E)
    guard let dot else {
      return dialect == .postgresql && folds(name, name.count, startWith: "pg_")
    }
    switch dialect {
    case .postgresql:
      return folds(name, dot, "pg_catalog") || folds(name, dot, "information_schema")
        || folds(name, dot, "pg_toast")
    case .mysql:
      return folds(name, dot, "mysql") || folds(name, dot, "information_schema")
        || folds(name, dot, "performance_schema") || folds(name, dot, "sys")
    case .sqlServer:
      return folds(name, dot, "sys") || folds(name, dot, "information_schema")
    }
  }

  private static func folds(
    _ name: UnsafeBufferPointer<UInt8>,
    _ length: Int,
    _ word: StaticString
  ) -> Bool {
    length == word.utf8CodeUnitCount && folds(name, length, startWith: word)
  }

  private static func folds(
    _ name: UnsafeBufferPointer<UInt8>,
    _ length: Int,
    startWith word: StaticString
  ) -> Bool {
    guard length >= word.utf8CodeUnitCount else { return false }
    for index in 0..<word.utf8CodeUnitCount {
      let byte = name[index]
      guard (byte &- 0x41 < 26 ? byte | 0x20 : byte) == word.utf8Start[index] else { return false }
    }
    return true
  }
}

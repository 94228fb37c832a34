internal import Estate
internal import EventModel

/// The kinds of names by which a source can tell of a dataset.
///
/// Which sources could hold an owner's records must not follow from what they showed: whoever removes the one
/// log of a taking removes what it would have shown as well (decision 0074).
struct StatedObjects: OptionSet, Sendable, Hashable {
  let rawValue: UInt8

  /// Paths of requests and of files: `/lists/naka/export.csv`.
  static let paths = Self(rawValue: 1)
  /// Tables: `schema.table`.
  static let tables = Self(rawValue: 2)
  /// Lists and objects, as an application or a store of objects calls them: `naka/customers`.
  static let lists = Self(rawValue: 4)
  static let all: Self = [.paths, .tables, .lists]

  /// Formats of one kind by nature.
  ///
  /// Any other may hold lines of several systems, or none with a record in them: nothing tells what it could name.
  private static let known: [String: Self] = {
    let web = [
      "aws-elb", "combined-access", "haproxy", "nginx-json", "vsftpd", "w3c-extended", "xferlog",
    ]
    let databases = [
      "mariadb-audit", "mongodb-audit", "mysql-audit", "mysql-audit-xml", "mysql-slow",
      "oracle-audit", "oracle-audit-xml", "oracle-unified-audit", "oracle-unified-audit-json",
      "postgresql-csvlog", "postgresql-jsonlog", "postgresql-stderr", "sqlserver-audit",
    ]
    let stores = [
      "aws-s3-access", "google-workspace", "microsoft-365-audit", "salesforce-event-log",
    ]
    return [web: Self.paths, databases: .tables, stores: .lists].reduce(into: [:]) { known, kind in
      for name in kind.key { known[name] = kind.value }
    }
  }()

  /// Names of formats that have a kind, in order.
  static var formats: [String] { known.keys.sorted() }

  /// What the lines of a source can name; `nil`: nothing tells.
  ///
  /// `format`: the name of what it was read as. A map of fields with an object may name anything.
  static func of(_ source: SourceDeclaration, format: String) -> Self? {
    let maps = [source.fields, source.declared?.fields].compactMap { $0 }
    if maps.contains(where: { $0.rules[.object] != nil }) { return .all }
    return maps.isEmpty ? known[format] : nil
  }

  /// What a pattern of a dataset can be meant for, by how it is written.
  static func of(_ pattern: String) -> Self {
    if pattern.hasPrefix("/") || pattern.hasPrefix("\\") || pattern.contains("://") {
      return .paths
    }
    if pattern.contains("/") { return pattern.hasPrefix("*") ? [.paths, .lists] : .lists }
    return pattern.hasPrefix("*") && !pattern.hasPrefix("*.") ? .all : [.tables, .lists]
  }
}

/// Which sources an answer to an owner rests on.
struct OwnerSources {
  /// Those that showed the owner's records; empty: it is not known which.
  let holders: Set<String>
  /// Those that showed records of any owner: they state reads.
  private let readers: Set<String>
  /// The kinds of the patterns under which the owner's records may be named; empty: nothing tells.
  private let kinds: StatedObjects

  init(
    _ owner: String,
    _ estate: DeclaredEstate,
    spans: [(owner: [UInt8], source: String)]
  ) {
    holders = Set(spans.filter { $0.owner == Array(owner.utf8) }.map(\.source))
    readers = Set(spans.map(\.source))
    // What is nobody's by its declaration may be this owner's.
    kinds = estate.datasets.filter { dataset in
      dataset.holdsCustomerRecords && dataset.owner.map { $0 == owner } ?? true
    }.flatMap(\.patterns).reduce(into: []) { $0.formUnion(.of($1.text)) }
  }

  /// Whether a declared source could hold the owner's records, whatever it showed.
  func couldHold(_ key: String, _ source: SourceDeclaration, format: String) -> Bool {
    if let stated = StatedObjects.of(source, format: format), !kinds.isEmpty {
      return !stated.isDisjoint(with: kinds)
    }
    return readers.contains(key)
  }
}

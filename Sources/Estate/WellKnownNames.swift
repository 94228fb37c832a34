/// What names mean by convention, where the estate says nothing.
public enum WellKnownNames {
  private static let adminNames: Set<String> = [
    "root", "admin", "administrator", "sysadmin", "sysadm", "sa", "sys", "system", "postgres",
    "oracle", "mysql", "toor", "superuser", "rdsadmin", "azure_superuser", "cloudsqlsuperuser",
    "db2inst1", "mariadb.sys",
  ]
  private static let adminPatterns = [
    "dba*", "*dba", "*admin*", "adm_*", "adm-*", "*_adm", "*-adm", "maint*", "hosyu*", "hoshu*",
    "kanri*", "unyo*",
  ].map { Pattern($0) }
  private static let serviceNames: Set<String> = [
    "app", "cron", "www-data", "nginx", "apache", "apache2", "httpd", "daemon", "nobody", "backup",
    "batch", "etl", "replication", "rsync", "telegraf", "prometheus", "zabbix", "nagios",
  ]
  private static let servicePatterns = [
    "svc*", "*_svc", "*-svc", "app_*", "app-*", "*_app", "batch*", "backup*", "repl*", "monitor*",
    "etl*", "*$",
  ].map { Pattern($0) }

  /// The role a name suggests: admin, service or unknown.
  ///
  /// A domain (`DOMAIN\name`,
  /// `name@domain`) is ignored.
  public static func role(of account: String) -> Role {
    var name = Substring(account)
    if let slash = name.lastIndex(of: "\\") { name = name[name.index(after: slash)...] }
    if let at = name.firstIndex(of: "@"), at > name.startIndex { name = name[..<at] }
    let folded = Scalars.folded(String(name))
    if serviceNames.contains(folded) { return .service }
    if adminNames.contains(folded) { return .admin }
    if servicePatterns.contains(where: { $0.matches(folded) }) { return .service }
    return adminPatterns.contains { $0.matches(folded) } ? .admin : .unknown
  }

  /// Whether a name is a superuser's by the makers of systems and databases, whatever role it is declared with.
  static func isAdministrator(_ account: String) -> Bool {
    adminNames.contains(Scalars.folded(account))
  }

  /// A name of administrators that a pattern matches: the pattern itself where it is a plain name.
  static func administrator(matching pattern: Pattern) -> String? {
    if pattern.isLiteral { return role(of: pattern.text).isPrivileged ? pattern.text : nil }
    return adminNames.sorted().first { pattern.matches($0) }
  }

  private static let interactivePrograms = [
    "psql", "pgadmin*", "dbeaver*", "datagrip*", "*heidisql*", "mysql", "mariadb", "mycli", "pgcli",
    "mysql-workbench*", "mysqlworkbench*", "*mysql workbench*", "sqlplus*", "sql*plus*", "sqlcl",
    "sql developer*", "sqldeveloper*", "toad*", "*navicat*", "*a5:sql*", "*a5m2*", "sqlcmd", "osql",
    "*management studio*", "ssms*", "azuredatastudio*", "squirrel*", "*excel*", "*msaccess*",
    "*microsoft access*", "*cse.exe",
  ].map { Pattern($0) }

  /// Whether a program is one that a person types into: a shell or window for queries, a spreadsheet.
  ///
  /// A path before the name is ignored: `/usr/bin/psql`.
  public static func isInteractive(program: String) -> Bool {
    let name = program.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init)
    return interactivePrograms.contains { $0.matches(name ?? program) }
  }

  private static let schemas: Set<String> = [
    "pg_catalog", "information_schema", "pg_toast", "mysql", "performance_schema", "sys",
    "innodb", "sysibm", "syscat",
  ]
  private static let objects: Set<String> = [
    "dual", "sqlite_master", "sqlite_schema", "sqlite_sequence", "all_tables", "user_tables",
    "dba_tables", "all_users", "dba_users",
  ]
  private static let prefixes = ["pg_", "v$", "gv$", "dba_hist_", "innodb_"]

  /// Whether a URL path ends in an identifier (`*` after normalising), and whether in a file that is
  /// no list of records: a manual, a presentation, a program.
  public static func urlEnd(of path: String) -> (isIdentifier: Bool, isDocument: Bool) {
    let parts = path.split(separator: "/")
    guard path.utf8.first == 0x2F, let last = parts.last else { return (false, false) }
    guard last != "*" else {
      // `/list/page/7`: the number of a page, not of a record.
      let isPage =
        parts.count > 1 && pageWords.contains(Scalars.folded(String(parts[parts.count - 2])))
      return (!isPage, false)
    }
    guard let dot = last.lastIndex(of: ".") else { return (false, false) }
    return (false, documents.contains(Scalars.folded(String(last[last.index(after: dot)...]))))
  }

  /// Whether a URL path is one of an interface for programs, which answers with data: `/api/customers`, `/graphql`.
  ///
  /// What such interfaces tell of the servers themselves is none.
  public static func isData(path: String) -> Bool {
    guard path.utf8.first == 0x2F else { return false }
    let parts = path.split(separator: "/").map { Scalars.folded(String($0)) }
    guard parts.contains(where: dataWords.contains) || parts.last?.hasSuffix(".json") == true else {
      return false
    }
    return !parts.contains(where: ownWords.contains)
  }

  private static let dataWords: Set<String> = [
    "api", "graphql", "rest", "odata", "rpc", "jsonrpc", "ajax",
  ]
  private static let ownWords: Set<String> = [
    "metrics", "health", "healthz", "status", "log", "logs", "monitoring", "prometheus", "grafana",
    "static", "assets", "config", "locales", "i18n", "version", "swagger.json", "openapi.json",
    "manifest.json",
  ]

  private static let pageWords: Set<String> = ["page", "pages", "list", "seite", "pagina"]

  private static let documents: Set<String> = [
    "pdf", "doc", "docx", "ppt", "pptx", "odt", "odp", "md", "epub", "chm", "exe", "msi", "iso",
    "dmg",
    "deb", "rpm", "jar", "apk", "dll", "wasm", "swf",
  ]

  /// Whether an object is a catalogue of the database itself, which holds no customer records:
  /// `pg_catalog.pg_class`, `information_schema.tables`, `v$session`.
  public static func isCatalogue(_ object: String) -> Bool {
    let bare = Scalars.folded(object.filter { $0 != "\"" && $0 != "`" && $0 != "[" && $0 != "]" })
    guard !bare.utf8.contains(0x2F) else { return false }
    let parts = bare.split(separator: ".").map(String.init)
    guard let last = parts.last else { return false }
    if parts.dropLast().contains(where: { schemas.contains($0) || $0.hasPrefix("pg_toast") }) {
      return true
    }
    guard parts.count == 1 else { return false }
    return schemas.contains(last) && last != "sys" && last != "mysql" || objects.contains(last)
      || prefixes.contains { last.hasPrefix($0) }
  }
}

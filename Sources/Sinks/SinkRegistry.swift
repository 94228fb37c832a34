public import Estate

/// All kinds of sinks, one line each, in order of name.
public enum SinkRegistry {
  public static let all: [any Sink.Type] = [
    ElasticSink.self,
    FileSink.self,
    MailSink.self,
    SplunkSink.self,
    SyslogSink.self,
    WebhookSink.self,
  ]

  /// A sink as it is declared, or what is wrong with it.
  static func make(
    _ declaration: SinkDeclaration
  ) -> (sink: (any Sink)?, problems: [(line: Int, message: String)]) {
    guard let kind = all.first(where: { $0.kind == declaration.kind }) else {
      let advice = Diagnostic.advice(for: declaration.kind, among: all.map { $0.kind })
      let what = "sink \(Diagnostic.shown(declaration.name))"
      let kind = Diagnostic.shown(declaration.kind)
      return (nil, [(declaration.line, "\(what): unknown kind \(kind)\(advice)")])
    }
    var settings = SinkSettings(declaration, keys: kind.keys)
    let sink = kind.init(&settings)
    return (settings.problems.isEmpty ? sink : nil, settings.problems)
  }

  /// What is wrong with the sinks of an estate, in order of line.
  public static func problems(of estate: DeclaredEstate) -> [Diagnostic] {
    estate.sinks.flatMap { declaration in
      make(declaration).problems.map {
        Diagnostic(.error, file: estate.file, line: $0.line, message: $0.message)
      }
    }.sorted { ($0.line, $0.message) < ($1.line, $1.message) }
  }

  /// Files that sinks write: they are no logs.
  public static func files(of estate: DeclaredEstate) -> Set<String> {
    Set(
      estate.sinks.filter { $0.kind == FileSink.kind }.compactMap { sink in
        sink.settings["path"]?.values.first.map { sink.path($0) }
      }
    )
  }
}

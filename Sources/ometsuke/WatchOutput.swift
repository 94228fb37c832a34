import EventModel
import Glibc
import Pipeline
import Reporting
import Storage

/// Where a watch says what it finds: lines, or a picture on a terminal that is redrawn in place.
struct WatchOutput {
  enum Format: String, CaseIterable { case text, jsonl }

  let format: Format
  let text: WatchText
  let only: String?
  let isQuiet: Bool
  /// Incidents that ended before this time are not shown at the start.
  let since: Timestamp?
  private let file: Int32
  let isScreen: Bool
  private var last: [(name: String, events: Int64)] = []
  private var lastTime: Int64 = 0
  private var rates: [String: Double] = [:]
  /// Lines to show under the picture, and again when it goes.
  private var recent: [String] = []

  /// - Throws: `ExitCode` after one clear line.
  init(
    format: Format,
    output: String?,
    language: WatchText.Language,
    only: String?,
    isQuiet: Bool,
    since: Timestamp?
  ) throws(OutputError) {
    (self.format, self.only, self.isQuiet, self.since) = (format, only, isQuiet, since)
    text = WatchText(language)
    if let output, output != "-" {
      file = PathText.withName(output) {
        open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
      }
      if file < 0 { throw OutputError(text: "\(output): \(String(cString: strerror(errno)))") }
    } else {
      file = STDOUT_FILENO
    }
    isScreen =
      output == nil && format == .text && !isQuiet && isatty(STDOUT_FILENO) != 0
      && getenv("TERM").map { String(cString: $0) } != "dumb"
  }

  struct OutputError: Error { var text: String }

  // MARK: Lines

  /// Tells what is new; whether all of it went out.
  mutating func tell(_ changes: [Watch.Change], isStart: Bool = false) -> Bool {
    var all = ""
    for change in changes where concerns(change.incident) {
      if isStart, let since, change.incident.last < since { continue }
      switch format {
      case .jsonl: all += JSONLinesReport.line(of: change.incident)
      case .text: all += text.line(change.incident, isNew: change.isNew)
      }
      if format == .jsonl, all.utf8.last != 0x0A { all += "\n" }
    }
    return all.isEmpty || say(all)
  }

  mutating func tell(_ notices: [Notice]) {
    guard !isQuiet else { return }
    for notice in notices {
      let line = text.note(english: notice.english, japanese: notice.japanese)
      if isScreen { _ = say(line) } else { Terminal.complain(String(line.dropLast())) }
    }
  }

  private mutating func say(_ lines: String) -> Bool {
    if isScreen {
      recent += lines.split(separator: "\n").map(String.init)
      recent.removeFirst(max(0, recent.count - 200))
      return true
    }
    var stream = OutputStream(file)
    stream.write(lines)
    if let failure = stream.finish() {
      Terminal.complain("output: cannot be written: \(failure)")
      return false
    }
    return true
  }

  private func concerns(_ incident: Incident) -> Bool {
    guard let only else { return true }
    return incident.accounts.contains(only) || incident.persons.contains(only)
      || incident.owners.contains { $0.owner == only }
  }

  // MARK: The picture

  func begin() {
    if isScreen { put("\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l") }
  }

  /// Leaves the terminal as it was, with what was told below.
  func end() {
    guard isScreen else { return }
    put("\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l")
    put(recent.map { $0 + "\n" }.joined())
  }

  mutating func draw(_ watch: Watch, _ standing: Watch.Standing?, now: Timestamp) {
    guard isScreen else { return }
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
    let (rows, columns) = isKnown ? (Int(size.ws_row), Int(size.ws_col)) : (24, 80)
    let sources = watch.sources
    let seconds = Double(now.nanoseconds - lastTime) / 1e9
    if seconds >= 1 {
      let before = Dictionary(last.map { ($0.name, $0.events) }) { first, _ in first }
      for source in sources {
        let more = Double(source.events - before[source.name, default: source.events])
        rates[source.name] = (rates[source.name] ?? 0) * 0.7 + more / seconds * 0.3
      }
      (last, lastTime) = (sources.map { ($0.name, $0.events) }, now.nanoseconds)
    }
    var screen = WatchScreen(now: Timestamp(seconds: now.nanoseconds / 1_000_000_000))
    screen.sources = sources.map {
      WatchScreen.Source(
        name: $0.name,
        logs: $0.logs,
        events: $0.events,
        rate: rates[$0.name] ?? 0,
        newest: $0.newest
      )
    }
    screen.incidents = standing?.incidents ?? []
    screen.unreadable = standing?.coverage.unreadable.count ?? 0
    let told = recent.suffix(max(0, min(5, rows - 12)))
    var lines = screen.lines(rows: max(1, rows - told.count - 1), columns: columns, text)
    if !told.isEmpty {
      lines.append("")
      lines += told.map { WatchScreen.fit($0, columns: columns) }
    }
    put(
      "\u{1b}[H" + lines.map { $0 + "\u{1b}[K" }.joined(separator: "\r\n") + "\u{1b}[J"
    )
  }

  private func put(_ text: String) {
    var stream = OutputStream(STDOUT_FILENO)
    stream.write(text)
    _ = stream.finish()
  }
}

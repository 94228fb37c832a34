import ArgumentParser
import EventModel
import Glibc
import Network
import Pipeline
import Sinks

/// Metrics in Prometheus' text format (0.0.4) and a health page, on a port of the loopback.
///
/// No account, person or terminal is in them: who may ask for metrics need not know whom a finding is
/// about.
struct WatchMetrics {
  static let usualPlace = "127.0.0.1:9747"

  private let server: HealthServer?
  private var findings: [[String]: Int64] = [:]
  private var counted: [String: Severity] = [:]
  private var publishedAt: Int64 = 0
  private var reload: (isGood: Bool, at: Int64)

  static func endpoint(_ text: String) -> Endpoint? {
    Endpoint("http://" + text, defaults: ["http": 0])
  }

  /// `place`: `nil` for the usual one; where that is taken, the watch goes on without.
  init(_ place: String?, isQuiet: Bool) throws {
    reload = (true, Self.clock(CLOCK_REALTIME))
    guard place != "off", let endpoint = Self.endpoint(place ?? Self.usualPlace) else {
      server = nil
      return
    }
    do throws(NetworkError) {
      server = try HealthServer(endpoint)
    } catch {
      guard place == nil else {
        Terminal.complain("--metrics: \(error.reason)")
        throw ExitCode(2)
      }
      server = nil
      if !isQuiet {
        Terminal.complain("no metrics: \(error.reason); --metrics names another place, or off")
      }
    }
  }

  /// Counts findings that are new, or graver than before.
  mutating func count(_ changes: [Watch.Change]) {
    for finding in changes.flatMap(\.incident.findings)
    where counted[finding.id].map({ $0 < finding.severity }) ?? true {
      counted[finding.id] = finding.severity
      findings[[finding.detector, finding.severity.name], default: 0] += 1
    }
  }

  mutating func noteReload(isGood: Bool) {
    reload = (isGood, isGood ? Self.clock(CLOCK_REALTIME) : reload.at)
  }

  /// Once a second.
  mutating func publish(
    _ watch: Watch,
    _ standing: Watch.Standing?,
    _ sinks: [SinkState],
    _ commit: Int64
  ) {
    let now = Self.clock(CLOCK_MONOTONIC)
    guard let server, now - publishedAt >= 1_000_000_000 else { return }
    publishedAt = now
    let text = text(watch, standing, sinks, commit)
    let failing = sinks.filter { $0.problem != nil }.count
    let health =
      "{\"status\":\"\(failing == 0 ? "ok" : "degraded")\",\"logs\":\(watch.logCount),"
      + "\"sinks\":\(sinks.count),\"sinks_failing\":\(failing)}\n"
    server.publish(
      [
        "/metrics": HealthServer.Page(
          type: "text/plain; version=0.0.4; charset=utf-8",
          body: text
        ),
        "/health": HealthServer.Page(type: "application/json", body: health),
      ],
      // A night between, over a state of years, takes a minute.
      validFor: 300
    )
  }

  private func text(
    _ watch: Watch,
    _ standing: Watch.Standing?,
    _ sinks: [SinkState],
    _ commit: Int64
  ) -> String {
    var page = MetricsPage()
    page.add(
      "build_info",
      "gauge",
      "Version of the program.",
      [([("version", Ometsuke.version)], "1")]
    )
    let now = Self.clock(CLOCK_REALTIME)
    let sources = watch.sources
    func seconds(_ nanoseconds: Int64) -> String { "\(Double(nanoseconds / 1_000_000) / 1_000)" }
    page.add(
      "events_total",
      "counter",
      "Events read.",
      sources.map { ([("source", $0.name)], "\($0.events)") }
    )
    page.add(
      "lines_total",
      "counter",
      "Lines read.",
      sources.map { ([("source", $0.name)], "\($0.lines)") }
    )
    page.add(
      "last_event_timestamp_seconds",
      "gauge",
      "Time of the newest event.",
      sources.compactMap { source in
        source.newest.map { ([("source", source.name)], seconds($0.nanoseconds)) }
      }
    )
    page.add(
      "input_lag_seconds",
      "gauge",
      "How far the newest event lies behind the clock.",
      sources.compactMap { source in
        source.newest.map { ([("source", source.name)], seconds(now - $0.nanoseconds)) }
      }
    )
    page.add(
      "watermark_timestamp_seconds",
      "gauge",
      "Up to where a source has told all: its newest event less its lateness.",
      sources.compactMap { source in
        source.mark.map { ([("source", source.name)], seconds($0.nanoseconds)) }
      }
    )
    page.add(
      "clock_skew_seconds",
      "gauge",
      "Least time by which lines came after the time that they state; negative: that clock is ahead.",
      watch.clockSkews.map { clock in
        (
          [("source", clock.source)] + (clock.host.map { [("host", $0)] } ?? []),
          seconds(clock.skew)
        )
      }
    )
    page.add(
      "clock_skew_uncounted_lines_total",
      "counter",
      "Lines of hosts beyond those whose clocks are known.",
      [([], "\(watch.linesOfOtherHosts)")]
    )
    let coverage = standing?.coverage.sources ?? []
    page.add(
      "input_bytes_total",
      "counter",
      "Bytes read.",
      coverage.map { ([("source", $0.name)], "\($0.bytes)") }
    )
    page.add(
      "parse_errors_total",
      "counter",
      "Lines that could not be understood.",
      coverage.map { ([("source", $0.name)], "\($0.rejected)") }
    )
    page.add(
      "unknown_volume_events_total",
      "counter",
      "Events that do not say how much was read.",
      coverage.map { ([("source", $0.name)], "\($0.unknownVolume)") }
    )
    page.add(
      "events_dropped_total",
      "counter",
      "Messages that a listener lost.",
      watch.lostMessages.map { ([("source", $0.place), ("reason", "overflow")], "\($0.count)") }
    )
    page.add("followed_logs", "gauge", "Logs held open.", [([], "\(watch.logCount)")])
    page.add(
      "findings_total",
      "counter",
      "Findings raised since the start.",
      findings.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
        ([("rule_id", $0.key[0]), ("level", $0.key[1])], "\($0.value)")
      }
    )
    page.add(
      "open_incidents",
      "gauge",
      "Incidents that no exception covers.",
      Severity.allCases.map { severity in
        let count = (standing?.incidents ?? []).count { !$0.isExcepted && $0.severity == severity }
        return ([("level", severity.name)], "\(count)")
      }
    )
    page.add(
      "sink_deliveries_total",
      "counter",
      "Messages by what became of them.",
      sinks.flatMap { sink in
        [
          ("taken", sink.counts.taken), ("failed", sink.counts.failed),
          ("refused", sink.counts.refused),
        ]
        .map { ([("sink", sink.name), ("result", $0.0)], "\($0.1)") }
      }
    )
    page.add(
      "sink_retry_queue",
      "gauge",
      "Messages that wait.",
      sinks.map { ([("sink", $0.name)], "\($0.waiting)") }
    )
    page.add(
      "checkpoint_duration_seconds",
      "gauge",
      "What the last commit took.",
      [([], seconds(commit))]
    )
    page.add(
      "config_last_reload_success",
      "gauge",
      "Whether the estate file was valid when last read.",
      [([], reload.isGood ? "1" : "0")]
    )
    page.add(
      "config_last_reload_success_timestamp_seconds",
      "gauge",
      "When it was last read and valid.",
      [([], seconds(reload.at))]
    )
    return page.text
  }

  private static func clock(_ id: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(id, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// Prometheus' text format.
private struct MetricsPage {
  var text = ""

  mutating func add(
    _ name: String,
    _ type: String,
    _ help: String,
    _ values: [(labels: [(String, String)], value: String)]
  ) {
    guard !values.isEmpty else { return }
    text += "# HELP ometsuke_\(name) \(help)\n# TYPE ometsuke_\(name) \(type)\n"
    for value in values {
      let labels = value.labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
      text += "ometsuke_\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value.value)\n"
    }
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

internal import EventModel

/// The end of a scan as an event: a "nothing found" is always said with what was not seen.
extension OCSFReport {
  func writeProduct(_ program: String, to object: inout JSONWriter) {
    let words = program.split(separator: " ", maxSplits: 1)
    object.field("version", "1.8.0")
    object.field("product") { product in
      product.field("name", "Ometsuke")
      if words.count == 2 { product.field("version", String(words[1])) }
    }
  }

  /// What every finding says of the coverage; the whole of it stands in the Scan Activity.
  func writeShort(_ coverage: Coverage, to object: inout JSONWriter) {
    let sources = coverage.sources
    object.field("percent_days", CoverageShare(coverage).percent.map(Int64.init))
    object.field("sources", sources.map(\.name))
    object.field("rejected", sources.reduce(0) { $0 &+ $1.rejected })
    object.field("unknown_volume", sources.reduce(0) { $0 &+ $1.unknownVolume })
    object.field("unreadable", Int64(coverage.unreadable.count))
  }

  /// Scan Activity: all times are event times, from the first line read to the last.
  func writeScan(_ report: ScanReport, findings: Int, to line: inout JSONWriter) {
    let coverage = report.coverage
    let first = coverage.sources.compactMap(\.first).min()
    let last = coverage.sources.compactMap(\.last).max()
    line.field("class_uid", 6007)
    line.field("category_uid", 6)
    line.field("activity_id", 2)
    line.field("type_uid", 600_702)
    // Required by the schema: without a dated line, `unmapped` says that it is not known.
    line.field("time", last?.milliseconds ?? 0)
    if let first, let last {
      line.field("start_time", first.milliseconds)
      line.field("end_time", last.milliseconds)
    }
    line.field("severity_id", 1)
    writeStatus(coverage, isDated: last != nil, to: &line)
    line.field("message", message(findings, coverage))
    line.field("metadata") { writeProduct(report.program, to: &$0) }
    line.field("scan") { scan in
      scan.field("name", "Ometsuke scan")
      scan.field("type_id", 0)
    }
    line.field("num_detections", Int64(findings))
    line.field("num_skipped_items", Int64(coverage.unreadable.count))
    line.field("total", coverage.sources.reduce(0) { $0 &+ $1.lines })
    line.field("unmapped") { object in
      object.key("is_time_known")
      object.bool(last != nil)
      object.field("incidents", Int64(report.incidents.count))
      object.field("coverage") { JSONLinesReport.writeBody(of: coverage, to: &$0) }
      if let digests = report.digests { object.field("digests") { $0.write(digests) } }
    }
  }

  private func writeStatus(_ coverage: Coverage, isDated: Bool, to line: inout JSONWriter) {
    if coverage.sources.isEmpty {
      line.field("status_id", 2)
      line.field("status_detail", "nothing was read")
    } else if coverage.isPartial || !isDated {
      line.field("status_id", 99)
      line.field("status", "Partial")
      line.field(
        "status_detail",
        isDated ? "part of the input could not be read" : "no line told its time"
      )
    } else {
      line.field("status_id", 1)
    }
  }

  private func message(_ findings: Int, _ coverage: Coverage) -> String {
    guard let percent = CoverageShare(coverage).percent else {
      return coverage.outsidePeriod > 0
        ? "Undeterminable: no event lies in the period asked for."
        : "Undeterminable: no line with a readable time was seen."
    }
    let share = "\(percent) % of the source-days covered"
    guard findings == 0 else { return "Findings: \(findings) (\(share))." }
    return
      (CoverageShare(coverage).isTooLittle
      ? "Undeterminable" : "Not found within the records") + " (\(share))."
  }
}

import EventModel
import Reporting
import Storage
import Testing

@testable import Pipeline

@Suite struct IncidentReaderTests {
  @Test func `a line of an earlier version tells no more persons than records`() throws {
    var told = incident("sysadmin")
    told.owners[0].subjects = Volume(low: 5, high: 9, quality: .estimated)
    told.owners[0].records = Volume(low: 3, high: 9, quality: .estimated)
    told.findings[0].raised = Finding.Raised(window: "24h", value: .exactly(4), limit: 3)
    let line = JSONLinesReport.line(of: told)
    let read = try #require(IncidentReader.incident(in: line))
    #expect(read.owners[0].subjects == Volume(low: 3, high: 9, quality: .estimated))
    #expect(read.findings[0].raised == told.findings[0].raised)
  }

  @Test func `what a later instruction may cover is read again, and never beyond the records`()
    throws
  {
    var told = incident("sysadmin")
    for (late, read) in [(0, 0), (2, 2), (9, 3)] as [(Int64, Int64)] {
      told.owners[0].late = late
      let line = JSONLinesReport.line(of: told)
      #expect(line.contains(#""late":\#(late)}"#) == (late > 0), "\(line)")
      #expect(try #require(IncidentReader.incident(in: line)).late == read)
    }
  }

  private func incident(_ name: String) -> Incident {
    let time = Timestamp(nanoseconds: 1_712_620_937_204_000_000)
    var incident = Incident(
      id: "22ba6273c7ef6d08",
      severity: .critical,
      actor: "account:\(name)",
      first: time,
      last: time
    )
    incident.accounts = [name]
    incident.records = Volume(low: 5, high: Volume.unbounded, quality: .unknown)
    incident.owners = [
      Incident.OwnerCount(
        owner: "",
        records: .exactly(3),
        subjects: Volume(low: 0, high: 3, quality: .estimated),
        share: nil,
        first: time,
        last: time
      )
    ]
    incident.candidates = [
      Candidate(person: name, confidence: .medium, reads: 4, reasons: [.init(.logOn, reads: 2)])
    ]
    var finding = Finding(
      id: "1920976a0f1f8c96",
      detector: "bulk-export",
      severity: .high,
      time: time
    )
    finding.message = name
    finding.value = .exactly(7)
    finding.counters = [Finding.NamedCount(name: "records_1m", value: 7)]
    finding.events = 9
    var evidence = Evidence(time: time, offset: 1, line: 2, length: 3, digest: 0, fileIndex: 0)
    evidence.file = name
    evidence.sha256 = "ab"
    finding.evidence = [evidence]
    incident.findings = [finding]
    return incident
  }

  @Test(arguments: ["sysadmin", "漢字 \"\\ \u{1b} \u{202e} 𠮷", "a\u{0}b"])
  func `an incident comes back from its line as it was written`(name: String) throws {
    let line = JSONLinesReport.line(of: incident(name))
    let read = try #require(IncidentReader.incident(in: line))
    #expect(JSONLinesReport.line(of: read) == line)
    #expect(read.accounts == [name])
  }

  @Test func `no line makes it trap`() {
    let line = JSONLinesReport.line(of: incident("sysadmin"))
    let bytes = Array(line.utf8)
    for place in stride(from: 0, to: bytes.count, by: 7) {
      _ = IncidentReader.incident(in: String(decoding: bytes[..<place], as: UTF8.self))
      var changed = bytes
      changed[place] = UInt8(truncatingIfNeeded: place)
      _ = IncidentReader.incident(in: String(decoding: changed, as: UTF8.self))
    }
    #expect(IncidentReader.incident(in: String(repeating: "[", count: 100_000)) == nil)
  }

  // MARK: Acts and issued reports

  @Test func `acts and issued reports come back from the chain as they were made`() throws {
    let store = try Store(path: "memory", .memory)
    var act = TriageAct(
      id: "22ba6273c7ef6d08",
      kind: .legitimate,
      by: "Noguchi\nreason forged",
      text: "back\\slash and\ttab\u{7f}",
      author: "uid 0",
      time: nil
    )
    act.until = "2024-12-31"
    try TriageLog.add(act, time: "2024-06-03T01:00:00Z", to: store, program: "test")
    try Decision(
      id: "22ba6273c7ef6d08",
      kind: .underReview,
      by: "Saeki",
      reason: "open",
      author: "uid 0",
      time: "2024-06-04T01:00:00Z"
    ).add(to: store, program: "test")
    let acts = try TriageLog.all(in: store)
    #expect(acts.map(\.kind) == [.legitimate, .underReview])
    #expect(acts[0].by == act.by && acts[0].text == act.text && acts[0].until == act.until)
    #expect(acts[0].time == Timestamp(seconds: 1_717_376_400))
    // What only this program's older command knows is one of its decisions alone.
    #expect(try Decision.all(in: store).count == 1)

    var report = IssuedReport(kind: "owner", subject: act.id, owner: "Minato Gas", version: 2)
    report.by = "Saeki"
    report.reason = "new logs"
    report.digest = ReportLog.digest("x")
    report.figures = [
      .init(name: "Minato Gas", low: 1, high: 2), .init(name: "", low: 3, high: nil),
    ]
    try ReportLog.add(
      report,
      time: "2024-06-05T01:00:00Z",
      author: "uid 0",
      to: store,
      program: "t"
    )
    var read = try #require(try ReportLog.all(in: store).first)
    #expect(read.time != nil)
    read.time = nil
    #expect(read == report)
  }
}

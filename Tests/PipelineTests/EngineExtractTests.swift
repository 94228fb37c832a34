import Detection
import Estate
import EventModel
import Foundation
import Testing

@testable import Pipeline
@testable import Storage

/// What a night lays beside the state of the engine, so that a report need not restore it.
@Suite struct `What reports ask of the engine` {
  private static let digest: [UInt8] = []
  private let mine = ExtractBasis(program: "test", estateDigest: Self.digest)

  private func estate(_ work: Workplace) throws -> DeclaredEstate {
    let text = """
      policy: {time-zone: Asia/Tokyo}
      sources:
        - name: crm
          paths: ["logs/crm*"]
          format: jsonl
        - {name: hosts, paths: ["logs/hosts*"], format: syslog-rfc3164, time-zone: Asia/Tokyo, year: 2024}
      owners: [{name: Minato Gas, delivered: 9000}, {name: Kita Denryoku, delivered: 400}]
      """
    try work.write("ometsuke.yml", [text])
    return try EstateFile.load(path: work.path + "/ometsuke.yml").estate
  }

  /// Six days with exports and look-ups of two owners by three accounts, and devices at two hosts.
  private func write(_ work: Workplace, days: Int, tail: String = "\n") throws {
    var lines: [String] = []
    var hosts: [String] = []
    for day in 1...days {
      for read in 0..<9 {
        let action = read % 3 == 0 ? "export" : "view"
        lines.append(
          "{\"time\":\"2024-04-0\(day)T0\(read):12:34Z\",\"user\":\"op\(read % 3)\",\"ip\":\"192.0.2.7\","
            + "\"action\":\"\(action)\",\"owner\":\"\(read % 2 == 0 ? "Minato Gas" : "Kita Denryoku")\","
            + "\"object\":\"crm.customers\",\"rows\":\(action == "view" ? 1 : 700)}"
        )
      }
      let start = "Apr  \(day) 10:58:1"
      let host = "mnt-pc0\(day % 2) kernel: [43967.998870]"
      hosts.append("\(start)1 \(host) usb 1-3: SerialNumber: 4C53000123071\(day / 2)")
      hosts.append("\(start)3 \(host) sd 6:0:0:0: [sdb] Attached SCSI removable disk")
    }
    let text = lines.joined(separator: "\n") + tail
    try FileManager.default.createDirectory(
      atPath: work.path + "/logs",
      withIntermediateDirectories: true
    )
    try text.write(toFile: work.path + "/logs/crm.jsonl", atomically: false, encoding: .utf8)
    try work.write("logs/hosts.log", hosts)
  }

  private func answers(
    _ store: Store,
    _ estate: DeclaredEstate,
    _ basis: ExtractBasis?
  ) throws -> (days: [HandlingDay], devices: DeviceUses?, isExtract: Bool) {
    let coverage = try CoverageStudy(store, estate)
    let study = try CaseStudy(store, estate, coverage, basis: basis)
    let days = Timestamp(seconds: 1_711_929_600).dayNumber()
    return (
      try study.handling(days...(days + 60)), try study.devices(days...(days + 60)),
      try study.engine.extract() != nil
    )
  }

  @Test(arguments: 2...6)
  func `is what the restored engine says, night after night`(days: Int) async throws {
    let work = try Workplace()
    let estate = try estate(work)
    let store = try Store(path: work.path + "/store", .night)
    for day in 1...days {
      try write(work, days: day)
      _ = try await work.night(Int64(day), in: store, estate)
    }
    let fast = try answers(store, estate, mine)
    let slow = try answers(store, estate, nil)
    #expect(fast.isExtract && !slow.isExtract)
    #expect(fast.days == slow.days)
    #expect(fast.devices == slow.devices)
    #expect(fast.days.map(\.operations).reduce(0, +) == Int64(9 * days))
    #expect(fast.devices?.uses.isEmpty == false)
  }

  @Test func `holds for no other program, estate or state`() async throws {
    let work = try Workplace()
    let estate = try estate(work)
    let store = try Store(path: work.path + "/store", .night)
    try write(work, days: 3)
    _ = try await work.night(3, in: store, estate)
    func has(_ basis: ExtractBasis) throws -> Bool {
      try StoredEngine(store, estate, basis: basis).extract() != nil
    }
    #expect(try has(mine))
    #expect(try !has(ExtractBasis(program: "another", estateDigest: Self.digest)))
    #expect(try !has(ExtractBasis(program: "test", estateDigest: [7])))
    // As a night of a version that lays nothing beside the state leaves it.
    let state = try #require(try store.value(NightMemory.engineValue))
    try store.setValue(NightMemory.engineValue, state + [0])
    #expect(try !has(mine))
    try store.setValue(NightMemory.engineValue, state)
    #expect(try has(mine))
    try store.setValue(NightMemory.heldValue, [])
    #expect(try !has(mine))
  }

  @Test func `is not laid down where records were judged that are not whole yet`() async throws {
    let work = try Workplace()
    let estate = try estate(work)
    let store = try Store(path: work.path + "/store", .night)
    try write(work, days: 3, tail: "")
    _ = try await work.night(3, in: store, estate)
    let found = try answers(store, estate, mine)
    let slow = try answers(store, estate, nil)
    #expect(!found.isExtract)
    #expect(found.days == slow.days)
    try write(work, days: 4)
    _ = try await work.night(4, in: store, estate)
    #expect(try answers(store, estate, mine).isExtract)
  }
}

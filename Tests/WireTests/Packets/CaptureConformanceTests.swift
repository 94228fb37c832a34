import Foundation
import Testing

@testable import Wire

/// Real captures that other projects publish with what is in them, against what is read here.
///
/// The samples lie beside the repository, in `../shared/data`; where they are absent nothing is tested
/// and a line says so. The table that is found is `docs/formats/wire-conformance.md`.
struct CaptureConformanceTests {
  static let data = `A damaged capture`.shared
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// What both ends of a session have sent, and which of them asked.
  private struct Sums: Equatable {
    var packets = [0, 0]
    var bytes = [0, 0]
    var wire = [0, 0]
    var isClientFirst = true
  }

  private struct Ends: Hashable {
    var transport: String
    var ends: [String]
  }

  /// What one source says.
  private struct Account {
    var captures: Set<String> = []
    var claims = 0
    var agreed = 0
    var reasons: [String: Int] = [:]
  }

  private static let reasons: [(file: String, field: String, reason: String)] = [
    (
      "socks4-https.pcap", "bytes of the client",
      "of the client's 239 bytes the capture lacks 201, which the server confirms: they count here, as missing"
    ),
    (
      "ipv6-multiline-reply.pcap", "answer",
      "the file was refused (550); 221, which Zeek has there, ends the session"
    ),
  ]

  private var accounts: [String: Account] = [:]

  mutating func compare(
    _ source: String,
    _ file: String,
    _ field: String,
    _ claimed: String,
    _ found: String?
  ) {
    accounts[source, default: Account()].captures.insert(file)
    accounts[source]?.claims += 1
    guard claimed != found else {
      accounts[source]?.agreed += 1
      return
    }
    let reason = Self.reasons.first { file.hasSuffix($0.file) && $0.field == field }?.reason
    #expect(reason != nil, "\(file) \(field): claimed \(claimed), found \(found ?? "nothing")")
    accounts[source]?.reasons[reason ?? "not explained", default: 0] += 1
  }

  /// All lines of a capture.
  static func lines(_ path: String) throws -> [[String: Any]] {
    let bytes = Array(try Data(contentsOf: data.appendingPathComponent(path)))
    return try CaptureMaker.lines(bytes, parsers: ProtocolRegistry.all).lines.compactMap {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }

  /// The flows of a capture by their ends, in both orders.
  private static func flows(_ lines: [[String: Any]]) -> [Ends: Sums] {
    var found: [Ends: Sums] = [:]
    for line in lines where line["kind"] as? String == "flow" && line["transport"] != nil {
      func number(_ key: String) -> Int { line[key] as? Int ?? 0 }
      let transport = line["transport"] as? String ?? ""
      let client = "\(line["client"] ?? "") \(number("client_port"))"
      let server = "\(line["server"] ?? "") \(number("server_port"))"
      for isForward in [true, false] {
        let key = Ends(
          transport: transport == "icmp6" ? "icmp" : transport,
          ends: isForward ? [client, server] : [server, client]
        )
        var sums = found[key] ?? Sums()
        let sides = isForward ? ["in", "out"] : ["out", "in"]
        for index in 0..<2 {
          let side = sides[index]
          sums.packets[index] += number("packets_" + side)
          sums.bytes[index] += number("bytes_" + side)
          sums.wire[index] += number("wire_" + side)
        }
        sums.isClientFirst = isForward
        found[key] = sums
      }
    }
    return found
  }

  private mutating func compare(
    _ source: String,
    _ path: String,
    _ claimed: [Ends: Sums],
    withWire: Bool
  ) throws {
    let found = Self.flows(try Self.lines(path))
    for (key, claim) in claimed.sorted(by: { $0.key.ends.joined() < $1.key.ends.joined() }) {
      let sums = found[key]
      compare(source, path, "who asked", "true", sums.map { "\($0.isClientFirst)" })
      for (index, side) in ["client", "server"].enumerated() {
        compare(
          source,
          path,
          "packets of the \(side)",
          "\(claim.packets[index])",
          sums.map { "\($0.packets[index])" }
        )
        compare(
          source,
          path,
          "bytes of the \(side)",
          "\(claim.bytes[index])",
          sums.map { "\($0.bytes[index])" }
        )
        guard withWire else { continue }
        compare(
          source,
          path,
          "bytes of the \(side) with headers",
          "\(claim.wire[index])",
          sums.map { "\($0.wire[index])" }
        )
      }
    }
  }

  private mutating func arkime() throws {
    let folder = Self.data.appendingPathComponent("arkime")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    for name in names where name.hasSuffix(".test") {
      let path = "arkime/" + name.dropLast(5) + ".pcap"
      guard FileManager.default.fileExists(atPath: Self.data.appendingPathComponent(path).path)
      else {
        continue
      }
      let json = try JSONSerialization.jsonObject(
        with: Data(contentsOf: folder.appendingPathComponent(name))
      )
      let sessions = (json as? [String: Any])?["sessions3"] as? [[String: Any]] ?? []
      #expect(!sessions.isEmpty, "\(name)")
      var claimed: [Ends: Sums] = [:]
      for session in sessions {
        let body = session["body"] as? [String: Any] ?? [:]
        func part(_ name: String) -> [String: Any] { body[name] as? [String: Any] ?? [:] }
        func end(_ name: String) -> String {
          "\(part(name)["ip"] ?? "") \(part(name)["port"] as? Int ?? 0)"
        }
        let number = body["ipProtocol"] as? Int ?? 0
        let key = Ends(
          transport: Self.transports[number] ?? "ip-\(number)",
          ends: [end("source"), end("destination")]
        )
        let sides = [("source", "client"), ("destination", "server")]
        for (index, side) in sides.enumerated() {
          let (packets, bytes) = side
          claimed[key, default: Sums()].packets[index] += part(packets)["packets"] as? Int ?? 0
          claimed[key]?.bytes[index] += part(bytes)["bytes"] as? Int ?? 0
        }
      }
      try compare("Arkime, sessions", path, claimed, withWire: false)
    }
  }

  /// As IANA numbers them, of those in the captures.
  private static let transports = [1: "icmp", 6: "tcp", 17: "udp", 58: "icmp6", 132: "sctp"]

  private mutating func zeek() throws {
    let folder = Self.data.appendingPathComponent("zeek")
    let index = try String(contentsOf: folder.appendingPathComponent("INDEX.tsv"), encoding: .utf8)
    let rows = index.split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    for row in rows where row.count > 2 && rows.count(where: { $0.last == row[2] }) == 1 {
      let log = folder.appendingPathComponent(row[2] + "/conn.log")
      guard let text = try? String(contentsOf: log, encoding: .utf8) else { continue }
      let lines = text.split(separator: "\n")
      guard let header = lines.first(where: { $0.hasPrefix("#fields") }) else { continue }
      let names = header.split(separator: "\t").dropFirst().map(String.init)
      var claimed: [Ends: Sums] = [:]
      for line in lines where !line.hasPrefix("#") {
        let values = line.split(separator: "\t", omittingEmptySubsequences: false)
        let record = Dictionary(zip(names, values.map(String.init))) { first, _ in first }
        func number(_ key: String) -> Int { record[key].flatMap { Int($0) } ?? 0 }
        func end(_ side: String) -> String {
          "\(record["id.\(side)_h"] ?? "") \(number("id.\(side)_p"))"
        }
        let key = Ends(transport: record["proto"] ?? "", ends: [end("orig"), end("resp")])
        for (index, side) in ["orig", "resp"].enumerated() {
          claimed[key, default: Sums()].packets[index] += number(side + "_pkts")
          claimed[key]?.bytes[index] += number(side + "_bytes")
          claimed[key]?.wire[index] += number(side + "_ip_bytes")
        }
      }
      try compare("Zeek, conn.log", "zeek/" + row[0], claimed, withWire: true)
    }
  }

  private mutating func tcpdump() throws {
    let folder = Self.data.appendingPathComponent("tcpdump-tests")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    for name in names where name.hasSuffix(".out") {
      let path = ["pcap", "pcapng"].map { "tcpdump-tests/\(name.dropLast(3))\($0)" }.first {
        FileManager.default.fileExists(atPath: Self.data.appendingPathComponent($0).path)
      }
      guard let path else { continue }
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      // `    1  2107-01-01 00:00:00.000000 IP …`
      let packets = text.split(separator: "\n").compactMap { line -> [Substring]? in
        let words = line.split(separator: " ", maxSplits: 3)
        return words.count == 4 && Int(words[0]) != nil && words[1].count == 10 ? words : nil
      }
      let sum = try Self.lines(path).first { $0["op"] as? String == "sum" }
      let found = sum?["packets"] as? Int ?? 0
      compare("tcpdump, tests", path, "packets", "\(packets.count)", "\(found)")
      guard let first = packets.first else { continue }
      let time = (sum?["start"] ?? sum?["ts"]) as? String ?? ""
      compare("tcpdump, tests", path, "first packet", "\(first[1])T\(first[2])000Z", time)
    }
  }

  private mutating func packetbeat() throws {
    let folder = Self.data.appendingPathComponent("beats-packetbeat")
    let text = try String(
      contentsOf: folder.appendingPathComponent("GROUND_TRUTH.tsv"),
      encoding: .utf8
    )
    let fields = [
      "client.ip": "client", "client.port": "client_port", "server.ip": "server",
      "server.port": "server_port",
    ]
    for row in text.split(separator: "\n").dropFirst() {
      let columns = row.split(separator: "\t", omittingEmptySubsequences: false)
      guard let claim = columns.last, claim.contains("\"] == ") else { continue }
      for (name, key) in fields.sorted(by: { $0.key < $1.key }) {
        guard let place = claim.range(of: "[\"\(name)\"] == ") else { continue }
        let value = claim[place.upperBound...].prefix { !" )".contains($0) }
          .filter { $0 != "\"" }
        let path = "beats-packetbeat/\(columns[0])"
        let values = Set(
          try Self.lines(path).filter { $0["kind"] as? String == "flow" }.map { "\($0[key] ?? "")" }
        )
        let found = values.contains(value) ? value : values.sorted().joined(separator: " ")
        compare("packetbeat, system tests", path, name, value, found)
      }
    }
  }

  @Test func `others' captures hold what they say`() throws {
    guard FileManager.default.fileExists(atPath: Self.data.path) else {
      print("skipped: no samples at \(Self.data.path)")
      return
    }
    var all = self
    try all.arkime()
    try all.zeek()
    try all.tcpdump()
    try all.packetbeat()
    try all.ftp()
    try all.smb()
    try all.check()
  }

  private func check() throws {
    let claims = accounts.values.reduce(0) { $0 + $1.claims }
    let agreed = accounts.values.reduce(0) { $0 + $1.agreed }
    var text = """
      # How captures agree with what others say of them

      Made by `CaptureConformanceTests` from captures that other projects publish with what is in them. A claim is one
      number or word of one session: who asked, how many packets and bytes of payload either end has sent (and with
      headers), how many packets there are, when the first was; of a file its name, account, size and the server's
      answer. Of \(claims) claims \(agreed) are agreed with.

      | source | captures | claims | agreed | disagreed |
      |---|---|---|---|---|

      """
    for (source, account) in accounts.sorted(by: { $0.key < $1.key }) {
      let reasons = account.reasons.sorted { $0.key < $1.key }.map { "\($0.value): \($0.key)" }
      text += "| \(source) | \(account.captures.count) | \(account.claims) | \(account.agreed) | "
      text += (reasons.isEmpty ? "0" : reasons.joined(separator: "; ")) + " |\n"
    }
    let page = Self.root.appendingPathComponent("docs/formats/wire-conformance.md")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try text.write(to: page, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: page, encoding: .utf8) == text)
  }
}

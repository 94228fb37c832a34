import Foundation
import Testing

@testable import Wire

/// What Arkime and Zeek say of encrypted sessions, against what is read here.
///
/// The table that is found is `docs/formats/wire-conformance-tls.md`.
struct TLSConformanceTests {
  private static let data = TestCapture.folder
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("docs/formats/wire-conformance-tls.md")

  private struct Account {
    var captures: Set<String> = []
    var claims = 0
    var agreed = 0
    var reasons: [String: Int] = [:]
  }

  /// Claims that are not agreed with, and why.
  private static let reasons: [(file: String, field: String, reason: String)] = [
    ("smtp-starttls.pcap", "", "SMTP is not read, nor TLS that begins inside it"),
    ("ftp-auth-tls.pcap", "", "TLS that begins inside FTP is not read"),
    ("irc-starttls.pcap", "", "IRC is not read, nor TLS that begins inside it"),
    ("socks4-https.pcap", "", "SOCKS is not read, nor TLS that begins inside it"),
  ]

  private var accounts: [String: Account] = [:]

  private mutating func compare(
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
    let reason = Self.reasons.first { file.hasSuffix($0.file) && field.hasPrefix($0.field) }?.reason
    #expect(reason != nil, "\(file) \(field): claimed \(claimed), found \(found ?? "nothing")")
    accounts[source]?.reasons[reason ?? "not explained", default: 0] += 1
  }

  /// The encrypted sessions of a capture by the ports of their ends.
  private static func sessions(_ path: String) throws -> [String: WireLine] {
    let folder = try #require(data)
    let bytes = [UInt8](try Data(contentsOf: folder.appending(path: path)))
    let lines = try CaptureMaker.lines(bytes, parsers: ProtocolRegistry.all).lines.map {
      try WireLine($0)
    }
    return Dictionary(
      lines.filter { $0["kind"] == "encrypted" }.map {
        ("\($0["client_port"] ?? "") \($0["server_port"] ?? "")", $0)
      },
      uniquingKeysWith: { first, _ in first }
    )
  }

  private static let versions = [
    "SSLv3": "SSL 3.0", "TLSv1": "1.0", "TLSv10": "1.0", "TLSv1.1": "1.1", "TLSv11": "1.1",
    "TLSv1.2": "1.2", "TLSv12": "1.2", "TLSv1.3": "1.3", "TLSv13": "1.3",
    "unknown-32257": "7e01",
  ]

  /// A cipher as it is told here: by name where it can be decrypted.
  private static func cipher(_ name: String, _ found: String?) -> String {
    found?.hasPrefix("0x") == true && numbers[name] == found ? found ?? name : name
  }

  /// As IANA numbers them, of those in the captures that are told by number.
  private static let numbers = [
    "TLS_RSA_WITH_RC4_128_SHA": "0x0005", "TLS_RSA_WITH_RC4_128_MD5": "0x0004",
    "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA": "0x0088",
    "TLS_ECDHE_RSA_WITH_RC4_128_SHA": "0xC011", "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA": "0xC007",
  ]

  private mutating func arkime(_ folder: URL) throws {
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "arkime").path
    )
    for name in names.sorted() where name.hasSuffix(".test") {
      let path = "arkime/" + name.dropLast(5) + ".pcap"
      guard FileManager.default.fileExists(atPath: folder.appending(path: path).path) else {
        continue
      }
      let json = try JSONSerialization.jsonObject(
        with: Data(contentsOf: folder.appending(path: "arkime/" + name))
      )
      let claims = ((json as? [String: Any])?["sessions3"] as? [[String: Any]] ?? []).compactMap {
        $0["body"] as? [String: Any]
      }
      let sessions = try Self.sessions(path)
      for claim in claims {
        // DTLS goes by UDP.
        guard let tls = claim["tls"] as? [String: Any], claim["ipProtocol"] as? Int == 6 else {
          continue
        }
        func port(_ side: String) -> Int { (claim[side] as? [String: Any])?["port"] as? Int ?? 0 }
        let session = sessions["\(port("source")) \(port("destination"))"]
        func first(_ key: String) -> String? { (tls[key] as? [String])?.first }
        if let value = first("version") {
          compare(
            "Arkime, sessions",
            path,
            "version",
            Self.versions[value] ?? value,
            session?["version"]
          )
        }
        if let value = first("cipher") {
          compare(
            "Arkime, sessions",
            path,
            "cipher",
            Self.cipher(value, session?["cipher"]),
            session?["cipher"]
          )
        }
        if let value = first("ja4") {
          compare("Arkime, sessions", path, "ja4", value, session?["ja4"])
        }
      }
    }
  }

  private mutating func zeek(_ folder: URL) throws {
    let index = try String(contentsOf: folder.appending(path: "zeek/INDEX.tsv"), encoding: .utf8)
    let rows = index.split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    for row in rows where row.count > 2 && rows.count(where: { $0.last == row[2] }) == 1 {
      let log = folder.appending(path: "zeek/" + row[2] + "/ssl.log")
      let trace = folder.appending(path: "zeek/" + row[0])
      guard let text = try? String(contentsOf: log, encoding: .utf8),
        FileManager.default.fileExists(atPath: trace.path)
      else { continue }
      let lines = text.split(separator: "\n")
      guard let header = lines.first(where: { $0.hasPrefix("#fields") }) else { continue }
      let names = header.split(separator: "\t").dropFirst().map(String.init)
      let sessions = try Self.sessions("zeek/" + row[0])
      for line in lines where !line.hasPrefix("#") {
        let values = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        let record = Dictionary(zip(names, values)) { first, _ in first }
        guard let version = record["version"], !version.hasPrefix("DTLS") else { continue }
        let session = sessions["\(record["id.orig_p"] ?? "") \(record["id.resp_p"] ?? "")"]
        let source = "Zeek, ssl.log"
        compare(source, row[0], "version", Self.versions[version] ?? version, session?["version"])
        if let value = record["cipher"], value != "-" {
          compare(
            source,
            row[0],
            "cipher",
            Self.cipher(value, session?["cipher"]),
            session?["cipher"]
          )
        }
        if let value = record["server_name"], value != "-" {
          compare(source, row[0], "server_name", value, session?["host"])
        }
        if let value = record["next_protocol"], value != "-" {
          compare(source, row[0], "next_protocol", value, session?["alpn"])
        }
        if let value = record["established"] {
          compare(source, row[0], "established", value, session?["ok"] == "true" ? "T" : "F")
        }
      }
    }
  }

  @Test func `others say the same of encrypted sessions`() throws {
    guard let folder = Self.data else {
      print("skipped: no samples")
      return
    }
    var all = self
    try all.arkime(folder)
    try all.zeek(folder)
    try all.check()
  }

  private func check() throws {
    let claims = accounts.values.reduce(0) { $0 + $1.claims }
    let agreed = accounts.values.reduce(0) { $0 + $1.agreed }
    var text = """
      # How encrypted sessions agree with what others say of them

      Made by `TLSConformanceTests` from captures that other projects publish with what is in them. A claim is one word of
      one session: version, cipher, JA4, the name that is asked for, the protocol that is chosen, whether the handshake was
      ended. Of \(claims) claims \(agreed) are agreed with.

      | source | captures | claims | agreed | disagreed |
      |---|---|---|---|---|

      """
    for (source, account) in accounts.sorted(by: { $0.key < $1.key }) {
      let reasons = account.reasons.sorted { $0.key < $1.key }.map { "\($0.value): \($0.key)" }
      text += "| \(source) | \(account.captures.count) | \(account.claims) | \(account.agreed) | "
      text += (reasons.isEmpty ? "0" : reasons.joined(separator: "; ")) + " |\n"
    }
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try text.write(to: Self.page, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: Self.page, encoding: .utf8) == text)
  }
}

import Foundation
import Testing

@testable import Wire

/// A capture that ends at any byte: nothing traps, nothing is told of what is not there, and the cut is.
@Suite struct `A capture that is cut` {
  /// What its lines come to.
  private struct Sum {
    var rows: Int64 = 0
    var bytes: Int64 = 0
    var isExact = true
  }

  /// Of the lines that stand for records, by session.
  private static func sums(_ lines: [String]) throws -> [String: Sum] {
    var found: [String: Sum] = [:]
    for text in lines {
      let line = try WireLine(text)
      guard let session = line["session"], line["kind"] != "notice" else { continue }
      func number(_ key: String) -> Int64 { line[key].flatMap { Int64($0) } ?? 0 }
      var sum = found[session] ?? Sum()
      sum.rows += number("rows") + number("rows_at_least") + number("rows_in")
      // What TLS may have held is told by bounds.
      if line["kind"] != "encrypted" { sum.bytes += number("bytes_out") + number("bytes_in") }
      found[session] = sum
    }
    return found
  }

  /// Small sessions of each protocol that is read.
  private static var made: [(name: String, file: [UInt8])] {
    let rows = (1...40).map { "\($0),someone\n" }.joined()
    let csv: [UInt8] = .text("id,name\n" + rows)
    func web(_ fields: String, _ body: [UInt8]) -> ([[UInt8]], [[UInt8]]) {
      (
        [.text("GET /a.csv HTTP/1.1\r\nHost: crm.example.com\r\n\r\n")],
        [
          .text("HTTP/1.1 \(fields)\r\n\r\n"), Array(body.prefix(200)), Array(body.dropFirst(200)),
        ]
      )
    }
    func message(_ kind: Character, _ body: [UInt8]) -> [UInt8] {
      .text(String(kind)) + .big(body.count + 4, 4) + body
    }
    let start: [UInt8] = .big(196_608, 4) + .terminated("user") + .terminated("sato") + [0]
    let row = message("D", .big(1, 2) + .big(5, 4) + .text("Osaka"))
    let postgresql: ([[UInt8]], [[UInt8]]) = (
      [
        .big(start.count + 4, 4) + start,
        message("Q", .terminated("select name from customers")),
      ],
      [
        message("R", .big(0, 4)) + message("Z", .text("I")),
        message("T", .big(1, 2) + .terminated("name") + .big(0, 18))
          + (1...20).flatMap { _ in row } + message("C", .terminated("SELECT 20"))
          + message("Z", .text("I")),
      ]
    )
    let talks: [(String, ([[UInt8]], [[UInt8]]))] = [
      (
        "http",
        web("200 OK\r\nContent-Type: text/csv\r\nContent-Length: \(csv.count)", csv)
      ),
      ("to the end", web("200 OK\r\nContent-Type: text/csv", csv)),
      (
        "a part",
        web(
          "206 Partial Content\r\nContent-Type: text/csv\r\nETag: \"1\"\r\nContent-Range: bytes "
            + "0-\(csv.count - 1)/\(csv.count)\r\nContent-Length: \(csv.count)",
          csv
        )
      ),
      ("postgresql", postgresql),
    ]
    return talks.map { name, talk in
      (name, CaptureMaker.file(CaptureMaker.session(talk.0, talk.1)))
    }
  }

  /// `cut` has no more of any session than `whole`, and says that it is cut.
  private static func check(
    _ file: [UInt8],
    _ name: String,
    every step: Int,
    from first: Int = 24
  ) throws {
    let whole = try sums(CaptureMaker.lines(file, parsers: ProtocolRegistry.all).lines)
    for end in stride(from: first, to: file.count, by: step) {
      let part = CaptureMaker.lines(Array(file[..<end]), parsers: ProtocolRegistry.all)
      let isBetween = part.problem == nil
      #expect(
        isBetween || part.lines.contains { $0.contains("\"truncated\"") },
        "\(name) at \(end)"
      )
      for (session, sum) in try sums(part.lines) {
        let all = whole[session] ?? Sum()
        #expect(sum.rows <= all.rows, "\(name) at \(end): rows of session \(session)")
        #expect(sum.bytes <= all.bytes, "\(name) at \(end): bytes of session \(session)")
      }
    }
  }

  @Test func `at every byte has no more than the whole`() throws {
    for (name, file) in Self.made {
      let whole = CaptureMaker.lines(file, parsers: ProtocolRegistry.all)
      #expect(whole.lines.contains { $0.contains("\"rows\":") }, "\(name)")
      try Self.check(file, name, every: 1)
    }
  }

  @Test func `within an answer says that its rows are at least so many`() throws {
    for (name, file) in Self.made {
      let whole = CaptureMaker.lines(file, parsers: ProtocolRegistry.all).lines
      let rows = try whole.map { try WireLine($0) }.compactMap { $0["rows"] }.last
      for end in stride(from: file.count / 2, to: file.count - 400, by: 7) {
        let part = CaptureMaker.lines(Array(file[..<end]), parsers: ProtocolRegistry.all).lines
        for line in try part.map({ try WireLine($0) }) where line["rows"] != nil {
          #expect(line["rows"] == rows || line["rows"] == "0", "\(name) at \(end)")
        }
      }
    }
  }

  @Test func `of real traffic has no more than the whole`() throws {
    let own = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures")
    var files: [URL] = []
    for folder in [own, `A damaged capture`.shared] {
      let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
      files += (found?.allObjects as? [URL] ?? [])
        .filter { ["pcap", "pcapng", "trace", "cap"].contains($0.pathExtension) }
        .sorted { $0.path < $1.path }
    }
    #expect(!files.isEmpty)
    for (index, url) in files.enumerated() {
      let bytes = Array(try Data(contentsOf: url))
      guard bytes.count < 40_000 else { continue }
      // A few places, others in each file.
      let step = max(1, bytes.count / 4)
      try Self.check(bytes, url.lastPathComponent, every: step, from: 24 + index % step)
    }
  }
}

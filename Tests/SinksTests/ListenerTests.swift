import Foundation
import Glibc
import Synchronization
import Testing

@testable import Network

struct SyslogFramerTests {
  private func cut(_ text: String, at size: Int) -> (lines: [String], lost: Int64) {
    var framer = SyslogFramer()
    var lines: [UInt8] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      _ = framer.take(bytes[start..<min(start + size, bytes.count)], into: &lines)
    }
    _ = framer.finish(into: &lines)
    let all = String(decoding: lines, as: UTF8.self).split(separator: "\n")
    return (all.map(String.init), framer.lost)
  }

  @Test(arguments: [1, 2, 3, 7, 4096])
  func `messages are the same however the stream is cut`(size: Int) {
    let text = "10 <13>a\nb c 8 <13>d e\u{0}<14>f g\n<15>h\r\n123 no length\n\n<16>no end"
    let found = cut(text, at: size)
    #expect(
      found.lines == [
        "<13>a#012b c ", "<13>d e", "<14>f g", "<15>h", "123 no length", "<16>no end",
      ]
        || found.lines.count == 6
    )
    #expect(found.lost == 0)
    #expect(found.lines == cut(text, at: text.utf8.count).lines)
  }

  @Test func `a message that breaks off or is too long is lost and counted, and no other`() {
    #expect(cut("20 <13>short", at: 4).lost == 1)
    let long = "<13>" + String(repeating: "x", count: SyslogFramer.longest + 10)
    let found = cut(long + "\n<14>after\n", at: 65_536)
    #expect(found.lost == 1 && found.lines == ["<14>after"])
    let counted = cut("9999999 <13>x\n<14>after\n", at: 5)
    #expect(counted.lost == 1 && counted.lines == ["<14>after"])
  }
}

@Suite struct `A syslog listener` {
  private final class Kept: Sendable {
    let bytes = Mutex<[UInt8]>([])
    let hasRoom = Atomic<Bool>(true)
    var lines: [String] {
      String(decoding: bytes.withLock { $0 }, as: UTF8.self).split(separator: "\n").map(String.init)
    }
  }

  private func listen(
    _ scheme: String,
    _ settings: TLSSettings = TLSSettings()
  ) throws -> (SyslogListener, Endpoint, Kept) {
    let kept = Kept()
    for _ in 0..<50 {
      let endpoint = Endpoint(scheme: scheme, host: "127.0.0.1", port: .random(in: 20_000..<32_000))
      if let listener = try? SyslogListener(
        endpoint,
        settings,
        hasRoom: { kept.hasRoom.load(ordering: .relaxed) },
        take: { bytes in kept.bytes.withLock { $0 += bytes } }
      ) {
        return (listener, endpoint, kept)
      }
    }
    throw NetworkError("no port")
  }

  @Test(arguments: ["udp", "tcp", "tls"])
  func `takes every line of several senders`(scheme: String) throws {
    let bench = try Workbench()
    var (server, client) = (TLSSettings(), TLSSettings())
    if scheme == "tls" {
      try Certificates.make(in: bench.path)
      (server.certificate, server.key) = (bench.path + "/server.pem", bench.path + "/server.key")
      client.trusted = bench.path + "/ca.pem"
    }
    let (listener, endpoint, kept) = try listen(scheme, server)
    let senders = try (0..<4).map { _ in try OutgoingSocket(endpoint, client) }
    for number in 0..<500 {
      for (index, sender) in senders.enumerated() {
        let message = "<134>1 2026-11-23T08:35:49Z h app - - - \(index)/\(number)"
        let framed =
          scheme == "udp"
          ? message : index % 2 == 0 ? "\(message.utf8.count) \(message)" : message + "\n"
        try sender.send(Array(framed.utf8))
      }
    }
    let isThere = wait { kept.lines.count == 2_000 }
    #expect(isThere && Set(kept.lines).count == 2_000, "\(kept.lines.count)")
    #expect(kept.lines.allSatisfy { $0.hasPrefix("<134>1 ") })
    #expect(listener.takeLosses().messages == 0)
    listener.stop()
  }

  @Test func `what a flood over UDP loses is counted, to the message`() throws {
    let (listener, endpoint, kept) = try listen("udp")
    let sender = try OutgoingSocket(endpoint, TLSSettings())
    kept.hasRoom.store(false, ordering: .relaxed)
    usleep(1_200_000)
    let text = Array(("<13>" + String(repeating: "x", count: 1_000)).utf8)
    let sent = 40_000
    for _ in 0..<sent { try sender.send(text) }
    kept.hasRoom.store(true, ordering: .relaxed)
    var lost: Int64 = 0
    let isDone = wait {
      lost += listener.takeLosses().messages
      return Int64(kept.lines.count) + lost == sent
    }
    #expect(isDone && lost > 0, "\(kept.lines.count) taken, \(lost) lost of \(sent)")
    listener.stop()
  }

  @Test func `who is silent gives way to who speaks`() throws {
    let (listener, endpoint, kept) = try listen("tcp")
    let first = try OutgoingSocket(endpoint, TLSSettings())
    try first.send(Array("<13>first\n".utf8))
    #expect(wait { kept.lines.count == 1 })
    let silent = try (0..<ListenerLoop.mostSenders + 20).map { _ in
      try OutgoingSocket(endpoint, TLSSettings())
    }
    let last = try OutgoingSocket(endpoint, TLSSettings())
    try last.send(Array("<13>last\n".utf8))
    #expect(wait { kept.lines.contains("<13>last") })
    withExtendedLifetime(silent) {}
    listener.stop()
  }
}

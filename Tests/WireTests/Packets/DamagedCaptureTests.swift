import Foundation
import Testing

@testable import Wire

/// Captures that are damaged anywhere: nothing traps, and what is told does not depend on the pieces.
@Suite struct `A damaged capture` {
  static let shared = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared/data")

  /// One of the captures that are made here.
  private static func made(_ number: Int) -> [UInt8] {
    let forms = CaptureMaker.Form.allCases
    var packets = CaptureMaker.session(
      [Array("HELO".utf8), Array("more of it".utf8)],
      [[UInt8](repeating: 65, count: 120), [UInt8](repeating: 66, count: 90)]
    )
    packets += CaptureMaker.session([[1]], [[2]], port: 40_000, at: packets[9].time + 1000)
    let datagram = CaptureMaker.udp([UInt8](repeating: 9, count: 64), from: 40_000, to: 53)
    for (place, part) in [(0x2000, 0..<40), (5, 40..<72)] {
      let four = CaptureMaker.version4(Array(datagram[part]), transport: 17, fragment: place)
      packets.append(
        CaptureMaker.Packet(time: packets[0].time, bytes: CaptureMaker.ethernet(four))
      )
    }
    let options: [UInt8] = [60, 0, 1, 4, 0, 0, 0, 0] + [17, 0, 1, 4, 0, 0, 0, 0]
    let six = CaptureMaker.version6(options + datagram, next: 0)
    packets.append(CaptureMaker.Packet(time: packets[0].time, bytes: CaptureMaker.ethernet(six)))
    return CaptureMaker.file(packets, forms[number % forms.count])
  }

  /// The bytes with a few changes: a bit, a byte, a word, a piece left out, put in twice or cut off.
  static func mutated(_ bytes: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &numbers) where !result.isEmpty {
      let place = Int.random(in: result.indices, using: &numbers)
      let end = min(result.count, place + Int.random(in: 1...64, using: &numbers))
      switch Int.random(in: 0..<7, using: &numbers) {
      case 0: result[place] ^= 1 << UInt8.random(in: 0...7, using: &numbers)
      case 1: result[place] = UInt8.random(in: 0...255, using: &numbers)
      case 2: for index in place..<min(end, place + 4) { result[index] = 255 }
      case 3: for index in place..<min(end, place + 8) { result[index] = 0 }
      case 4: result.removeSubrange(place..<end)
      case 5: result.insert(contentsOf: Array(result[place..<end]), at: place)
      default: result.removeLast(result.count - place)
      }
    }
    return result
  }

  private static func check(_ file: [UInt8], _ numbers: inout SeededNumbers) {
    let parsers = [EchoParser.self] + ProtocolRegistry.all
    let whole = CaptureMaker.lines(file, parsers: parsers)
    var cuts = numbers
    let parts = CaptureMaker.lines(file, parsers: parsers) { _ in
      Int.random(in: 1...97, using: &cuts)
    }
    numbers = cuts
    #expect(whole.lines == parts.lines)
    #expect(whole.problem == parts.problem)
  }

  /// `OMETSUKE_MUTATIONS` says how often each is changed; a few times where nobody asks.
  private static let asked = ProcessInfo.processInfo.environment["OMETSUKE_MUTATIONS"]
    .flatMap { Int($0) }

  @Test(arguments: 0..<7)
  func `is read as far as it makes sense`(number: Int) {
    let file = Self.made(number)
    for seed in 1...(Self.asked ?? 60) {
      var numbers = SeededNumbers(seed * 16 + number)
      Self.check(Self.mutated(file, &numbers), &numbers)
    }
  }

  @Test func `of real traffic is read as far as it makes sense`() throws {
    guard FileManager.default.fileExists(atPath: Self.shared.path) else {
      print("skipped: no samples at \(Self.shared.path)")
      return
    }
    let found = FileManager.default.enumerator(at: Self.shared, includingPropertiesForKeys: nil)
    let files = (found?.allObjects as? [URL] ?? [])
      .filter { ["pcap", "pcapng", "trace", "cap"].contains($0.pathExtension) }
      .sorted { $0.path < $1.path }
    #expect(!files.isEmpty)
    for (index, url) in files.enumerated() {
      let bytes = Array(try Data(contentsOf: url))
      guard Self.asked != nil || bytes.count < 20_000 else { continue }
      for seed in 0...(Self.asked ?? 2) {
        var numbers = SeededNumbers(seed * 1000 + index)
        Self.check(seed == 0 ? bytes : Self.mutated(bytes, &numbers), &numbers)
      }
    }
  }
}

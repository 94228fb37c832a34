import Foundation
import Testing

@testable import Wire

/// The sessions of a capture, read plainly: pcap or pcapng, TCP without fragments, bytes in order.
///
/// It shares no line with what is tested.
struct TestCapture {
  struct Key: Hashable {
    var from: [UInt8]
    var fromPort: Int
    var to: [UInt8]
    var toPort: Int

    var reversed: Key { Key(from: to, fromPort: toPort, to: from, toPort: fromPort) }
  }

  final class Stream {
    var pieces: [Conversation.Piece] = []
    var next: [Side: UInt32] = [:]
    var waiting: [Side: [UInt32: [UInt8]]] = [.client: [:], .server: [:]]
    var isFromStart = false
    let key: Key
    init(key: Key) { self.key = key }
  }

  private(set) var streams: [Stream] = []
  private var index: [Key: (Stream, Side)] = [:]

  /// Where the captures of others lie, or `nil`: they are not here.
  static let folder: URL? = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "../shared/data")
    return FileManager.default.fileExists(atPath: folder.path) ? folder.standardized : nil
  }()

  init(_ path: String) throws {
    try self.init(file: try #require(Self.folder).appending(path: path))
  }

  init(file: URL) throws {
    let bytes = [UInt8](try Data(contentsOf: file))
    for (link, packet) in Self.packets(bytes) { take(link, packet) }
    for stream in streams { Self.flush(stream) }
  }

  /// The conversations that hold any bytes.
  var conversations: [Conversation] {
    streams.filter { !$0.pieces.isEmpty }.map { stream in
      var conversation = Conversation()
      conversation.pieces = stream.pieces
      conversation.isFromStart = stream.isFromStart
      conversation.serverPort = UInt16(stream.key.toPort)
      return conversation
    }
  }

  private static func packets(_ bytes: [UInt8]) -> [(Int, ArraySlice<UInt8>)] {
    func number(_ at: Int, _ size: Int, _ isBig: Bool) -> Int {
      guard at + size <= bytes.count else { return 0 }
      let part = isBig ? Array(bytes[at..<at + size]) : bytes[at..<at + size].reversed()
      return part.reduce(0) { $0 << 8 | Int($1) }
    }
    var found: [(Int, ArraySlice<UInt8>)] = []
    let magic = number(0, 4, true)
    if magic == 0x0A0D_0D0A {
      let isBig = number(8, 4, true) == 0x1A2B_3C4D
      var links: [Int] = []
      var at = 0
      while at + 12 <= bytes.count {
        let length = max(12, number(at + 4, 4, isBig))
        switch number(at, 4, isBig) {
        case 1: links.append(number(at + 8, 2, isBig))
        case 6:
          let from = at + 28
          let end = min(bytes.count, from + number(at + 20, 4, isBig))
          let interface = number(at + 8, 4, isBig)
          found.append(
            (links.indices.contains(interface) ? links[interface] : 1, bytes[from..<end])
          )
        default: break
        }
        at += length
      }
      return found
    }
    let isBig = magic == 0xA1B2_C3D4 || magic == 0xA1B2_3C4D
    let link = number(20, 4, isBig) & 0xFFFF
    var at = 24
    while at + 16 <= bytes.count {
      let length = number(at + 8, 4, isBig)
      found.append((link, bytes[at + 16..<min(bytes.count, at + 16 + length)]))
      at += 16 + length
    }
    return found
  }

  private mutating func take(_ link: Int, _ packet: ArraySlice<UInt8>) {
    let bytes = Array(packet)
    func big(_ at: Int) -> Int {
      at + 1 < bytes.count ? Int(bytes[at]) << 8 | Int(bytes[at + 1]) : 0
    }
    var at: Int
    switch link {
    case 0: at = 4
    case 1:
      at = 12
      while [0x8100, 0x88A8, 0x9100].contains(big(at)) { at += 4 }
      at += 2
    case 113: at = 16
    case 276: at = 20
    default: at = 0
    }
    guard bytes.count > at + 20 else { return }
    if bytes[at] >> 4 == 4 {
      let header = Int(bytes[at] & 15) * 4
      let end = min(bytes.count, at + big(at + 2) == at ? bytes.count : at + big(at + 2))
      guard bytes[at + 9] == 6 else { return }
      segment(
        bytes,
        at + header,
        end,
        Array(bytes[at + 12..<at + 16]),
        Array(bytes[at + 16..<at + 20])
      )
    } else if bytes[at] >> 4 == 6, bytes.count > at + 60, bytes[at + 6] == 6 {
      let end = min(bytes.count, at + 40 + big(at + 4))
      segment(bytes, at + 40, end, Array(bytes[at + 8..<at + 24]), Array(bytes[at + 24..<at + 40]))
    }
  }

  private mutating func segment(
    _ bytes: [UInt8],
    _ at: Int,
    _ end: Int,
    _ from: [UInt8],
    _ to: [UInt8]
  ) {
    guard at + 20 <= end else { return }
    func big(_ at: Int) -> UInt32 { bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
    let key = Key(
      from: from,
      fromPort: Int(bytes[at]) << 8 | Int(bytes[at + 1]),
      to: to,
      toPort: Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
    )
    let flags = bytes[at + 13]
    var sequence = big(at + 4)
    let payload = Array(bytes[min(end, at + Int(bytes[at + 12] >> 4) * 4)..<end])
    let isSyn = flags & 2 != 0
    if isSyn, flags & 16 == 0, let old = index[key], !old.0.pieces.isEmpty {
      index[key] = nil
      index[key.reversed] = nil
    }
    if index[key] == nil {
      let isServer = isSyn ? flags & 16 != 0 : key.fromPort < key.toPort
      let stream = Stream(key: isServer ? key.reversed : key)
      stream.isFromStart = isSyn
      streams.append(stream)
      index[stream.key] = (stream, .client)
      index[stream.key.reversed] = (stream, .server)
    }
    guard let (stream, side) = index[key] else { return }
    if isSyn {
      sequence &+= 1
      stream.next[side] = sequence
    }
    guard !payload.isEmpty else { return }
    if stream.next[side] == nil { stream.next[side] = sequence }
    if (stream.waiting[side]?[sequence]?.count ?? 0) < payload.count {
      stream.waiting[side]?[sequence] = payload
    }
    Self.deliver(stream, side)
  }

  private static func deliver(_ stream: Stream, _ side: Side) {
    var isMoving = true
    while isMoving, let next = stream.next[side] {
      isMoving = false
      for (sequence, payload) in stream.waiting[side] ?? [:] {
        let behind = Int(Int32(bitPattern: next &- sequence))
        guard behind >= 0 else { continue }
        stream.waiting[side]?[sequence] = nil
        if behind < payload.count {
          stream.pieces.append(Conversation.Piece(side: side, bytes: Array(payload[behind...])))
          stream.next[side] = sequence &+ UInt32(payload.count)
        }
        isMoving = true
        break
      }
    }
  }

  /// What waits for bytes that never came, after a gap.
  private static func flush(_ stream: Stream) {
    for side in [Side.client, .server] {
      while let next = stream.next[side], let waiting = stream.waiting[side], !waiting.isEmpty {
        guard let first = waiting.keys.min(by: { $0 &- next < $1 &- next }) else { break }
        var piece = Conversation.Piece(side: side, bytes: [])
        piece.missing = Int64(first &- next)
        stream.pieces.append(piece)
        stream.next[side] = first
        deliver(stream, side)
      }
    }
  }
}

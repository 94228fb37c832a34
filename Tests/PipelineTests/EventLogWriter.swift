import Foundation

/// Writes event logs of Windows (EVTX) for tests: what Windows does, without its templates.
///
/// Source: Joachim Metz, "Windows XML Event Log (EVTX) format" (libevtx).
struct EventLogWriter {
  struct Element {
    var name: String
    var attributes: [(String, String)] = []
    var children: [Element] = []
    var text: String?
  }

  struct Event {
    var identifier: UInt64
    /// `EventRecordID`, where it is another.
    var stated: UInt64?
    var seconds: Int64
    var number: Int
    var channel = "Security"
    var data: [(String, String)] = []

    var element: Element {
      let date = Date(timeIntervalSince1970: Double(seconds))
      let time = ISO8601DateFormatter().string(from: date).replacing("Z", with: ".000000000Z")
      func plain(_ name: String, _ text: String) -> Element { Element(name: name, text: text) }
      let system = Element(
        name: "System",
        children: [
          Element(
            name: "Provider",
            attributes: [("Name", "Microsoft-Windows-Security-Auditing")]
          ),
          plain("EventID", "\(number)"), plain("Keywords", "0x8020000000000000"),
          Element(name: "TimeCreated", attributes: [("SystemTime", time)]),
          plain("EventRecordID", "\(stated ?? identifier)"), plain("Channel", channel),
          plain("Computer", "fs01.example.com"),
        ]
      )
      let data = Element(
        name: "EventData",
        children: data.map { Element(name: "Data", attributes: [("Name", $0.0)], text: $0.1) }
      )
      return Element(
        name: "Event",
        attributes: [("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event")],
        children: [system, data]
      )
    }
  }

  /// A log of these events, so many a chunk.
  static func log(_ events: [Event], perChunk: Int = 20, isDirty: Bool = false) -> [UInt8] {
    let chunks = stride(from: 0, to: events.count, by: perChunk).map {
      chunk(Array(events[$0..<min(events.count, $0 + perChunk)]), first: $0 + 1)
    }
    return log(chunks: chunks, isDirty: isDirty)
  }

  static func log(chunks: [[UInt8]], isDirty: Bool = false) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 4096)
    put(Array("ElfFile\0".utf8), at: 0, in: &header)
    put(little(UInt64(max(1, chunks.count) - 1)), at: 16, in: &header)
    put(little(UInt32(128)) + little(UInt16(1)) + little(UInt16(3)), at: 32, in: &header)
    put(little(UInt16(4096)) + little(UInt16(chunks.count)), at: 40, in: &header)
    put(little(UInt32(isDirty ? 1 : 0)), at: 120, in: &header)
    put(little(checksum(header[0..<120])), at: 124, in: &header)
    return header + chunks.flatMap { $0 }
  }

  static func chunk(_ events: [Event], first: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 512)
    var last = 512
    for event in events {
      last = bytes.count
      let body = document(event.element, at: last + 24)
      bytes += record(event.identifier, event.seconds, body)
    }
    let free = bytes.count
    bytes += [UInt8](repeating: 0, count: 65_536 - free)
    put(Array("ElfChnk\0".utf8), at: 0, in: &bytes)
    let numbers: [UInt64] = [
      UInt64(first), UInt64(first + events.count - 1), events.first?.identifier ?? 0,
      events.last?.identifier ?? 0,
    ]
    put(numbers.flatMap { little($0) }, at: 8, in: &bytes)
    put(little(UInt32(128)) + little(UInt32(last)) + little(UInt32(free)), at: 40, in: &bytes)
    seal(&bytes, free)
    return bytes
  }

  /// Puts the checksums of a chunk.
  static func seal(_ bytes: inout [UInt8], _ free: Int) {
    put(little(checksum(bytes[512..<free])), at: 52, in: &bytes)
    put(little(checksum(bytes[0..<120] + bytes[128..<512])), at: 124, in: &bytes)
  }

  static func record(_ identifier: UInt64, _ seconds: Int64, _ body: [UInt8]) -> [UInt8] {
    let padded = body + [UInt8](repeating: 0, count: (8 - (body.count + 28) % 8) % 8)
    let size = little(UInt32(padded.count + 28))
    let time = UInt64(bitPattern: (seconds + 11_644_473_600) * 10_000_000)
    return [0x2A, 0x2A, 0, 0] + size + little(identifier) + little(time) + padded + size
  }

  static func document(_ root: Element, at start: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x0F, 1, 1, 0]
    append(root, start, &bytes)
    return bytes + [0]
  }

  private static func append(_ element: Element, _ start: Int, _ bytes: inout [UInt8]) {
    bytes += [element.attributes.isEmpty ? 0x01 : 0x41, 0xFF, 0xFF]
    let size = bytes.count
    bytes += [0, 0, 0, 0]
    appendName(element.name, start, &bytes)
    if !element.attributes.isEmpty {
      let list = bytes.count
      bytes += [0, 0, 0, 0]
      for (index, attribute) in element.attributes.enumerated() {
        bytes.append(index + 1 < element.attributes.count ? 0x46 : 0x06)
        appendName(attribute.0, start, &bytes)
        appendText(attribute.1, &bytes)
      }
      put(little(UInt32(bytes.count - list - 4)), at: list, in: &bytes)
    }
    if element.children.isEmpty, element.text == nil {
      bytes.append(0x03)
    } else {
      bytes.append(0x02)
      if let text = element.text { appendText(text, &bytes) }
      for child in element.children { append(child, start, &bytes) }
      bytes.append(0x04)
    }
    put(little(UInt32(bytes.count - size - 4)), at: size, in: &bytes)
  }

  private static func appendName(_ name: String, _ start: Int, _ bytes: inout [UInt8]) {
    let units = Array(name.utf16)
    let hash = units.reduce(UInt32(0)) { $0 &* 65_599 &+ UInt32($1) }
    bytes += little(UInt32(start + bytes.count + 4)) + [0, 0, 0, 0]
    bytes += little(UInt16(truncatingIfNeeded: hash)) + little(UInt16(units.count))
    bytes += units.flatMap { little($0) } + [0, 0]
  }

  private static func appendText(_ text: String, _ bytes: inout [UInt8]) {
    let units = Array(text.utf16)
    bytes += [0x05, 0x01] + little(UInt16(units.count)) + units.flatMap { little($0) }
  }

  static func put(_ value: [UInt8], at place: Int, in bytes: inout [UInt8]) {
    bytes.replaceSubrange(place..<place + value.count, with: value)
  }

  static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }
}

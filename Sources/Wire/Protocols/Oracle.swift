/// Oracle's TNS: who connects to which service with which program, and how many bytes go either way.
///
/// Nothing behind the connection is read: a record is a session, told at its end, with the descriptor of its CONNECT packet and the
/// answer of the listener. The user is the one who is logged in on the client's machine, as its program says, not the account in the
/// database. A session of which the beginning was not captured is a flow.
///
///     length: 2 bytes | checksum: 2 | type | flags | header checksum: 2 | version: 2 | … | descriptor
///     (DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=crm)(CID=(PROGRAM=sqlplus)(HOST=pc7)(USER=sato))))
///
/// Source: Wireshark, packet-tns.c; Oracle Database Net Services Reference, "Local Naming Parameters".
final class Oracle: SessionParser {
  static let name = "oracle"
  /// A descriptor is 4 KiB at most; before it stand 74 bytes, and 10 more where it has a packet of its own.
  private static let clientLimit = 5 << 10
  private static let serverLimit = 1 << 10

  private let session: Session
  /// The first bytes of either side, up to what is missing.
  private var client: [UInt8] = []
  private var server: [UInt8] = []
  private var isTorn = (client: false, server: false)
  private var bytes: (client: Int64, server: Int64) = (0, 0)
  private var missing: Int64 = 0

  init(_ session: Session) {
    self.session = session
  }

  var held: Int { 512 + client.count + server.count }

  func receive(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog) {
    bytes.withUnsafeBufferPointer { part in
      switch side {
      case .client:
        self.bytes.client += Int64(part.count)
        if !isTorn.client { client += part.prefix(Self.clientLimit - client.count) }
      case .server:
        self.bytes.server += Int64(part.count)
        if !isTorn.server { server += part.prefix(Self.serverLimit - server.count) }
      }
    }
  }

  func miss(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog) {
    missing += count
    if side == .client { isTorn.client = true } else { isTorn.server = true }
  }

  func close(_ end: SessionEnd, at time: Int64, into log: inout WireLog) {
    var record = WireRecord(.session, start: min(session.start, time), time: time)
    record.operation = Array("CONNECT")
    record.bytesToServer = bytes.client
    record.bytesToClient = bytes.server
    record.missing = missing
    let descriptor = Descriptor(Self.descriptor(client))
    record.account = descriptor["CID", "USER"]
    record.program = descriptor["CID", "PROGRAM"]
    record.host = descriptor["ADDRESS", "HOST"]
    record.database =
      descriptor["CONNECT_DATA", "SERVICE_NAME"] ?? descriptor["CONNECT_DATA", "SID"]
    if let name = descriptor["CID", "HOST"] { record.details.append(("workstation", name)) }
    readAnswer(into: &record)
    log.write(record, of: session, Self.name)
  }

  /// What the listener said: the first of its packets that is not a wish to hear the CONNECT again.
  private func readAnswer(into record: inout WireRecord) {
    var rest = server[...]
    while rest.count >= 8 {
      let at = rest.startIndex
      let length = Int(rest[at]) << 8 | Int(rest[at + 1])
      switch rest[at + 4] {
      case 2:
        (record.status, record.isSuccess) = (Array("accept"), true)
        return
      case 4:
        // A number of the listener stands in its text.
        let text = Array(rest.dropFirst(12).prefix(max(0, length - 12)))
        let number = Descriptor(text)["DESCRIPTION", "ERR"]
        (record.status, record.isSuccess) = (number ?? Array("refuse"), false)
        return
      case 5:
        record.status = Array("redirect")
        return
      case 11 where length >= 8: rest = rest.dropFirst(length)
      default: return
      }
    }
  }

  /// The descriptor of a CONNECT packet, in it or, where it is long, in the packet behind it.
  private static func descriptor(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 28 else { return [] }
    func half(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }
    let (packet, length, offset) = (half(0), half(24), half(26))
    if offset < packet { return Array(bytes.dropFirst(offset).prefix(length)) }
    guard bytes.count > packet + 10, bytes[packet + 4] == 6 else { return [] }
    return Array(bytes.dropFirst(packet + 10).prefix(length))
  }

  static func recognise(_ opening: Opening) -> Recognition {
    let bytes = opening.client
    guard !bytes.isEmpty else { return opening.server.isEmpty ? .undecided : .no }
    // Both checksums are 0: they are not used.
    for (place, wanted) in [(2, 0), (3, 0), (4, 1), (6, 0), (7, 0)] where bytes.count > place {
      guard Int(bytes[place]) == wanted else { return .no }
    }
    guard bytes.count >= 12 else { return .undecided }
    func half(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }
    // From SQL*Net 2.3 on; the oldest that it takes is no later.
    let isKnown = (300...399).contains(half(8)) && half(10) >= 200 && half(10) <= half(8)
    return isKnown && half(0) >= 28 ? .yes : .no
  }

  /// `(NAME=value)`, nested: values by their name and that of what they stand in.
  private struct Descriptor {
    private var values: [(within: [UInt8], name: [UInt8], value: [UInt8])] = []

    init(_ text: [UInt8]) {
      var names: [[UInt8]] = []
      var at = 0
      while at < text.count {
        switch text[at] {
        case 0x28:
          guard names.count < 16 else { return }
          let end = text[at...].firstIndex(of: 0x3D) ?? text.count
          guard end < text.count else { return }
          let name = Array(text[at + 1..<end]).trimmed
          at = end + 1
          while at < text.count, text[at] == 0x20 { at += 1 }
          let isNested = at < text.count && text[at] == 0x28
          guard !isNested else {
            names.append(name)
            continue
          }
          let close = text[at...].firstIndex(of: 0x29) ?? text.count
          values.append((names.last ?? [], name, Array(text[at..<close]).trimmed))
          at = close + 1
        case 0x29:
          _ = names.popLast()
          at += 1
        default: at += 1
        }
      }
    }

    /// The first of that name that is not empty.
    subscript(within: StaticString, name: StaticString) -> [UInt8]? {
      values.first {
        $0.within.isText(within) && $0.name.isText(name) && !$0.value.isEmpty
      }?.value
    }
  }
}

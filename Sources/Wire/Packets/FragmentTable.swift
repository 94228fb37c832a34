/// Datagrams of which only some fragments have come.
///
/// Source: RFC 791, section 3.2; RFC 8200, section 4.5. Of bytes that come twice the first hold.
struct FragmentTable: ~Copyable {
  struct Key: Hashable {
    var source: InternetAddress
    var destination: InternetAddress
    var identification: UInt32
    var transport: UInt8
  }

  /// A datagram that is whole.
  struct Datagram {
    var bytes: [UInt8]
    var packets: UInt32
    var wire: Int64
  }

  fileprivate struct Parts {
    var bytes: [UInt8] = []
    /// Ranges of `bytes` that have come, in order, none touching another.
    var ranges: [Range<Int>] = []
    var length = -1
    var packets: UInt32 = 0
    var wire: Int64 = 0
    var start: Int64
    var serial: Int
  }

  private var parts: [Key: Parts] = [:]
  /// By order of arrival; those that are no longer there are passed over.
  private var order: [(key: Key, serial: Int)] = []
  private var first = 0
  private var serial = 0
  private var bytes = 0
  private let limit: Int
  /// Packets of datagrams that never became whole.
  var incomplete: Int64 = 0
  var incompleteBytes: Int64 = 0

  /// How long a datagram is waited for: RFC 8200 says 60 seconds, Linux 30.
  private static let wait: Int64 = 60 * 1_000_000_000
  private static let most = 65_535
  private static let ranges = 64
  /// What a datagram costs besides its bytes.
  private static let own = 256

  init(limit: Int) { self.limit = limit }

  /// Takes a fragment; the datagram, once it is whole.
  mutating func add(
    _ key: Key,
    _ payload: PacketBytes,
    at offset: Int,
    isLast: Bool,
    wire: Int64,
    time: Int64
  ) -> Datagram? {
    expire(time)
    guard offset + payload.count <= Self.most, payload.count > 0 || isLast else {
      incomplete += 1
      incompleteBytes += wire
      return nil
    }
    var found = parts.removeValue(forKey: key) ?? begin(key, time)
    bytes -= found.bytes.count
    found.packets += 1
    found.wire += wire
    let end = offset + payload.count
    if isLast { found.length = max(found.length, end) }
    if found.bytes.count < end {
      found.bytes.append(contentsOf: repeatElement(0, count: end - found.bytes.count))
    }
    found.fill(payload, offset..<end)
    if found.length >= 0, found.ranges.count == 1, found.ranges[0].lowerBound == 0,
      found.ranges[0].upperBound >= found.length
    {
      bytes -= Self.own
      found.bytes.removeLast(found.bytes.count - found.length)
      return Datagram(bytes: found.bytes, packets: found.packets, wire: found.wire)
    }
    bytes += found.bytes.count
    parts[key] = found
    if found.ranges.count > Self.ranges { drop(key) }
    while bytes > limit, dropOldest() {}
    return nil
  }

  /// Gives up what is not whole.
  mutating func finish() { while dropOldest() {} }

  private mutating func begin(_ key: Key, _ time: Int64) -> Parts {
    serial += 1
    order.append((key, serial))
    bytes += Self.own
    return Parts(start: time, serial: serial)
  }

  private mutating func expire(_ time: Int64) {
    while first < order.count {
      let (key, serial) = order[first]
      guard let found = parts[key], found.serial == serial else {
        pass()
        continue
      }
      guard time &- found.start > Self.wait else { return }
      drop(key)
      pass()
    }
  }

  private mutating func dropOldest() -> Bool {
    while first < order.count {
      let (key, serial) = order[first]
      pass()
      if parts[key]?.serial == serial {
        drop(key)
        return true
      }
    }
    return false
  }

  private mutating func pass() {
    first += 1
    if first > 1024, first * 2 > order.count {
      order.removeFirst(first)
      first = 0
    }
  }

  private mutating func drop(_ key: Key) {
    guard let found = parts.removeValue(forKey: key) else { return }
    bytes -= found.bytes.count + Self.own
    incomplete += Int64(found.packets)
    incompleteBytes += found.wire
  }
}

extension FragmentTable.Parts {
  /// Copies what has not come yet, and notes that it has.
  fileprivate mutating func fill(_ payload: PacketBytes, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    var place = range.lowerBound
    func copy(to end: Int, _ bytes: inout [UInt8]) {
      guard place < end else { return }
      for index in place..<end { bytes[index] = payload[index - range.lowerBound] }
    }
    var merged = range
    var kept: [Range<Int>] = []
    for old in ranges {
      guard old.upperBound >= range.lowerBound, old.lowerBound <= range.upperBound else {
        kept.append(old)
        continue
      }
      copy(to: min(old.lowerBound, range.upperBound), &bytes)
      place = max(place, old.upperBound)
      merged = min(merged.lowerBound, old.lowerBound)..<max(merged.upperBound, old.upperBound)
    }
    copy(to: range.upperBound, &bytes)
    kept.append(merged)
    kept.sort { $0.lowerBound < $1.lowerBound }
    ranges = kept
  }
}

internal import CScan

/// Where the keys of some 16 KiB of JSON Lines end, found without knowing anything of their records.
///
/// An anchor is a double quote before a colon, or an LF. A stop is a double quote, a backslash or a
/// byte below 0x20: what a plain string cannot hold. 70 KB, of which text mostly touches a tenth.
struct JSONIndex {
  static let size = 16 << 10
  static let anchorRoom = size + 64 + Int(CSCAN_JSON_SLACK)
  static let blockRoom = size / 64 + 1

  /// Ascending offsets from `origin`.
  let anchors: UnsafeMutablePointer<UInt32>
  /// A bit for each byte, and how many came before each 64 of them.
  private let stops: UnsafeMutablePointer<UInt64>
  private let before: UnsafeMutablePointer<UInt32>
  private(set) var count = 0
  private(set) var origin: UnsafePointer<UInt8>
  /// 1 where the processor has wide words; what comes of it is the same.
  var width = cscan_has_avx2()

  init(
    _ anchors: UnsafeMutablePointer<UInt32>,
    _ stops: UnsafeMutablePointer<UInt64>,
    _ before: UnsafeMutablePointer<UInt32>,
    at origin: UnsafePointer<UInt8>
  ) {
    self.anchors = anchors
    self.stops = stops
    self.before = before
    self.origin = origin
  }

  /// Finds what is in the bytes at `start`, of at most `size`; 64 beyond them are readable and no
  /// anchors, if they do not fill it.
  mutating func move(to start: UnsafePointer<UInt8>, _ length: Int) {
    origin = start
    let whole = (min(length, Self.size) + 63) & ~63
    count = cscan_json_index(start, whole, anchors, stops, before, width)
  }

  /// Stops before an offset within the window.
  @inline(__always)
  func stops(before offset: Int) -> Int {
    let block = offset &>> 6
    let lower = (1 as UInt64) &<< UInt64(truncatingIfNeeded: offset & 63) &- 1
    return Int(before[block]) &+ (stops[block] & lower).nonzeroBitCount
  }

  /// The first anchor from `index` on that is an LF; `nil`: none in the window.
  func lineFeed(from index: Int) -> Int? {
    var index = index
    while index < count {
      if origin[Int(anchors[index])] == 0x0A { return index }
      index += 1
    }
    return nil
  }

  /// Lends an index with its memory.
  @inline(__always)
  static func withIndex<R>(at origin: UnsafePointer<UInt8>, _ body: (inout Self) -> R?) -> R? {
    JSONScan.withRoom(of: UInt32.self, anchorRoom) { anchors in
      JSONScan.withRoom(of: UInt64.self, blockRoom) { stops in
        JSONScan.withRoom(of: UInt32.self, blockRoom) { before in
          var index = Self(anchors, stops, before, at: origin)
          return body(&index)
        }
      }
    }
  }
}

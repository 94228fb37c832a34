/// What the capture itself says of its gaps: counted since it was last told.
struct CaptureFacts {
  private var packets: Int64 = 0
  private var bytes: Int64 = 0
  private var passedOver: Int64 = 0
  private var passedOverBytes: Int64 = 0
  private var malformedPackets: Int64 = 0
  private var unknownLinks: Int64 = 0
  /// Since the last notices.
  private var cutPackets: Int64 = 0
  private var cutBytes: Int64 = 0
  var gaps: Int64 = 0
  var gapBytes: Int64 = 0
  var displacedFlows: Int64 = 0
  var displacedStreams: Int64 = 0
  /// Dropped before the capture could write them, as it says itself.
  var dropped: Int64 = 0
  /// Segments that came too early, that came again, and that belong nowhere.
  var early: Int64 = 0
  var repeated: Int64 = 0
  var strays: Int64 = 0
  private var first = Int64.max
  private var last = Int64.min

  @inline(__always)
  mutating func note(_ time: Int64, _ original: Int) {
    packets += 1
    bytes += Int64(original)
    if time < first { first = time }
    if time > last { last = time }
  }

  mutating func cut(_ count: Int) {
    cutPackets += 1
    cutBytes += Int64(count)
  }

  mutating func passOver(_ count: Int, isLinkKnown: Bool) {
    passedOver += 1
    passedOverBytes += Int64(count)
    if !isLinkKnown { unknownLinks += 1 }
  }

  mutating func malformed(_ count: Int) {
    malformedPackets += 1
  }

  /// Writes a notice for each kind of gap that there was since the last time.
  mutating func tell(into log: inout WireLog, fragments: inout FragmentTable) {
    let time = last == .min ? 0 : last
    func notice(_ name: StaticString, _ count: Int64, missing: Int64) {
      guard count > 0 else { return }
      log.writeNotice(name, at: time, count: count, missing: missing)
    }
    notice("dropped-packets", dropped, missing: 0)
    notice("cut-packets", cutPackets, missing: cutBytes)
    notice("missing-bytes", gaps, missing: gapBytes)
    notice("missing-fragments", fragments.incomplete, missing: fragments.incompleteBytes)
    notice("displaced-flows", displacedFlows, missing: 0)
    notice("displaced-sessions", displacedStreams, missing: 0)
    (dropped, cutPackets, cutBytes, gaps, gapBytes) = (0, 0, 0, 0, 0)
    (displacedFlows, displacedStreams) = (0, 0)
    (fragments.incomplete, fragments.incompleteBytes) = (0, 0)
  }

  /// Writes what the whole capture came to.
  func tellSum(_ flows: Int, into log: inout WireLog) {
    guard packets > 0 else { return }
    log.writeSum(
      at: last,
      from: first,
      [
        ("packets", packets), ("bytes", bytes), ("flows", Int64(flows)),
        ("other_packets", passedOver), ("other_bytes", passedOverBytes),
        ("unknown_link_packets", unknownLinks), ("malformed_packets", malformedPackets),
        ("early_segments", early), ("repeated_segments", repeated), ("stray_segments", strays),
      ]
    )
  }
}

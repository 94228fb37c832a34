internal import CPcap
internal import Glibc
internal import Wire

/// Why a capture could not begin or go on.
public struct CaptureError: Error, Sendable {
  /// For a person: what, and what to do.
  public var message: String
  init(_ message: String) { self.message = message }
  /// The interface is no longer there; why was said.
  public static let gone = CaptureError("")
}

/// Captures on an interface, and writes what goes over the wire as lines into one file a day.
///
/// Packets are filtered in the kernel and wait in its ring buffer; how many found no room there is told as
/// a notice. One user at a time.
public final class LiveCapture {
  /// Bytes of a packet that are taken: all of it.
  private static let snapLength: Int32 = 262_144
  /// Packets after which lines are written and the dropped ones are asked for.
  private static let turns = 1024

  private let handle: OpaquePointer
  private let link: UInt32
  private var decoder = WireDecoder()
  private let files: DayFiles
  private var dropped: UInt64 = 0
  public private(set) var packets: Int64 = 0
  /// Packets that the kernel or the interface had no room for.
  public var lost: UInt64 { dropped }

  /// `buffer`: bytes of the kernel's ring buffer.
  public init(
    interface: String,
    filter: String?,
    folder: String,
    buffer: Int,
    isPromiscuous: Bool
  ) throws(CaptureError) {
    var problem: Int32 = 0
    var text = [CChar](repeating: 0, count: 512)
    let opened = cpcap_open(
      interface,
      filter,
      Self.snapLength,
      Int32(clamping: buffer),
      isPromiscuous ? 1 : 0,
      &problem,
      &text,
      text.count
    )
    guard let opened else {
      let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw Self.error(problem, interface, filter, String(decoding: bytes, as: UTF8.self))
    }
    handle = opened
    link = UInt32(bitPattern: cpcap_link(opened))
    do throws(CaptureError) {
      files = try DayFiles(folder: folder)
    } catch {
      cpcap_close(opened)
      throw error
    }
  }

  deinit { cpcap_close(handle) }

  private static func error(
    _ problem: Int32,
    _ interface: String,
    _ filter: String?,
    _ text: String
  ) -> CaptureError {
    switch UInt32(problem) {
    case CPCAP_NO_LIBRARY.rawValue:
      CaptureError("\(text); install it: apt-get install libpcap0.8")
    case CPCAP_NO_DEVICE.rawValue:
      CaptureError("\(interface): no such interface (\(text)); ip link lists them")
    case CPCAP_NO_PERMISSION.rawValue:
      CaptureError(
        "\(interface): may not be captured on (\(text)). It needs no root: setcap cap_net_raw+ep on the"
          + " program, or AmbientCapabilities=CAP_NET_RAW in its unit"
      )
    case CPCAP_BAD_FILTER.rawValue:
      CaptureError("--filter \(filter ?? ""): \(text); pcap-filter(7) tells how one is written")
    default: CaptureError("\(interface): \(text)")
    }
  }

  /// Takes what is there, at most a tenth of a second; `false`: the interface is gone.
  public func step() throws(CaptureError) -> Bool {
    var isOpen = true
    for _ in 0..<Self.turns {
      var (time, captured, original) = (Int64(0), UInt32(0), UInt32(0))
      var bytes: UnsafePointer<UInt8>?
      let status = cpcap_next(handle, &time, &captured, &original, &bytes)
      if status <= 0 {
        isOpen = status == 0
        break
      }
      packets += 1
      decoder.receive(
        packet: UnsafeRawBufferPointer(start: bytes, count: Int(captured)),
        original: Int(original),
        link: link,
        at: time
      )
    }
    askForDropped()
    try write()
    return isOpen
  }

  /// The words of libpcap for what has ended it.
  public var reason: String { cpcap_message(handle).map { String(cString: $0) } ?? "" }

  /// Tells what is still open, and closes the file.
  public func finish() throws(CaptureError) {
    askForDropped()
    decoder.finish()
    try write()
    try files.close()
  }

  private func askForDropped() {
    var (received, lost) = (UInt64(0), UInt64(0))
    guard cpcap_counts(handle, &received, &lost) != 0, lost > dropped else { return }
    decoder.noteDropped(Int64(clamping: lost - dropped))
    dropped = lost
  }

  private func write() throws(CaptureError) {
    guard !decoder.lines.isEmpty else { return }
    try files.append(decoder.lines, at: decoder.time)
    decoder.removeLines()
  }
}

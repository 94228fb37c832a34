import CBrotli
import CZlib
import CZstd

/// Decompresses a stream piece by piece, within a bound on what comes out.
///
/// Holds the window of its method: 32 KiB for those of zlib, up to 8 MiB for zstd (RFC 9659), up to 16 MiB for brotli
/// (RFC 7932), and no more than has come out. What came out before damage depends, for zstd, on the pieces: libzstd gives out
/// nothing of the call that finds it.
final class Decompressor {
  enum Method {
    /// gzip or zlib, told by the first bytes; several members follow each other.
    case zlib
    /// zlib, or the bare stream that some send in its place.
    case deflate
    /// The bare stream.
    case raw
    case zstd
    case brotli
  }

  enum State {
    case going
    /// The stream is over; what follows is not part of it.
    case ended
    /// It is none, or more came out than the bound allows.
    case broken
  }

  /// Bytes out for each byte in, beyond a first MiB.
  static let ratioLimit: Int64 = 256
  private static let outputSize = 32 << 10

  private(set) var state = State.going
  private(set) var bytesIn: Int64 = 0
  private(set) var bytesOut: Int64 = 0
  private let method: Method
  private var stream: UnsafeMutablePointer<z_stream>?
  private var zstd: OpaquePointer?
  private var brotli: OpaquePointer?
  private let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: outputSize)

  init(_ method: Method) {
    self.method = method
  }

  deinit {
    if let stream {
      inflateEnd(stream)
      stream.deallocate()
    }
    ZSTD_freeDCtx(zstd)
    cbrotli_free(brotli)
    output.deallocate()
  }

  /// Begins another stream of the same method.
  func restart() {
    state = .going
    bytesIn = 0
    bytesOut = 0
    if let stream, inflateReset(stream) != Z_OK { state = .broken }
    if let zstd { ZSTD_DCtx_reset(zstd, ZSTD_reset_session_only) }
    cbrotli_free(brotli)
    brotli = nil
  }

  /// Decompresses bytes and lends what comes out; returns how many it took.
  @discardableResult
  func decode(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ consume: (UnsafeBufferPointer<UInt8>) -> Void
  ) -> Int {
    guard state == .going, !bytes.isEmpty, let base = bytes.baseAddress else { return 0 }
    let before = bytesIn
    switch method {
    case .zstd: decodeZstd(base, bytes.count, consume)
    case .brotli: decodeBrotli(base, bytes.count, consume)
    case .zlib, .deflate, .raw: decodeZlib(base, bytes.count, consume)
    }
    return Int(bytesIn - before)
  }

  /// Bytes that it holds, about.
  var held: Int {
    let window: Int64 =
      switch method {
      case .zlib, .deflate, .raw: 32 << 10
      case .zstd: 8 << 20
      case .brotli: 16 << 20
      }
    return Self.outputSize + (8 << 10) + Int(min(window, bytesOut))
  }

  private func emit(_ count: Int, _ consume: (UnsafeBufferPointer<UInt8>) -> Void) {
    guard count > 0 else { return }
    bytesOut += Int64(count)
    consume(UnsafeBufferPointer(rebasing: output[..<count]))
    if bytesOut > 1 << 20, bytesOut / Self.ratioLimit > bytesIn { state = .broken }
  }

  private func decodeZlib(
    _ base: UnsafePointer<UInt8>,
    _ count: Int,
    _ consume: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard let stream = stream ?? start(base[0]) else {
      state = .broken
      return
    }
    stream.pointee.next_in = UnsafeMutablePointer(mutating: base)
    stream.pointee.avail_in = UInt32(clamping: count)
    while state == .going {
      let before = stream.pointee.avail_in
      stream.pointee.next_out = output.baseAddress
      stream.pointee.avail_out = UInt32(Self.outputSize)
      let result = inflate(stream, Z_NO_FLUSH)
      bytesIn += Int64(before - stream.pointee.avail_in)
      emit(Self.outputSize - Int(stream.pointee.avail_out), consume)
      switch result {
      case Z_OK, Z_BUF_ERROR:
        // Nothing more comes out of what went in.
        if stream.pointee.avail_out > 0 { return }
      case Z_STREAM_END:
        // Another member of gzip may follow.
        guard method == .zlib, stream.pointee.avail_in > 0, inflateReset(stream) == Z_OK else {
          state = .ended
          return
        }
      default: state = .broken
      }
    }
  }

  private func start(_ first: UInt8) -> UnsafeMutablePointer<z_stream>? {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let isZlib = first & 15 == 8 && first >> 4 <= 7
    let window: Int32 =
      switch method {
      case .raw: -15
      case .deflate: isZlib ? 15 : -15
      default: 47
      }
    guard
      inflateInit2_(stream, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else {
      stream.deallocate()
      return nil
    }
    self.stream = stream
    return stream
  }

  private func decodeZstd(
    _ base: UnsafePointer<UInt8>,
    _ count: Int,
    _ consume: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    if zstd == nil {
      zstd = ZSTD_createDCtx()
      ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, 23)
    }
    var input = ZSTD_inBuffer(src: base, size: count, pos: 0)
    while state == .going {
      var out = ZSTD_outBuffer(dst: output.baseAddress, size: Self.outputSize, pos: 0)
      let before = input.pos
      let result = ZSTD_decompressStream(zstd, &out, &input)
      bytesIn += Int64(input.pos - before)
      emit(out.pos, consume)
      if ZSTD_isError(result) != 0 {
        state = .broken
      } else if input.pos == count, out.pos < Self.outputSize {
        return
      }
    }
  }

  private func decodeBrotli(
    _ base: UnsafePointer<UInt8>,
    _ count: Int,
    _ consume: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard let stream = brotli ?? cbrotli_new() else {
      state = .broken
      return
    }
    brotli = stream
    var input: UnsafePointer<UInt8>? = base
    var left = count
    while state == .going {
      var target = output.baseAddress
      var room = Self.outputSize
      let before = left
      let result = cbrotli_decode(stream, &input, &left, &target, &room)
      bytesIn += Int64(before - left)
      emit(Self.outputSize - room, consume)
      switch result {
      case CBROTLI_ENDED: state = .ended
      case CBROTLI_WANTS_INPUT: return
      case CBROTLI_WANTS_OUTPUT: break
      default: state = .broken
      }
    }
  }
}

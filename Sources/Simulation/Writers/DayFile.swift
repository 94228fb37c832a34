internal import CZlib
internal import CZstd
internal import EventModel
internal import Glibc

/// How day files are compressed.
public enum DayCompression: String, CaseIterable, Sendable {
  case none, gz, zst

  var ending: StaticString {
    switch self {
    case .none: ""
    case .gz: ".gz"
    case .zst: ".zst"
    }
  }
}

/// Why a simulation could not go on: what, where, the system's reason.
public struct SimulationError: Error, Equatable, CustomStringConvertible {
  public var description: String
}

/// Writes whole files, compressed in one piece.
///
/// The decompressed bytes are the same everywhere; the compressed ones are those of the library.
/// Memory: the compressor's, and a bound of the largest file.
struct DayFile: ~Copyable {
  private let compression: DayCompression
  private var packed = ByteBuffer()
  private let context: OpaquePointer?

  init(compression: DayCompression) {
    self.compression = compression
    context = compression == .zst ? ZSTD_createCCtx() : nil
  }

  deinit { ZSTD_freeCCtx(context) }

  mutating func write(_ bytes: borrowing ByteBuffer, to path: Text) throws(SimulationError) {
    switch compression {
    case .none: try Self.store(bytes.base, bytes.count, path)
    case .gz:
      try gzip(bytes, path)
      try Self.store(packed.base, packed.count, path)
    case .zst:
      let bound = ZSTD_compressBound(bytes.count)
      packed.removeAll()
      packed.reserveUnused(bound)
      let size = ZSTD_compressCCtx(context, packed.base, bound, bytes.base, bytes.count, 1)
      guard ZSTD_isError(size) == 0 else {
        throw SimulationError(description: "\(path.string): cannot be compressed")
      }
      try Self.store(packed.base, size, path)
    }
  }

  /// One gzip member without name and time.
  private mutating func gzip(_ bytes: borrowing ByteBuffer, _ path: Text) throws(SimulationError) {
    var stream = z_stream()
    let failure = SimulationError(description: "\(path.string): cannot be compressed")
    guard
      deflateInit2_(
        &stream,
        1,
        Z_DEFLATED,
        15 + 16,
        9,
        Z_DEFAULT_STRATEGY,
        ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)
      ) == Z_OK
    else { throw failure }
    defer { deflateEnd(&stream) }
    let bound = Int(deflateBound(&stream, UInt(bytes.count))) + 64
    // A day of one source stays far below what zlib counts in 32 bits.
    guard bound < Int(UInt32.max) else { throw failure }
    packed.removeAll()
    packed.reserveUnused(bound)
    stream.next_in = bytes.base
    stream.avail_in = UInt32(bytes.count)
    stream.next_out = packed.base
    stream.avail_out = UInt32(bound)
    guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { throw failure }
    packed.setCount(Int(stream.total_out))
  }

  static func store(
    _ start: UnsafePointer<UInt8>,
    _ count: Int,
    _ path: Text
  ) throws(SimulationError) {
    let file = try create(path)
    do throws(SimulationError) {
      try append(start, count, to: file, path)
    } catch {
      close(file)
      throw error
    }
    guard close(file) == 0 else { throw failure(path) }
  }

  static func create(_ path: Text) throws(SimulationError) -> Int32 {
    let name = path.bytes.map { CChar(bitPattern: $0) } + [0]
    let file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(path) }
    return file
  }

  static func append(
    _ start: UnsafePointer<UInt8>,
    _ count: Int,
    to file: Int32,
    _ path: Text
  ) throws(SimulationError) {
    var written = 0
    while written < count {
      let size = Glibc.write(file, start + written, count - written)
      if size < 0 {
        if errno == EINTR { continue }
        throw failure(path)
      }
      written += size
    }
  }

  /// What the system says of the last call, and where.
  static func failure(_ path: Text) -> SimulationError {
    SimulationError(description: "\(path.string): \(String(cString: strerror(errno)))")
  }
}

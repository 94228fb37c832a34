import CZlib
import CZstd
import Glibc

/// Bytes compressed as peers do it.
enum Compressing {
  /// zlib for a window of 15, gzip for 31, the bare stream for -15.
  static func zlib(_ bytes: [UInt8], window: Int32 = 15) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream,
      6,
      Z_DEFLATED,
      window,
      8,
      Z_DEFAULT_STRATEGY,
      ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size)
    )
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 100)
    let count = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        deflate(&stream, Z_FINISH)
        return output.count - Int(stream.avail_out)
      }
    }
    deflateEnd(&stream)
    return Array(output[..<count])
  }

  static func zstd(_ bytes: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let count = ZSTD_compress(&output, output.count, bytes, bytes.count, 3)
    return Array(output[..<count])
  }

  private typealias Encode =
    @convention(c) (
      CInt, CInt, CInt, Int, UnsafePointer<UInt8>, UnsafeMutablePointer<Int>,
      UnsafeMutablePointer<UInt8>
    ) -> CInt

  /// By the encoder that comes with the library; `nil`: it is not installed.
  static func brotli(_ bytes: [UInt8]) -> [UInt8]? {
    guard let library = dlopen("libbrotlienc.so.1", RTLD_NOW | RTLD_LOCAL),
      let symbol = dlsym(library, "BrotliEncoderCompress")
    else { return nil }
    var output = [UInt8](repeating: 0, count: bytes.count + 1024)
    var count = output.count
    let encode = unsafeBitCast(symbol, to: Encode.self)
    guard encode(5, 22, 0, bytes.count, bytes, &count, &output) == 1 else { return nil }
    return Array(output[..<count])
  }
}

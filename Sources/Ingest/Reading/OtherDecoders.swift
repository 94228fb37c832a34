internal import CBzip2
internal import CLzma
internal import CZstd

/// Zstandard: every frame; the window is limited.
final class ZstdDecoder: StreamDecoder {
  private let stream: OpaquePointer
  private var insideFrame = false
  private var hasFrame = false

  init(path: String, limits: DecompressionLimits) throws(ReadError) {
    guard let made = ZSTD_createDCtx() else {
      throw ReadError(.memoryLimit, "\(path): no memory for the Zstandard decoder")
    }
    stream = made
    ZSTD_DCtx_setParameter(made, ZSTD_d_windowLogMax, limits.zstdWindowLog)
  }

  deinit { ZSTD_freeDCtx(stream) }

  func decode(
    from input: RawInput,
    into target: UnsafeMutablePointer<UInt8>,
    count: Int
  ) -> (count: Int, error: ReadError?) {
    var output = ZSTD_outBuffer(dst: target, size: count, pos: 0)
    do throws(ReadError) {
      while output.pos < count {
        let more = try input.refill()
        if !insideFrame {
          guard more else { break }
          if hasFrame {
            let magics = MemberBoundary.zstd
            guard try MemberBoundary.nextMember(in: input, of: .zstd, magics: magics) else {
              break
            }
          }
          hasFrame = true
        }
        let bytes = input.available
        let before = output.pos
        var taken = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        let result = ZSTD_decompressStream(stream, &output, &taken)
        input.take(taken.pos)
        if ZSTD_isError(result) != 0 {
          let detail = ZSTD_getErrorName(result).map { String(cString: $0) } ?? "error"
          if detail.hasPrefix("Frame requires too much memory") {
            return (
              output.pos,
              ReadError(
                .memoryLimit,
                "\(input.path): the Zstandard window is larger than allowed; decompress it with"
                  + " zstd -d --long=31 and read the result"
              )
            )
          }
          if detail.hasPrefix("Dictionary mismatch") {
            return (
              output.pos,
              ReadError(
                .unsupported,
                "\(input.path): the Zstandard data after byte \(input.totalRead - Int64(input.available.count))"
                  + " were packed with a dictionary, which they do not hold; decompress them with zstd -d -D"
                  + " DICTIONARY and read the result"
              )
            )
          }
          return (output.pos, .corrupt(input, .zstd, detail))
        }
        insideFrame = result != 0
        if !more, insideFrame, output.pos == before {
          return (output.pos, .truncated(input, .zstd))
        }
      }
    } catch {
      return (output.pos, error)
    }
    return (output.pos, nil)
  }
}

/// XZ: concatenated streams and padding; the dictionary is limited.
final class XzDecoder: StreamDecoder {
  private let stream: UnsafeMutablePointer<lzma_stream>
  private let memory: UInt64
  private var betweenStreams = false

  init(path: String, limits: DecompressionLimits) throws(ReadError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: lzma_stream())
    memory = limits.xzMemory
    guard lzma_stream_decoder(stream, memory, 0) == LZMA_OK else {
      throw ReadError(.memoryLimit, "\(path): no memory for the XZ decoder")
    }
  }

  deinit {
    lzma_end(stream)
    stream.deallocate()
  }

  func decode(
    from input: RawInput,
    into target: UnsafeMutablePointer<UInt8>,
    count: Int
  ) -> (count: Int, error: ReadError?) {
    stream.pointee.next_out = target
    stream.pointee.avail_out = count
    func made() -> Int { count - stream.pointee.avail_out }
    do throws(ReadError) {
      while stream.pointee.avail_out > 0 {
        let more = try input.refill()
        if betweenStreams {
          let magics = MemberBoundary.xz
          guard try MemberBoundary.nextMember(in: input, of: .xz, magics: magics) else { break }
          guard lzma_stream_decoder(stream, memory, 0) == LZMA_OK else {
            let message = "\(input.path): no memory for the XZ decoder"
            return (made(), ReadError(.memoryLimit, message))
          }
          betweenStreams = false
        }
        let bytes = input.available
        stream.pointee.next_in = UnsafePointer(bytes.baseAddress)
        stream.pointee.avail_in = bytes.count
        let result = lzma_code(stream, more ? LZMA_RUN : LZMA_FINISH)
        input.take(bytes.count - stream.pointee.avail_in)
        switch result {
        case LZMA_OK:
          continue
        case LZMA_STREAM_END:
          betweenStreams = true
        case LZMA_BUF_ERROR:
          if !more { return (made(), .truncated(input, .xz)) }
          return (made(), .corrupt(input, .xz, "no progress"))
        case LZMA_MEMLIMIT_ERROR, LZMA_MEM_ERROR:
          return (
            made(),
            ReadError(
              .memoryLimit,
              "\(input.path): the XZ dictionary is larger than allowed; decompress it with xz -d"
                + " and read the result"
            )
          )
        default:
          return (made(), .corrupt(input, .xz, "error \(result.rawValue)"))
        }
      }
    } catch {
      return (made(), error)
    }
    return (made(), nil)
  }
}

/// Bzip2: concatenated streams.
final class Bzip2Decoder: StreamDecoder {
  private let stream: UnsafeMutablePointer<bz_stream>
  private var betweenStreams = false

  init(path: String) throws(ReadError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: bz_stream())
    guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else {
      throw ReadError(.memoryLimit, "\(path): no memory for the bzip2 decoder")
    }
  }

  deinit {
    BZ2_bzDecompressEnd(stream)
    stream.deallocate()
  }

  func decode(
    from input: RawInput,
    into target: UnsafeMutablePointer<UInt8>,
    count: Int
  ) -> (count: Int, error: ReadError?) {
    var made = 0
    do throws(ReadError) {
      while made < count {
        let more = try input.refill()
        if betweenStreams {
          let magics = MemberBoundary.bzip2
          guard try MemberBoundary.nextMember(in: input, of: .bzip2, magics: magics) else { break }
          BZ2_bzDecompressEnd(stream)
          stream.pointee = bz_stream()
          guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else {
            let message = "\(input.path): no memory for the bzip2 decoder"
            return (made, ReadError(.memoryLimit, message))
          }
          betweenStreams = false
        }
        let bytes = input.available
        let room = count - made
        stream.pointee.next_in = bytes.baseAddress.map {
          UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self)
        }
        stream.pointee.avail_in = UInt32(clamping: bytes.count)
        stream.pointee.next_out = UnsafeMutableRawPointer(target + made)
          .assumingMemoryBound(to: CChar.self)
        stream.pointee.avail_out = UInt32(clamping: room)
        let result = BZ2_bzDecompress(stream)
        input.take(bytes.count - Int(stream.pointee.avail_in))
        let got = room - Int(stream.pointee.avail_out)
        made += got
        switch result {
        case BZ_STREAM_END: betweenStreams = true
        case BZ_OK:
          if !more, got == 0 { return (made, .truncated(input, .bzip2)) }
        case BZ_DATA_ERROR_MAGIC:
          return (made, .corrupt(input, .bzip2, "a bad header"))
        default: return (made, .corrupt(input, .bzip2, "error \(result)"))
        }
      }
    } catch {
      return (made, error)
    }
    return (made, nil)
  }
}

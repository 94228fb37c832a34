internal import CIsal

/// Gzip through ISA-L: every member, header and checksum verified.
///
/// Zero bytes after the last
/// member (padding of tapes) are passed over.
final class GzipDecoder: StreamDecoder {
  private let state: UnsafeMutablePointer<inflate_state>
  private var betweenMembers = false

  init() {
    state = .allocate(capacity: 1)
    isal_inflate_init(state)
    state.pointee.crc_flag = UInt32(ISAL_GZIP)
  }

  deinit { state.deallocate() }

  func decode(
    from input: RawInput,
    into target: UnsafeMutablePointer<UInt8>,
    count: Int
  ) -> (count: Int, error: ReadError?) {
    state.pointee.next_out = target
    state.pointee.avail_out = UInt32(clamping: count)
    func made() -> Int { count - Int(state.pointee.avail_out) }
    do throws(ReadError) {
      while state.pointee.avail_out > 0 {
        let more = try input.refill()
        if betweenMembers {
          guard more, try startMember(input) else { break }
        }
        let bytes = input.available
        let before = (bytes.count, state.pointee.avail_out)
        state.pointee.next_in = bytes.baseAddress
        state.pointee.avail_in = UInt32(clamping: bytes.count)
        let result = isal_inflate(state)
        input.take(bytes.count - Int(state.pointee.avail_in))
        guard result == ISAL_DECOMP_OK else {
          return (made(), .corrupt(input, .gzip, Self.reason(result)))
        }
        if state.pointee.block_state == ISAL_BLOCK_FINISH {
          betweenMembers = true
          continue
        }
        let after = (input.available.count, state.pointee.avail_out)
        if !more, before == after { return (made(), .truncated(input, .gzip)) }
        if more, before == after {
          return (made(), .corrupt(input, .gzip, "no progress"))
        }
      }
    } catch {
      return (made(), error)
    }
    return (made(), nil)
  }

  private func startMember(_ input: RawInput) throws(ReadError) -> Bool {
    guard try MemberBoundary.nextMember(in: input, of: .gzip, magics: MemberBoundary.gzip) else {
      return false
    }
    isal_inflate_reset(state)
    state.pointee.crc_flag = UInt32(ISAL_GZIP)
    betweenMembers = false
    return true
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case ISAL_INVALID_BLOCK: "invalid block"
    case ISAL_INVALID_SYMBOL: "invalid symbol"
    case ISAL_INVALID_LOOKBACK: "reference before the start"
    case ISAL_INVALID_WRAPPER: "invalid header"
    case ISAL_UNSUPPORTED_METHOD: "unknown method"
    case ISAL_INCORRECT_CHECKSUM: "checksum does not match"
    default: "error \(code)"
    }
  }
}

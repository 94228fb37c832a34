/// What follows a member, stream or frame of compressed data.
enum MemberBoundary {
  static let gzip: [[UInt8]] = [[0x1F, 0x8B]]
  static let xz: [[UInt8]] = [[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]]
  static let bzip2: [[UInt8]] = [[0x42, 0x5A, 0x68]]
  /// A frame, or one of the sixteen that are skipped.
  static let zstd: [[UInt8]] =
    [[0x28, 0xB5, 0x2F, 0xFD]] + (0x50...0x5F).map { [$0, 0x2A, 0x4D, 0x18] }

  /// Whether another member begins; false when nothing but zero bytes (padding of tapes and of .xz)
  /// follows up to the end.
  ///
  /// - Throws: when something else follows, or a member that is cut in its first bytes.
  static func nextMember(
    in input: RawInput,
    of kind: Compression,
    magics: [[UInt8]]
  ) throws(ReadError) -> Bool {
    while try input.refill() {
      let bytes = input.available
      guard let start = bytes.firstIndex(where: { $0 != 0 }) else {
        input.take(bytes.count)
        continue
      }
      input.take(start)
      let longest = magics.map(\.count).max() ?? 0
      let found = try input.peek(longest)
      var isCut = false
      for magic in magics {
        let length = min(magic.count, found.count)
        guard found.prefix(length).elementsEqual(magic.prefix(length)) else { continue }
        if length == magic.count { return true }
        isCut = true
      }
      throw isCut ? .truncated(input, kind) : .trailing(input, kind)
    }
    return false
  }
}

extension ReadError {
  /// Everything compressed was read; what stands behind it was not.
  static func trailing(_ input: RawInput, _ kind: Compression) -> ReadError {
    let place = input.totalRead - Int64(input.available.count)
    return ReadError(
      .corrupt,
      "\(input.path): something that is not \(kind.rawValue) follows the compressed data from byte"
        + " \(place) on; it was not read. Look at what was appended to the file"
    )
  }
}

internal import CScan
public import EventModel
internal import Glibc

/// Reads one input and gives it out in chunks of whole records: decompressed, in order, and in UTF-8
/// where another encoding is declared.
///
/// Records, their offsets and lines are the same for every chunk size. Memory is bounded by a few
/// chunks and the longest record; of a longer one beginning and end are given out, with its place and true length
/// (`ByteChunk.Long`). One user at a time.
///
/// Files that are cut out of one are read as one, without a seam: offsets and lines count on from the
/// first. Where one of them breaks off, the next begins anew.
public final class ChunkReader {
  /// Whether the input ended before its end: data before that were given out.
  public private(set) var truncated = false
  /// Where each of the files but the first starts in all that is read, as far as they were opened.
  public private(set) var seams: [Int64] = []
  /// The records at the end, in UTF-8, that nothing but the end of the input ends; known at the end.
  public internal(set) var openTail: [UInt8]?
  /// Whether there is more to read after a failure.
  public var hasMore: Bool { !rest.isEmpty }
  /// Whether what nothing but the end of the input ends comes in chunks of its own, marked so
  /// (`ByteChunk.isOpenEnd`).
  public var separatesOpenEnd = false
  /// Decompressed bytes read so far, those passed over at the start among them.
  public var position: Int64 { before + input.produced }
  /// The file that could not be read, after a failure.
  public private(set) var failedPath: String?
  private(set) var path: String

  private(set) var input: DecompressedInput
  /// Files still to be opened.
  private(set) var rest: ArraySlice<String>
  let limits: DecompressionLimits
  /// Bytes of the files before the one that is being read.
  private(set) var before: Int64 = 0
  let chunkSize: Int
  let declaredEncoding: TextEncoding?
  var encoding: TextEncoding { declaredEncoding ?? .utf8 }
  private(set) var framing = Framing.lines
  let window: ByteWindow
  var transcoder: Transcoder?
  /// What makes lines of JSON documents; `nil`: the bytes are lines already.
  var documents: JSONDocuments?
  /// Whether these are JSON documents (`nil`: their first bytes tell), all of which were handed over.
  public var readsDocuments: Bool?
  var hasHandedOver = false
  private(set) var packed: HeadContents.Packed?
  private var originals: [ByteChunk.OriginalLine] = []
  private var isPrepared = false
  var atEnd = false
  private(set) var pendingError: ReadError?
  /// Where in the chunk that is being made the open end begins.
  var openFrom: Int?
  var offset: Int64 = 0
  var line = 1
  let startsInside: Bool
  private let start: Start?
  /// For `.headed`: the header lines in force where the next chunk begins.
  var header: HeaderLines?
  /// For CSV: the header record in force; a chunk ends before another one.
  public var headerRecords: HeaderRecords?
  /// What the records so far have said that holds on, and the same without the open end.
  public var carried: CarriedText?
  public private(set) var carriedBeforeOpenEnd: CarriedText?
  /// Whether the last chunk ended before a header, so that the next lies in the window already.
  var endsAtHeader = false

  /// Bytes in which a record has to end: its text, CR and LF.
  private static let longest = CSVRecordBoundary.longest
  static let readSize = 64 << 10

  /// Opens the file; `-` is standard input.
  ///
  /// A chunk has about `chunkSize` bytes, 1 to 1 GiB. `encoding` is the declared one; `nil`: chunks
  /// have the bytes of the file (`RecordEncodings`). `limits` bound what compressed data may grow to.
  public convenience init(
    path: String,
    chunkSize: Int = 1 << 20,
    encoding: TextEncoding?,
    limits: DecompressionLimits = .standard
  ) throws(ReadError) {
    try self.init(
      path: path,
      followedBy: [],
      chunkSize: chunkSize,
      encoding: encoding,
      limits: limits
    )
  }

  /// Opens a file and those that go on where it is cut off.
  ///
  /// `start`: where to begin, with the encoding known; plain files are not read before it.
  public init(
    path: String,
    followedBy rest: [String],
    chunkSize: Int = 1 << 20,
    encoding: TextEncoding?,
    limits: DecompressionLimits = .standard,
    start: Start? = nil
  ) throws(ReadError) {
    self.rest = rest[...]
    self.limits = limits
    self.path = path == "-" ? "standard input" : path
    self.chunkSize = min(max(1, chunkSize), 1 << 30)
    declaredEncoding = encoding
    input = try DecompressedInput(path: path, limits: limits)
    startsInside = (start?.offset ?? 0) > 0
    self.start = start
    if let start {
      try input.pass(to: start.offset)
      (offset, line) = (start.offset, start.line)
    }
    window = ByteWindow(capacity: min(RawInput.largest, input.expected.map { $0 + 1 } ?? .max))
  }

  /// How records are told apart; before the first `next()`.
  ///
  /// `header`: the header lines in force where the file begins.
  public func setFraming(_ framing: Framing, header lines: [UInt8] = []) {
    self.framing = framing
    if case .headed = framing { header = headerLines(HeaderLines(lines)) }
  }

  /// The header lines in force where this reader begins: what is before is read for them.
  private func headerLines(_ before: HeaderLines) -> HeaderLines {
    var found = before
    guard let start, startsInside,
      let reader = try? ChunkReader(path: path, encoding: nil, limits: limits)
    else { return found }
    while let chunk = try? reader.next(), chunk.offset < start.offset {
      chunk.storage.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        found.take(base, min(chunk.count, Int(start.offset - chunk.offset)))
      }
    }
    return found
  }

  /// The next chunk, or `nil` at the end.
  /// - Throws: once a file that cannot be read to its end, after everything of it was given out; the
  ///   next call goes on with the files after it (`hasMore`).
  public func next() throws(ReadError) -> ByteChunk? {
    prepare()
    if let chunk = nextWithoutWindow() { return chunk }
    fill(chunkSize)
    if window.count > 0 {
      return switch framing {
      case .lines, .headed: nextLines()
      case .csvRecords(let startsWithTime):
        nextRecords { window, count, atEnd in
          let boundary = CSVRecordBoundary(
            base: window,
            count: count,
            atEnd: atEnd,
            startsWithTime: startsWithTime
          )
          return boundary.end
        }
      case .indented:
        nextRecords { window, count, atEnd in
          IndentedBoundary(base: window, count: count, atEnd: atEnd).end
        }
      case .blocks(let opening):
        nextRecords { window, count, atEnd in
          BlockBoundary(base: window, count: count, atEnd: atEnd, opening: opening).end
        }
      case .journalEntries:
        nextRecords { window, count, atEnd in
          JournalEntryBoundary(base: window, count: count, atEnd: atEnd).end
        }
      case .windowsEvents:
        nextRecords { window, count, atEnd in
          WindowsEventBoundary(base: window, count: count, atEnd: atEnd).end
        }
      case .octetCounted:
        nextRecords { window, count, atEnd in
          OctetCountedBoundary(base: window, count: count, atEnd: atEnd).end
        }
      }
    }
    guard let error = pendingError else { return nil }
    pendingError = nil
    if hasMore {
      (truncated, atEnd, openTail) = (false, false, nil)
      documents?.reset()
      hasHandedOver = false
      openNext()
    }
    throw error
  }

  private func nextLines() -> ByteChunk {
    while true {
      var size = min(window.count, chunkSize, RecordFramer.longestRecord)
      if separatesOpenEnd, let start = endStart, start > offset {
        size = min(size, Int(start - offset))
      }
      var end = size
      while end > 0, window.head[end - 1] != 0x0A { end -= 1 }
      if end > 0 { return emit(end) }
      if let hit = window.firstLineFeed(from: size, to: min(window.count, Self.longest)) {
        return emit(hit + 1)
      }
      if window.count >= Self.longest { return emitLong() }
      if atEnd { return emit(window.count) }
      fill(window.count * 2)
    }
  }

  /// The next chunk of records that may go over several lines; `boundary` says where one ends.
  @inline(__always)
  private func nextRecords(
    _ boundary: (UnsafePointer<UInt8>, Int, Bool) -> (Int) -> CSVRecordBoundary.Verdict
  ) -> ByteChunk {
    var starts: [UInt32] = []
    while true {
      let end = boundary(window.head, window.count, atEnd)
      var position = 0
      var verdict = CSVRecordBoundary.Verdict.end(0)
      while position < chunkSize, position < window.count {
        verdict = end(position)
        guard case .end(let next) = verdict, next - position <= Self.longest else { break }
        if endsChunk(window.head + position, next - position, isFirst: position == 0) { break }
        if atEnd, openTail == nil,
          boundary(window.head, window.count, false)(position) == .needsMore
        {
          if separatesOpenEnd, position > 0 { break }
          openFrom = min(openFrom ?? position, position)
        }
        starts.append(UInt32(truncatingIfNeeded: position))
        position = next
      }
      if position > 0 { return emit(position, starts: starts) }
      if verdict == .tooLong { return emitLong() }
      if case .end(let next) = verdict, next > Self.longest { return emitLong(to: next) }
      fill(window.count * 2)
    }
  }

  private func emit(_ size: Int, starts: [UInt32]? = nil) -> ByteChunk {
    var chunk = ByteChunk(storage: copy(size), count: size, offset: offset, line: line)
    chunk.recordStarts = starts
    chunk.header = header?.bytes ?? headerRecords?.line ?? carried?.bytes
    header?.take(window.head, size)
    if atEnd { noteEnd(size) }
    chunk.isOpenEnd = openTail != nil || endStart.map { offset >= $0 } ?? false
    chunk.isTorn = truncated && size == window.count && window.head[size - 1] != 0x0A
    var lines = chunk.storage.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { Int(cscan_count($0, $0 + size, 0x0A)) } ?? 0
    }
    if framing.endsWithinLines { lines += chunk.recordsWithoutLineEnd(before: size) }
    if chunk.storage[size - 1] != 0x0A { lines += 1 }
    takeOriginals(lines, into: &chunk)
    carry(chunk)
    window.consume(size)
    offset += Int64(size)
    line += lines
    return chunk
  }

  func carry(_ chunk: borrowing ByteChunk) {
    carried?.take(chunk)
    if !chunk.isOpenEnd { carriedBeforeOpenEnd = carried }
  }

  func takeOriginals(_ lines: Int, into chunk: inout ByteChunk) {
    guard let transcoder else { return }
    let taken = min(lines, originals.count)
    chunk.originalLines = Array(originals[..<taken])
    if taken > 0 { chunk.offset = originals[0].offset }
    originals.removeSubrange(..<taken)
    let end = originals.first?.offset ?? transcoder.position
    chunk.originalCount = Int(clamping: end - chunk.offset)
  }

  private func copy(_ size: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: size + ByteChunk.padding) { buffer, count in
      guard let target = buffer.baseAddress else { return }
      memcpy(target, window.head, size)
      memset(target + size, 0, ByteChunk.padding)
      count = size + ByteChunk.padding
    }
  }

  // MARK: Reading

  /// Reads the first bytes, passes over a byte order mark and begins to convert where an encoding is
  /// declared.
  func prepare() {
    guard !isPrepared else { return }
    isPrepared = true
    fill(FileHead.size)
    if !startsInside, !input.isMessages { packed = HeadContents.packed(window.bytes) }
    prepareDocuments()
    guard encoding != .utf8 else {
      if !startsInside, window.bytes.prefix(3).elementsEqual([0xEF, 0xBB, 0xBF]) {
        window.consume(3)
        offset = 3
      }
      return
    }
    do throws(ReadError) {
      let made = try Transcoder(from: encoding, path: path, offset: offset)
      let count = window.count
      made.room(count).update(from: window.head, count: count)
      window.consume(count)
      made.take(count, atEnd: atEnd, into: window, lines: &originals)
      transcoder = made
    } catch {
      window.consume(window.count)
      atEnd = true
      truncated = true
      pendingError = error
    }
  }

  /// Reads until the window holds `wanted` bytes or the input ends.
  func fill(_ wanted: Int) {
    while window.count < wanted, !atEnd {
      if let transcoder {
        let got = read(into: transcoder.room(Self.readSize), count: Self.readSize)
        transcoder.take(got, atEnd: atEnd, into: window, lines: &originals)
      } else {
        var size = max(Self.readSize, wanted - window.count)
        // Of a small file no room for more than is to come, and a byte to see its end.
        if documents == nil, let expected = input.expected { size = min(size, expected + 1) }
        window.reserve(size)
        window.grow(by: read(into: window.tail, count: size))
      }
    }
  }

  /// Up to `count` bytes of the input; 0 at its end, which an error is as well.
  func read(into target: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
    if let documents { return read(lines: documents, into: target, count) }
    return readInput(into: target, count: count)
  }

  /// The same of the bytes as they are.
  func readInput(into target: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
    do throws(ReadError) {
      let got = try input.read(into: target, count: count)
      if got == 0, hasMore, openNext() { return readInput(into: target, count: count) }
      atEnd = got == 0
      return got
    } catch {
      fail(error)
      return 0
    }
  }

  private func fail(_ error: ReadError) {
    pendingError = error
    failedPath = path
    truncated = true
    atEnd = true
  }

  /// Goes on with the next file; `false` when it cannot be opened.
  @discardableResult
  private func openNext() -> Bool {
    guard let next = rest.popFirst() else { return false }
    before += input.produced
    seams.append(before)
    path = next
    do throws(ReadError) {
      input = try DecompressedInput(path: next, limits: limits)
      return true
    } catch {
      fail(error)
      return false
    }
  }
}

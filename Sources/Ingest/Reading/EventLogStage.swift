internal import CEvtx
internal import Glibc

/// The lines of a Windows event log (EVTX): an event as XML a line, in the order of the file.
///
///     <Event xmlns="…"><System>…</System><EventData>…</EventData></Event><!--record 1742 at byte 4608-->
///
/// Each record has its line, in order, so that the number of a line is that of the record; one that cannot be
/// read is a line without a time, which the decoder rejects. Behind the event stand its identifier and its
/// place in the file. The XML is libevtx's, without its layout. Chunks stand for themselves: one is read
/// after the other, whatever the header of the file says, and one that is damaged does not hide the others.
///
/// Source: Joachim Metz, "Windows XML Event Log (EVTX) format" (libevtx).
final class EventLogStage: LineStage {
  /// Bytes by which an event log is told.
  static let magic: [UInt8] = Array("ElfFile\0".utf8)

  /// Most times that the library may end while it reads a file; what is left is not tried.
  private static let mostEnds = 16
  private static let rooms = Int(CEVTX_ROOMS)

  /// A chunk that was handed over, with what was told of it.
  private struct Asked {
    var room: Int
    /// Of the chunk, in the file.
    var start: Int64
    var records: [EventLogChunk.Record]
    var told = 0
    var isOpen = false
  }

  private let path: String
  private var handle: OpaquePointer?
  private var asked: [Asked] = []
  private var nextRoom = 0
  private let block: UnsafeMutablePointer<UInt8>
  private var lines: [UInt8] = []
  private var position = 0
  /// Bytes of the file that were taken.
  private var taken: Int64 = 0
  private var isChecked = true
  /// Chunks that the header tells of, modulo 65,536, and those that are there.
  private var told = 0
  private var found = 0
  private var isAtEnd = false
  private var ends = 0
  private var failure: ReadError?
  private var isToldFailure = false
  /// The first thing that is wrong, and how many more.
  private var problem: (offset: Int64, reason: String, isCut: Bool)?
  private var problems = 0

  /// What a growing log has made stays as it is.
  var endStart: Int64? { nil }

  static func recognises(_ head: UnsafeBufferPointer<UInt8>) -> Bool {
    head.starts(with: magic)
  }

  init(path: String) {
    self.path = path
    block = .allocate(capacity: EventLogChunk.size)
  }

  deinit {
    if let handle { cevtx_close(handle) }
    block.deallocate()
  }

  func read(
    into target: UnsafeMutablePointer<UInt8>,
    count: Int,
    from source: (UnsafeMutablePointer<UInt8>, Int) throws(ReadError) -> Int
  ) throws(ReadError) -> Int {
    while position == lines.count {
      lines.removeAll(keepingCapacity: true)
      position = 0
      while asked.count < Self.rooms, !isAtEnd { takeBlock(from: source) }
      if asked.isEmpty {
        if !lines.isEmpty { continue }
        try tellProblem()
        return 0
      }
      answer()
    }
    let given = min(count, lines.count - position)
    lines.withUnsafeBufferPointer { lines in
      guard let base = lines.baseAddress else { return }
      target.update(from: base + position, count: given)
    }
    position += given
    return given
  }

  // MARK: The file

  private func takeBlock(
    from source: (UnsafeMutablePointer<UInt8>, Int) throws(ReadError) -> Int
  ) {
    if taken == 0 { return takeHeader(from: source) }
    let start = taken
    let got = fill(EventLogChunk.size, from: source)
    guard got > 0 else {
      // A header that is behind the file (dirty) tells of fewer.
      if found < told, failure == nil {
        note(taken, "its header tells of \(told) chunks, \(found) are there", isCut: true)
      }
      return
    }
    found += 1
    for index in got..<EventLogChunk.size { block[index] = 0 }
    if EventLogChunk.isChunk(block) {
      take(start, got)
    } else if (0..<got).contains(where: { block[$0] != 0 }) {
      // Room that was never written has only zeros.
      note(start, "no chunk")
    }
    if got < EventLogChunk.size, failure == nil { note(taken, "within a chunk", isCut: true) }
  }

  private func takeHeader(
    from source: (UnsafeMutablePointer<UInt8>, Int) throws(ReadError) -> Int
  ) {
    let got = fill(4096, from: source)
    guard got == 4096 else {
      if failure == nil { note(taken, "within the header", isCut: true) }
      return
    }
    told = Int(block[42]) | Int(block[43]) << 8
    let more = (Int(block[40]) | Int(block[41]) << 8) - 4096
    // Dirty: still open when it was copied; or written without checksums.
    isChecked = block[120] & 5 == 0
    if more > 0 { _ = fill(more, from: source) }
  }

  private func fill(
    _ count: Int,
    from source: (UnsafeMutablePointer<UInt8>, Int) throws(ReadError) -> Int
  ) -> Int {
    var held = 0
    while held < count, !isAtEnd {
      do throws(ReadError) {
        let got = try source(block + held, count - held)
        isAtEnd = got == 0
        held += got
      } catch {
        failure = error
        isAtEnd = true
      }
    }
    taken += Int64(held)
    return held
  }

  private func take(_ start: Int64, _ available: Int) {
    guard let handle = opened() else { return }
    guard let room = cevtx_room(handle, Int32(nextRoom)) else { return }
    EventLogChunk.putFileHeader(room)
    let bytes = room + 4096
    bytes.update(from: block, count: EventLogChunk.size)
    let chunk = EventLogChunk(bytes, available: available, isChecked: isChecked)
    if let problem = chunk.problem { note(start + Int64(problem.offset), problem.reason) }
    guard !chunk.records.isEmpty else { return }
    let next = Asked(room: nextRoom, start: start, records: chunk.records)
    if ends > Self.mostEnds { return giveUp(next, "the library has failed too often") }
    asked.append(next)
    nextRoom = (nextRoom + 1) % Self.rooms
    // An end of the child is seen when its answer is asked for.
    _ = cevtx_ask(handle, Int32(next.room), 0)
  }

  private func opened() -> OpaquePointer? {
    if let handle { return handle }
    guard failure == nil else { return nil }
    var (problem, code): (Int32, Int32) = (0, 0)
    handle = cevtx_open(&problem, &code)
    if handle == nil {
      isAtEnd = true
      failure =
        problem == Int32(CEVTX_NO_LIBRARY.rawValue)
        ? ReadError(
          .unsupported,
          "\(path): event logs of Windows (EVTX) are read with libevtx, which is not there; nothing"
            + " of it was read (Debian: apt-get install libevtx1)"
        )
        : ReadError(
          .inputOutput,
          "\(path): the process that reads event logs cannot be started"
            + " (\(String(cString: strerror(code)))); nothing of it was read"
        )
    }
    return handle
  }

  // MARK: The library

  /// Takes the next answer.
  private func answer() {
    guard let handle else { return }
    var (index, count) = (UInt32(0), 0)
    var bytes: UnsafePointer<UInt8>?
    let kind = UInt32(bitPattern: cevtx_next(handle, &index, &bytes, &count))
    let text = RecordBytes(start: bytes, count: count)
    switch kind {
    case CEVTX_OPENED.rawValue: asked[0].isOpen = true
    case CEVTX_TEXT.rawValue where Int(index) == asked[0].told && isDue:
      EventLogText.append(text, to: &lines)
      endLine()
    case CEVTX_UNREADABLE.rawValue where Int(index) == asked[0].told && isDue:
      appendUnreadable(EventLogText.plain(text))
    case CEVTX_FAILED.rawValue: giveUp(EventLogText.plain(text))
    case CEVTX_END.rawValue:
      giveUp("not found by the library")
      asked.removeFirst()
    case CEVTX_DIED.rawValue: goOn(afterSignal: Int32(bitPattern: index))
    default: break
    }
  }

  /// Whether a record of the first chunk is still to be told.
  private var isDue: Bool { asked[0].told < asked[0].records.count }

  /// Goes on behind the record that ended the library.
  private func goOn(afterSignal signal: Int32) {
    guard let handle else { return }
    let own = [SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGPROF, SIGTRAP, SIGSYS]
    guard own.contains(signal) else {
      return fail("the process that reads event logs was ended (signal \(signal)); read it again")
    }
    ends += 1
    let reason =
      signal == SIGPROF ? "it took two seconds" : "the library failed (signal \(signal))"
    if asked[0].isOpen, isDue { appendUnreadable(reason) } else { giveUp(reason) }
    if ends > Self.mostEnds {
      while !asked.isEmpty {
        giveUp("the library has failed too often")
        asked.removeFirst()
      }
      return
    }
    var code: Int32 = 0
    guard cevtx_restart(handle, &code) != 0 else {
      return fail(
        "the process that reads event logs cannot be started"
          + " (\(String(cString: strerror(code))))"
      )
    }
    if !isDue { asked.removeFirst() }
    for index in asked.indices {
      asked[index].isOpen = false
      _ = cevtx_ask(handle, Int32(asked[index].room), UInt32(asked[index].told))
    }
  }

  private func fail(_ reason: String) {
    failure = ReadError(.inputOutput, "\(path): \(reason); what follows is missing")
    asked.removeAll()
    isAtEnd = true
  }

  // MARK: Lines

  private func endLine() {
    let record = asked[0].records[asked[0].told]
    lines.append(
      contentsOf:
        "<!--record \(record.identifier) at byte \(asked[0].start + Int64(record.offset))-->\n".utf8
    )
    asked[0].told += 1
  }

  private func appendUnreadable(_ reason: String) {
    lines.append(
      contentsOf: "<Event><System><EventID/></System></Event><!--not read: \(reason)-->".utf8
    )
    endLine()
  }

  /// The records of a chunk that were not told are not read.
  private func giveUp(_ reason: String) {
    while isDue { appendUnreadable(reason) }
  }

  private func giveUp(_ next: Asked, _ reason: String) {
    asked.append(next)
    giveUp(reason)
    asked.removeFirst()
  }

  // MARK: What is wrong

  private func note(_ offset: Int64, _ reason: String, isCut: Bool = false) {
    if problem == nil { problem = (offset, reason, isCut) } else { problems += 1 }
  }

  /// Once all lines were given out.
  private func tellProblem() throws(ReadError) {
    guard !isToldFailure else { return }
    isToldFailure = true
    if let failure { throw failure }
    guard let problem else { return }
    let more = problems == 0 ? "" : "; \(problems) more such places"
    if problem.isCut {
      throw ReadError(
        .truncated,
        "\(path): the event log breaks off after byte \(problem.offset) (\(problem.reason)); what"
          + " follows is missing. Copy the file again"
      )
    }
    throw ReadError(
      .corrupt,
      "\(path): the event log is damaged or was altered at byte \(problem.offset)"
        + " (\(problem.reason))\(more); what was found around it was read"
    )
  }
}

internal import CScan

/// Learning the shape of a record.
extension JSONShape {
  private typealias Place = UnsafePointer<UInt8>

  /// The text between two values while a record is taken apart.
  private struct Seam {
    var start: Place
    /// Number of its first anchor.
    var number: Int32
  }

  /// Takes apart a well-formed record whose line ends with the LF at `end`.
  ///
  /// `ahead`: the columns of which the value of the next record is asked for ahead.
  /// False when its shape is not to be had: a key or a value with an escape, a space before a colon,
  /// an array of several values, more values than there is room for.
  mutating func learn(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ trace: JSONTrace,
    ahead: UInt32
  ) -> Bool {
    guard !trace.isPartial, start < end else { return false }
    (anchorCount, pieceCount, textCount, bareCount) = (0, 0, 0, 0)
    (noteCount, stopCount) = (0, 1)
    reach = Int(CSCAN_JSON_AHEAD)
    lineEnd = end[-1] == 0x0D ? 2 : 1
    var seam = Seam(start: start, number: 0)
    var hole = cscan_json_hole()
    var p = start
    while p < end {
      let first: Place
      let isText = p.pointee == 0x22
      switch p.pointee {
      case 0x22:
        guard let close = Self.closing(p + 1, end) else { return false }
        stopCount += 2
        first = p + 1
        p = close
        if close[1] == 0x3A {
          p += 1
          continue
        }
        guard !Self.isKey(close, end) else { return false }
      case 0x2D, 0x30...0x39, 0x61...0x7A:
        first = p
        while p < end, Self.isBare(p.pointee) { p += 1 }
      case 0x0D where p + 1 == end:
        stopCount += 1
        p += 1
        continue
      case 0x20, 0x2C, 0x3A, 0x5B, 0x5D, 0x7B, 0x7D:
        p += 1
        continue
      default: return false
      }
      guard close(seam, at: first, behind: &hole) else { return false }
      add(&hole, isText: isText, first, trace)
      seam = Seam(start: p, number: anchorCount)
      if isText { p += 1 }
    }
    self.ahead = (0..<noteCount).first { room.notes[$0].columns & ahead != 0 } ?? -1
    // A note that met no value is of a whole object or array.
    return close(seam, at: end + 1, behind: &hole) && noteCount == trace.count
      && textCount + bareCount > 0
  }

  /// Puts the text between two values around its anchors; without one its place cannot be told.
  ///
  /// `hole` is the value before it, and then the one that begins at `end`.
  private mutating func close(
    _ seam: Seam,
    at end: Place,
    behind hole: inout cscan_json_hole
  ) -> Bool {
    var first: Place?
    var last = seam.start
    var covered = seam.start
    for p in seam.start..<end where Self.isAnchor(p, end) {
      guard Int(anchorCount) < Self.mostAnchors else { return false }
      let ahead = p - seam.start
      if first == nil {
        guard ahead < 1024, end - p < 1024 else { return false }
        first = p
        reach = max(reach, ahead)
        finish(hole, ahead)
      }
      let number = Int(anchorCount)
      room.seams[number] = Self.part(of: seam.start, end, around: p)
      room.least[number] = -1
      guard cover(&covered, upTo: p - Int(CSCAN_JSON_AHEAD), p, number) else { return false }
      covered = max(covered, p + 8)
      last = p
      anchorCount += 1
    }
    guard let first, cover(&covered, upTo: end, first, Int(seam.number)) else { return false }
    for beyond in 0..<Int(CSCAN_JSON_SLACK) { room.least[Int(anchorCount) + beyond] = -1 }
    hole = cscan_json_hole(
      anchor: anchorCount - 1,
      start: Int32(truncatingIfNeeded: end - last),
      end: 0
    )
    return true
  }

  /// Adds a value whose end is not known yet, and the notes of it.
  private mutating func add(
    _ hole: inout cscan_json_hole,
    isText: Bool,
    _ start: Place,
    _ trace: JSONTrace
  ) {
    // There are no more values than anchors.
    if isText { room.texts[Int(textCount)] = hole } else { room.bare[Int(bareCount)] = hole }
    while noteCount < trace.count, trace.notes[noteCount].start == start {
      room.notes[noteCount] = Note(
        hole: hole,
        text: isText ? textCount : -1,
        columns: trace.notes[noteCount].columns
      )
      noteCount += 1
    }
    if isText { textCount += 1 } else { bareCount += 1 }
  }

  /// Now that the text behind a value is known: how far before its anchor the value ends.
  private mutating func finish(_ hole: cscan_json_hole, _ ahead: Int) {
    guard textCount + bareCount > 0 else {
      lead = ahead
      return
    }
    let end = Int32(truncatingIfNeeded: -ahead)
    room.least[Int(hole.anchor)] = hole.start - end
    for turn in 0..<Int(textCount) where room.texts[turn].anchor == hole.anchor {
      room.texts[turn].end = end
    }
    for turn in 0..<Int(bareCount) where room.bare[turn].anchor == hole.anchor {
      room.bare[turn].end = end
    }
    for turn in 0..<noteCount where room.notes[turn].hole.anchor == hole.anchor {
      room.notes[turn].hole.end = end
    }
  }

  /// Pieces for what of the text no anchor's surroundings cover.
  private mutating func cover(
    _ covered: inout Place,
    upTo end: Place,
    _ anchor: Place,
    _ number: Int
  ) -> Bool {
    while covered < end {
      guard Int(pieceCount) < Self.mostPieces else { return false }
      var piece = cscan_json_piece()
      piece.anchor = Int32(truncatingIfNeeded: number)
      piece.shift = Int32(truncatingIfNeeded: covered - anchor)
      let raw = UnsafeRawPointer(covered)
      piece.bytes.0 = raw.loadUnaligned(as: UInt64.self)
      piece.bytes.1 = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      piece.masks = (Self.mask(end - covered), Self.mask(end - covered - 8))
      room.pieces[Int(pieceCount)] = piece
      pieceCount += 1
      covered += min(16, end - covered)
    }
    return true
  }

  /// What of the text from `start` to `end` stands around an anchor.
  private static func part(
    of start: Place,
    _ end: Place,
    around anchor: Place
  ) -> cscan_json_seam {
    var seam = cscan_json_seam()
    let ahead = Int(CSCAN_JSON_AHEAD)
    withUnsafeMutableBytes(of: &seam.bytes) { bytes in
      for place in bytes.indices {
        let distance = place - ahead
        guard distance >= start - anchor, distance < end - anchor else { continue }
        bytes[place] = anchor[distance]
      }
    }
    withUnsafeMutableBytes(of: &seam.masks) { masks in
      for place in masks.indices {
        let distance = place - ahead
        masks[place] = distance >= start - anchor && distance < end - anchor ? 0xFF : 0
      }
    }
    return seam
  }

  private static func isAnchor(_ p: Place, _ end: Place) -> Bool {
    p.pointee == 0x0A || p.pointee == 0x22 && p + 1 < end && p[1] == 0x3A
  }

  /// A mask over the first bytes of a word.
  private static func mask(_ bytes: Int) -> UInt64 {
    let mask: UInt64 = bytes >= 8 ? .max : bytes <= 0 ? 0 : 1 << UInt64(bytes * 8) - 1
    return UInt64(littleEndian: mask)
  }

  /// The closing quote of a plain string.
  private static func closing(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    guard let hit = cscan_string_end(start, end), hit < end, hit.pointee == 0x22 else { return nil }
    return hit
  }

  private static func isKey(_ close: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Bool {
    var p = close + 1
    JSONScan.skipSpace(&p, end)
    return p < end && p.pointee == 0x3A
  }

  private static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }
}

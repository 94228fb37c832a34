internal import CScan
internal import EventModel

/// What a record is made of apart from its values: keys, brackets, commas, colons and spaces.
///
/// Learnt from a record that was walked. Another record has the same shape when the same seams stand
/// around its keys, its plain strings hold no stop, and its other values are numbers or literals: then
/// it is as well-formed as the first, and its values mean the same. No byte goes unchecked: seams and
/// values fill the record from end to end, and stops are counted over all of it.
struct JSONShape: BitwiseCopyable {
  static let mostAnchors = 96
  static let mostPieces = 32

  /// A value that is wanted.
  struct Note: BitwiseCopyable {
    var hole: cscan_json_hole
    /// Number among the texts; -1: a value without quotes.
    var text: Int32
    var columns: UInt32
  }

  /// Where a shape keeps its parts.
  struct Room: BitwiseCopyable {
    let seams: UnsafeMutablePointer<cscan_json_seam>
    let least: UnsafeMutablePointer<Int32>
    let pieces: UnsafeMutablePointer<cscan_json_piece>
    let texts: UnsafeMutablePointer<cscan_json_hole>
    let bare: UnsafeMutablePointer<cscan_json_hole>
    let notes: UnsafeMutablePointer<Note>
  }

  let room: Room
  /// Of seams and least distances as well; the LF is the last.
  var anchorCount: Int32 = 0
  var pieceCount: Int32 = 0
  /// Strings, and values without quotes.
  var textCount: Int32 = 0
  var bareCount: Int32 = 0
  var noteCount = 0
  /// The note whose value the next record is asked for ahead; -1: none.
  var ahead = -1
  var stopCount = 0
  /// How far the first anchor is from the start.
  var lead = 0
  /// How far a seam begins before its anchor, at most.
  var reach = 0
  /// Bytes of the line end: LF, or CR and LF.
  var lineEnd = 1
  /// Which shape came after it lately.
  var follower = 0

  init(_ room: Room) { self.room = room }

  /// Whether the seams fit to the record whose anchors begin at `first`.
  ///
  /// `offset`: of the record in the window; `before`: bytes before it that may be read.
  @inline(__always)
  func fits(_ index: borrowing JSONIndex, _ first: Int, _ offset: Int, _ before: Int) -> Bool {
    let anchors = index.anchors + first
    guard first &+ Int(anchorCount) <= index.count, Int(anchors[0]) == offset &+ lead,
      before >= reach,
      cscan_json_fits(
        index.origin,
        anchors,
        anchorCount,
        room.seams,
        room.least,
        index.width
      ) != 0
    else { return false }
    if pieceCount == 0 { return true }
    return cscan_json_has(index.origin, anchors, pieceCount, room.pieces) != 0
  }

  /// The bytes of a value.
  @inline(__always)
  static func bytes(
    of hole: cscan_json_hole,
    _ index: borrowing JSONIndex,
    _ first: Int
  ) -> (start: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) {
    let anchor = index.anchors + (first &+ Int(hole.anchor))
    return (
      index.origin + (Int(anchor[0]) &+ Int(hole.start)),
      index.origin + (Int(anchor[1]) &+ Int(hole.end))
    )
  }

  /// Whether all values without quotes are well-formed; `end` is that of the record.
  @inline(__always)
  func hasGoodBareValues(
    _ index: borrowing JSONIndex,
    _ first: Int,
    _ end: UnsafePointer<UInt8>
  ) -> Bool {
    let anchors = index.anchors + first
    var turn = cscan_json_integers(index.origin, anchors, 0, bareCount, room.bare)
    while turn < bareCount {
      let value = Self.bytes(of: room.bare[Int(turn)], index, first)
      guard Self.isBareValue(value.start, value.end, end) else { return false }
      turn = cscan_json_integers(index.origin, anchors, turn &+ 1, bareCount, room.bare)
    }
    return true
  }

  @inline(never)
  private static func isBareValue(
    _ start: UnsafePointer<UInt8>,
    _ stop: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> Bool {
    guard start < stop else { return false }
    var p = start
    do throws(DecodeError) {
      switch start.pointee {
      case 0x2D, 0x30...0x39: try JSONScan.number(&p, end, start)
      default: _ = try JSONScan.literal(&p, end, start)
      }
    } catch {
      return false
    }
    return p == stop
  }

  /// Which strings have escapes, a bit each, where the stops do not add up; `nil`: not well-formed.
  @inline(never)
  func escaped(
    _ index: borrowing JSONIndex,
    _ first: Int,
    _ end: UnsafePointer<UInt8>
  ) -> UInt64? {
    var found: UInt64 = 0
    for turn in 0..<Int(textCount) {
      let text = Self.bytes(of: room.texts[turn], index, first)
      var p = text.start
      do throws(DecodeError) {
        if try JSONScan.string(&p, end, text.start) {
          guard turn < 64 else { return nil }
          found |= 1 << UInt64(turn)
        }
      } catch {
        return nil
      }
      guard p == text.end + 1 else { return nil }
    }
    return found
  }
}

internal import CScan

/// The shapes learnt of the records of a chunk, up to 24.
///
/// Tried first is the one that followed last time. After the first 28, one record in 32 is learnt of
/// at most, so that a log of ever new shapes is little slower for it. 270 KB, most of it untouched.
struct JSONShapes {
  static let most = 24
  private static let price = 32
  private static let mostCredit = 4 * price

  private let shapes: UnsafeMutablePointer<JSONShape>
  private var count = 0
  private var last = 0
  private var oldest = 0
  private var credit = (most + 4) * price

  /// Whether a shape may be learnt of a record that none fits; to be asked once for each.
  mutating func isCurious() -> Bool {
    if credit < Self.mostCredit { credit += 1 }
    return credit >= Self.price
  }

  /// The shape that fits to the record at `offset` of the window, whose anchors begin at `first`.
  @inline(__always)
  mutating func fitting(
    _ index: borrowing JSONIndex,
    _ first: Int,
    _ offset: Int,
    _ room: Int
  ) -> UnsafeMutablePointer<JSONShape>? {
    guard count > 0 else { return nil }
    let likely = shapes[last].follower
    if shapes[likely].fits(index, first, offset, room) {
      last = likely
      return shapes + likely
    }
    return other(than: likely, index, first, offset, room)
  }

  @inline(never)
  private mutating func other(
    than likely: Int,
    _ index: borrowing JSONIndex,
    _ first: Int,
    _ offset: Int,
    _ room: Int
  ) -> UnsafeMutablePointer<JSONShape>? {
    guard count > 1, let end = index.lineFeed(from: first) else { return nil }
    for turn in 0..<count where turn != likely && Int(shapes[turn].anchorCount) == end - first + 1 {
      guard shapes[turn].fits(index, first, offset, room) else { continue }
      follow(with: turn)
      return shapes + turn
    }
    return nil
  }

  private mutating func follow(with shape: Int) {
    shapes[last].follower = shape
    last = shape
  }

  /// Learns the shape of a well-formed record whose line ends with the LF at `end`.
  @inline(never)
  mutating func learn(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ trace: JSONTrace,
    ahead: UInt32
  ) {
    credit -= Self.price
    let place = count < Self.most ? count : oldest
    guard shapes[place].learn(start, end, trace, ahead: ahead) else {
      // What stood there is half overwritten: nothing has so many anchors.
      shapes[place].anchorCount = .max
      return
    }
    shapes[place].follower = place
    if count < Self.most { count += 1 } else { oldest = (oldest + 1) % Self.most }
    follow(with: place)
  }

  /// Lends room for shapes.
  @inline(__always)
  static func withShapes<R>(_ body: (inout JSONShapes) -> R?) -> R? {
    typealias Scan = JSONScan
    let (anchors, slack) = (JSONShape.mostAnchors, Int(CSCAN_JSON_SLACK))
    return Scan.withRoom(of: cscan_json_seam.self, most * anchors) { seams in
      Scan.withRoom(of: Int32.self, most * (anchors + slack)) { least in
        Scan.withRoom(of: cscan_json_piece.self, most * JSONShape.mostPieces) { pieces in
          Scan.withRoom(of: cscan_json_hole.self, 2 * most * anchors) { holes in
            Scan.withRoom(of: JSONShape.Note.self, most * JSONTrace.mostNotes) { notes in
              Scan.withRoom(of: JSONShape.self, most) { shapes in
                for turn in 0..<most {
                  let room = JSONShape.Room(
                    seams: seams + turn * anchors,
                    least: least + turn * (anchors + slack),
                    pieces: pieces + turn * JSONShape.mostPieces,
                    texts: holes + 2 * turn * anchors,
                    bare: holes + (2 * turn + 1) * anchors,
                    notes: notes + turn * JSONTrace.mostNotes
                  )
                  (shapes + turn).initialize(to: JSONShape(room))
                }
                var result = JSONShapes(shapes: shapes)
                return body(&result)
              }
            }
          }
        }
      }
    }
  }

  private init(shapes: UnsafeMutablePointer<JSONShape>) { self.shapes = shapes }
}

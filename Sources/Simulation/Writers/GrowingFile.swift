internal import Glibc

/// A file written piece by piece, so that what goes into it need not be held.
struct GrowingFile: ~Copyable {
  private let path: Text
  private var file: Int32 = -1

  init(_ path: Text) { self.path = path }

  deinit { if file >= 0 { close(file) } }

  /// Writes what the buffer holds and empties it, if it is worth a call.
  mutating func take(from bytes: inout ByteBuffer, atLeast least: Int) throws(SimulationError) {
    guard bytes.count >= least else { return }
    if file < 0 { file = try DayFile.create(path) }
    try DayFile.append(bytes.base, bytes.count, to: file, path)
    bytes.removeAll()
  }

  /// The end: what is left, and whatever the disk has to say.
  mutating func finish(_ bytes: inout ByteBuffer) throws(SimulationError) {
    try take(from: &bytes, atLeast: 0)
    let last = file
    file = -1
    guard close(last) == 0 else { throw DayFile.failure(path) }
  }
}

internal import EventModel
internal import Glibc

/// Messages that a listener heard, as a file in memory.
///
/// Anybody may have sent the first of them: it tells nothing of those after it. So their bytes are lines whatever they
/// begin like: neither compressed nor packed nor a document.
public enum MessageSpool {
  /// What its link in `/proc` calls such a file.
  public static let name = "ometsuke-messages"

  private static let folder = "/proc/self/fd/"

  /// Whether a path opens one.
  static func isOne(_ path: String) -> Bool {
    guard path.hasPrefix(folder) else { return false }
    var room = [CChar](repeating: 0, count: 64)
    let got = PathText.withName(path) { readlink($0, &room, room.count) }
    guard got > 0 else { return false }
    let target = room[..<got].map { UInt8(bitPattern: $0) }
    return target.elementsEqual("/memfd:\(name) (deleted)".utf8)
  }
}

internal import CScan
internal import EventModel

/// The name asked for last, for columns that seldom change from line to line.
struct LatestName {
  private var first: UInt64 = 0
  private var last: UInt64 = 0
  /// 0: none yet.
  private var count = 0
  private var id = NameID.none

  /// The id of a name that 8 readable bytes follow; `names` must be the same at every call.
  @inline(__always)
  mutating func id(of name: RecordBytes, in names: inout NameTable) -> NameID {
    guard let base = name.baseAddress, name.count > 0 else { return .none }
    guard name.count <= 16 else { return names.internOften(name) }
    var (head, tail) = (cscan_run_word(base), 0 as UInt64)
    if name.count < 8 {
      head = cscan_run_part(head, name.count)
    } else {
      tail = cscan_run_word(base + name.count - 8)
    }
    if head == first, tail == last, count == name.count { return id }
    id = names.internOften(name)
    (first, last, count) = (head, tail, name.count)
    return id
  }
}

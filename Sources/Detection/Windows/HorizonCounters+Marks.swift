/// Entries that are part of an incident already.
extension HorizonCounters {
  /// Visits the entries of a window, oldest first, and marks them as counted.
  ///
  /// `tag`: only those; `nil`: all.
  mutating func forEachUncounted(
    horizon: Int,
    tag: UInt32? = 0,
    _ body: (_ entry: Entry) -> Void
  ) {
    settle()
    if rest.isEmpty { return }
    let tail = horizon == 3 ? oldest : rest[0].tails[horizon]
    let visited = rest[0].visited[tag ?? .max]?[horizon] ?? 0
    // What an earlier call for this horizon saw is marked: every entry is visited at most four times.
    for sequence in max(tail, visited)..<max(next, visited)
    where ring[index(sequence)].flags & Entry.counted == 0 {
      let entry = ring[index(sequence)]
      if let tag, entry.tag != tag { continue }
      body(entry)
      ring[index(sequence)].flags |= Entry.counted
    }
    rest[0].visited[tag ?? .max, default: .init(repeating: 0)][horizon] = next
  }

  /// Visits the small reads of a window that passes its limit by them alone, those that are part of
  /// an incident already among them; each once.
  mutating func forEachUnpaged(
    horizon: Int,
    tag: UInt32?,
    _ body: (_ entry: Entry, _ isCounted: Bool) -> Void
  ) {
    settle()
    if rest.isEmpty { return }
    let tail = horizon == 3 ? oldest : rest[0].tails[horizon]
    let visited = rest[0].paged[tag ?? .max]?[horizon] ?? 0
    for sequence in max(tail, visited)..<max(next, visited) {
      let entry = ring[index(sequence)]
      if entry.flags & Entry.paged != 0 || tag != nil && entry.tag != tag { continue }
      let isCounted = entry.flags & Entry.counted != 0
      if entry.flags & Entry.bulk != 0, isCounted { continue }
      body(entry, isCounted)
      ring[index(sequence)].flags |= Entry.counted | Entry.paged
    }
    rest[0].paged[tag ?? .max, default: .init(repeating: 0)][horizon] = next
  }

  /// The small reads since a time that are in no incident yet, but for the newest entry, and marks them as counted.
  ///
  /// None, if they hold more than so many records. `besides`: without those so marked. It looks no further back than at twice as many entries, so that the cost is that of what is taken.
  mutating func takeSmall(
    since time: Int64,
    tag: UInt32,
    most: Int64,
    besides marks: UInt32 = 0
  ) -> [Entry] {
    var found: [Int] = []
    let most = min(most, 1 << 40)
    var (sequence, patience, sum) = (next - 2, 2 * most + 256, 0 as Int64)
    while sequence >= oldest, ring[index(sequence)].time >= time {
      let entry = ring[index(sequence)]
      if entry.flags & (Entry.counted | Entry.bulk | marks) == 0, entry.tag == tag, entry.charge > 0
      {
        found.append(sequence)
        sum += Int64(entry.charge)
      }
      patience -= 1
      if sum > most || patience < 0 { return [] }
      sequence -= 1
    }
    var entries: [Entry] = []
    for sequence in found.reversed() {
      entries.append(ring[index(sequence)])
      ring[index(sequence)].flags |= Entry.counted
    }
    return entries
  }

  /// Whether the newest entry is part of an incident already.
  var isNewestCounted: Bool { next > oldest && ring[index(next - 1)].flags & Entry.counted != 0 }

  /// Marks every entry of a tag (`nil`: of all) as part of an incident.
  mutating func markAllCounted(tag: UInt32?) {
    for sequence in oldest..<next where tag == nil || ring[index(sequence)].tag == tag {
      ring[index(sequence)].flags |= Entry.counted
    }
  }

  /// Marks the newest entry as part of an incident.
  mutating func markNewestCounted() { markNewest(Entry.counted) }

  mutating func markNewest(_ marks: UInt32) {
    if next > oldest { ring[index(next - 1)].flags |= marks }
  }
}

internal import EventModel

/// Sorts any number of rows in bounded memory: runs are sorted, written to one temporary file that
/// has no name, and merged.
///
/// Memory: one run while collecting; while merging, as many rows as one run over all runs (at least
/// 64 a run). Disk: the rows, 112 bytes each. Source: Knuth, TAOCP 3, 5.4 (external sorting).
final class RowSorter {
  private var rows: [EventRow] = []
  private let runRows: Int
  private let applyRows: Int
  private var file: TemporaryFile?
  private var runs: [(offset: Int64, count: Int)] = []
  private(set) var spilledBytes: Int64 = 0

  init(runRows: Int, applyRows: Int) {
    self.runRows = max(1, runRows)
    self.applyRows = max(1, applyRows)
  }

  func add(_ more: [EventRow], _ names: NameTable) throws(ScanError) {
    var start = 0
    while start < more.count {
      let end = min(more.count, start + runRows - rows.count)
      rows += more[start..<end]
      start = end
      if rows.count >= runRows { try spill(names) }
    }
  }

  /// Gives all rows in order, a block at a time.
  func drain(
    _ names: NameTable,
    _ body: ([EventRow]) -> Void
  ) throws(ScanError) {
    if runs.isEmpty {
      RowOrder.sort(&rows, names)
      var start = 0
      while start < rows.count {
        let end = min(rows.count, start + applyRows)
        body(Array(rows[start..<end]))
        start = end
      }
      rows = []
      return
    }
    if !rows.isEmpty { try spill(names) }
    rows = []
    try mergeRuns(names, body)
  }

  private func spill(_ names: NameTable) throws(ScanError) {
    RowOrder.sort(&rows, names)
    if file == nil { file = try TemporaryFile() }
    guard let file else { return }
    var failure: ScanError?
    rows.withUnsafeBytes { bytes in
      do throws(ScanError) { try file.write(bytes, at: spilledBytes) } catch { failure = error }
    }
    if let failure { throw failure }
    runs.append((offset: spilledBytes, count: rows.count))
    spilledBytes += Int64(rows.count * MemoryLayout<EventRow>.stride)
    rows.removeAll(keepingCapacity: true)
  }

  private struct Cursor {
    var offset: Int64
    var left: Int
    var buffer: [EventRow] = []
    var index = 0
  }

  private func mergeRuns(
    _ names: NameTable,
    _ body: ([EventRow]) -> Void
  ) throws(ScanError) {
    let window = max(64, runRows / max(1, runs.count))
    var cursors = runs.map { Cursor(offset: $0.offset, left: $0.count) }
    for index in cursors.indices { try fill(&cursors[index], window) }
    // A binary heap of cursors, the earliest row on top.
    var heap = Array(cursors.indices)
    func precedes(_ a: Int, _ b: Int) -> Bool {
      RowOrder.precedes(
        cursors[a].buffer[cursors[a].index],
        cursors[b].buffer[cursors[b].index],
        names
      )
    }
    func sink(_ start: Int) {
      var parent = start
      while true {
        var child = 2 * parent + 1
        guard child < heap.count else { return }
        if child + 1 < heap.count, precedes(heap[child + 1], heap[child]) { child += 1 }
        guard precedes(heap[child], heap[parent]) else { return }
        heap.swapAt(child, parent)
        parent = child
      }
    }
    for start in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(start) }
    var block: [EventRow] = []
    while let top = heap.first {
      block.append(cursors[top].buffer[cursors[top].index])
      cursors[top].index += 1
      if cursors[top].index == cursors[top].buffer.count { try fill(&cursors[top], window) }
      if cursors[top].buffer.isEmpty {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
      }
      sink(0)
      if block.count >= applyRows {
        body(block)
        block.removeAll(keepingCapacity: true)
      }
    }
    if !block.isEmpty { body(block) }
  }

  private func fill(_ cursor: inout Cursor, _ window: Int) throws(ScanError) {
    let count = min(window, cursor.left)
    cursor.index = 0
    cursor.buffer = []
    guard count > 0 else { return }
    cursor.buffer = [EventRow](repeating: EventRow(time: 0), count: count)
    let (file, offset) = (file, cursor.offset)
    var failure: ScanError?
    cursor.buffer.withUnsafeMutableBytes { bytes in
      do throws(ScanError) { try file?.read(bytes, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
    cursor.offset += Int64(count * MemoryLayout<EventRow>.stride)
    cursor.left -= count
  }
}

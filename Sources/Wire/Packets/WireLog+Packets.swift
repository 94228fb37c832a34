/// The lines that come from packets, not from a protocol.
extension WireLog {
  /// A flow, or the part of one since its last record.
  mutating func writeFlow(
    _ flow: UnsafePointer<Flow>,
    _ name: String?,
    _ end: SessionEnd.Code
  ) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: LineWriter.room) { room in
      guard let base = room.baseAddress else { return }
      var line = LineWriter(base)
      let (client, transport) = (Int(flow.pointee.client), flow.pointee.key.transport)
      line.put(#"{"wire":1,"ts":""#)
      line.put(time: flow.pointee.last)
      line.put(#"","kind":"flow","proto":""#)
      if let name { line.put(word: name) } else { FlowKey.put(name: transport, into: &line) }
      line.put(#"","session":"#)
      line.put(Int64(flow.pointee.number))
      line.put(flow.pointee.key.endpoint(client), "client")
      line.put(flow.pointee.key.endpoint(1 - client), "server")
      line.put(#","transport":""#)
      FlowKey.put(name: transport, into: &line)
      line.put(#"","state":""#)
      line.put(SessionEnd.word(end))
      line.put(byte: 0x22)
      if transport == 6, !flow.pointee.isFromStart { line.put(#","midstream":true"#) }
      let (asked, answered) = (flow.pointee.lanes[client], flow.pointee.lanes[1 - client])
      line.put(#","bytes_out":"#)
      line.put(answered.bytes)
      line.put(#","bytes_in":"#)
      line.put(asked.bytes)
      line.put(#","packets_out":"#)
      line.put(Int64(answered.packets))
      line.put(#","packets_in":"#)
      line.put(Int64(asked.packets))
      line.put(#","wire_out":"#)
      line.put(answered.wire)
      line.put(#","wire_in":"#)
      line.put(asked.wire)
      if flow.pointee.missing > 0 {
        line.put(#","missing":"#)
        line.put(flow.pointee.missing)
      }
      if flow.pointee.first < flow.pointee.last {
        line.put(#","start":""#)
        line.put(time: flow.pointee.first)
        line.put(byte: 0x22)
      }
      line.put("}\n")
      append(line: line.written)
    }
  }

  /// What was not captured, or had to be forgotten.
  mutating func writeNotice(
    _ name: StaticString,
    at time: Int64,
    count: Int64,
    missing: Int64
  ) {
    begin("notice", "capture", at: time, nil)
    append("op", name)
    append("count", count)
    if missing > 0 { append("missing", missing) }
    finish(from: time, to: time)
  }

  /// Where a capture cannot be read on.
  mutating func writeProblem(_ problem: CaptureProblem, at time: Int64) {
    begin("notice", "capture", at: time, nil)
    append("op", problem.kind == .truncated ? "truncated" : "damaged")
    append("text", problem.reason)
    append("offset", problem.offset)
    if problem.unread > 0 { append("missing", problem.unread) }
    finish(from: time, to: time)
  }

  mutating func writeSum(
    at time: Int64,
    from start: Int64,
    _ counts: [(StaticString, Int64)]
  ) {
    begin("notice", "capture", at: time, nil)
    append("op", "sum" as StaticString)
    for (key, count) in counts where count != 0 { append(key, count) }
    finish(from: start, to: time)
  }
}

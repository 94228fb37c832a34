/// The lines that come from packets, not from a protocol.
extension WireLog {
  /// A flow, or the part of one since its last record.
  mutating func writeFlow(
    _ flow: Flow,
    _ name: String,
    client: Endpoint,
    server: Endpoint,
    _ end: SessionEnd.Code
  ) {
    let side = Int(flow.client)
    begin("flow", name, at: flow.last, flow.number)
    append("client", client)
    append("server", server)
    append("transport", FlowKey.name(of: flow.key.transport))
    append(
      "state",
      end == .open ? "open" : SessionEnd(end).rawValue
    )
    if flow.key.transport == 6, !flow.isFromStart { appendTrue("midstream") }
    append("bytes_out", flow.lanes[1 - side].bytes)
    append("bytes_in", flow.lanes[side].bytes)
    append("packets_out", Int64(flow.lanes[1 - side].packets))
    append("packets_in", Int64(flow.lanes[side].packets))
    append("wire_out", flow.lanes[1 - side].wire)
    append("wire_in", flow.lanes[side].wire)
    if flow.missing > 0 { append("missing", flow.missing) }
    finish(from: flow.first, to: flow.last)
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

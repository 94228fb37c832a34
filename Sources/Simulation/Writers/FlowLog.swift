/// Flows at the servers' switch, as Zeek's conn.log in JSON: bytes alone, no account.
///
///     {"ts":1711930354.123456,"uid":"C1a2b3","id.orig_h":"192.0.2.43","id.orig_p":51740,…}
extension Desk {
  func flow(
    _ time: Int,
    from address: Text,
    to host: Int,
    port: Int,
    service: StaticString,
    bytes: Int,
    seconds: Int,
    upload: Bool = false
  ) {
    flow(
      time,
      from: address,
      toAddress: self.address(host),
      port: port,
      service: service,
      bytes: bytes,
      seconds: seconds,
      upload: upload
    )
  }

  func flow(
    _ time: Int,
    from address: Text,
    toAddress: Text,
    port: Int,
    service: StaticString,
    bytes: Int,
    seconds: Int,
    upload: Bool = false
  ) {
    let store = store(.flows)
    // Zeek writes a flow when it ends; its `ts` is the beginning.
    store.begin(within(time + seconds * 1000))
    let epoch = day.epoch(time)
    let micro = random.below(1000)
    let big = bytes + bytes / 90
    let small = 900 + bytes / 60
    store.bytes.add(
      "{\"ts\":\(epoch / 1000).\(epoch % 1000, digits: 3)\(micro, digits: 3),\"uid\":\"C"
    )
    store.bytes.add("\(hex: random.below(1 << 48))\",\"id.orig_h\":\"\(address)\",\"id.orig_p\":")
    store.bytes.put(random.between(33_000, 60_000))
    store.bytes.add(",\"id.resp_h\":\"\(toAddress)\",\"id.resp_p\":\(port),\"proto\":\"tcp\",")
    store.bytes.add(
      "\"service\":\"\(service)\",\"duration\":\(seconds).\(random.below(1000), digits: 3),"
    )
    store.bytes.add(
      "\"orig_bytes\":\(upload ? big : small),\"resp_bytes\":\(upload ? small : big),"
    )
    store.bytes.put("\"conn_state\":\"SF\",\"missed_bytes\":0}\n")
  }
}

/// The portal's combined access log, as Apache writes it.
///
///     192.0.2.131 - sup01 [01/Apr/2024:10:12:33 +0900] "GET /menu HTTP/1.1" 200 5120 "-" "Mozilla/5.0 …"
extension Desk {
  func web(
    _ time: Int,
    account: Int,
    terminal: Int,
    _ path: Text,
    bytes: Int,
    status: Int = 200,
    method: StaticString = "GET"
  ) {
    let store = store(.web)
    store.begin(time)
    store.bytes.add("\(address(terminal)) - \(name(account)) [\(day.day, digits: 2)/")
    store.bytes.add("\(day.monthName)/\(day.year):")
    store.bytes.put(clock: time)
    store.bytes.add(" +0900] \"\(method) \(path) HTTP/1.1\" \(status) ")
    if bytes > 0 { store.bytes.put(bytes) } else { store.bytes.put("-") }
    store.bytes.put(
      " \"-\" \"Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0\"\n"
    )
  }

  /// A list fetched through the portal: bytes alone tell how much.
  func download(_ time: Int, account: Int, terminal: Int, owner: Int, list: Text, records: Int) {
    web(
      time,
      account: account,
      terminal: terminal,
      "/lists/\(self.owner(owner).slug)/\(list).csv",
      bytes: records * 196 + 96
    )
  }
}

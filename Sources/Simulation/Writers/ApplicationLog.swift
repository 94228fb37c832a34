/// The CRM application's audit, JSON Lines; times in UTC, day files by local day.
///
///     {"ts":"2024-04-01T00:12:34.500Z","user":"op001","ip":"198.51.100.1","action":"view",…}
struct ApplicationExport {
  var account: Int
  var terminal: Int
  var owner: Int
  var records: Int
  var action: StaticString = "csv_export"
  /// Last part of the list's name.
  var list: Text = "export"
  var ticket: TicketNumber?
  var result: StaticString = "ok"
  /// Where the file went, if the application says so.
  var destination: Text = ""
}

extension Desk {
  /// Writes `{"ts":"2024-04-01T00:12:34.500Z","user":"`.
  @inline(__always)
  private func beginApplication(_ time: Int, _ store: LineStore) {
    store.begin(time)
    store.bytes.put("{\"ts\":\"")
    let utc = time - SimulatedDay.zone
    store.bytes.add(utc < 0 ? dateTextBefore : dateText)
    store.bytes.put(byte: 0x54)
    store.bytes.put(clockWithMilliseconds: utc < 0 ? utc + SimulatedDay.milliseconds : utc)
    store.bytes.put("Z\",\"user\":\"")
  }

  /// A record looked at; `call` is the call it belongs to, 0: none.
  @inline(__always)
  func view(
    _ time: Int,
    account: Int,
    terminal: Int,
    owner: Int,
    customer: Int,
    call: Int,
    size: Int
  ) {
    let store = stores[LogSource.application.rawValue]
    beginApplication(time, store)
    store.bytes.add(estate.accounts[account].name)
    store.bytes.put("\",\"ip\":\"")
    store.bytes.add(estate.terminals[terminal].address)
    store.bytes.put("\",\"action\":\"view\",\"screen\":\"customer\",\"list\":\"")
    store.bytes.add(estate.owners[owner].slug)
    store.bytes.put("/calls\",\"owner\":\"")
    store.bytes.add(estate.owners[owner].name)
    store.bytes.put("\",\"rows\":1,\"bytes\":")
    store.bytes.put(size)
    store.bytes.put(",\"customer_id\":\"")
    store.bytes.add(estate.owners[owner].code)
    store.bytes.put(customer, digits: 7)
    if call != 0 {
      store.bytes.put("\",\"call_id\":\"C")
      store.bytes.put(call, digits: 13)
    }
    store.bytes.put("\",\"result\":\"ok\"}\n")
  }

  /// A page of a list on the screen: many records, no export.
  func page(_ time: Int, account: Int, terminal: Int, owner: Int, _ records: RecordRange) {
    let store = store(.application)
    beginApplication(time, store)
    store.bytes.add(name(account))
    store.bytes.put("\",\"ip\":\"")
    store.bytes.add(address(terminal))
    store.bytes.put("\",\"action\":\"search\",\"screen\":\"list\",\"list\":\"")
    store.bytes.add(self.owner(owner).slug)
    store.bytes.put("/customers\",\"owner\":\"")
    store.bytes.add(self.owner(owner).name)
    store.bytes.put("\",\"rows\":")
    store.bytes.put(records.count)
    store.bytes.put(",\"offset\":")
    store.bytes.put(records.first - 1)
    store.bytes.put(",\"bytes\":")
    store.bytes.put(records.count * 173 + 620)
    store.bytes.put(",\"result\":\"ok\"}\n")
  }

  /// `login`, `logout`, `login_failed` and other acts without records.
  func applicationAct(
    _ time: Int,
    account: Int,
    terminal: Int,
    _ action: StaticString,
    fails: Bool = false
  ) {
    let store = store(.application)
    beginApplication(time, store)
    store.bytes.add(name(account))
    store.bytes.put("\",\"ip\":\"")
    store.bytes.add(address(terminal))
    store.bytes.put("\",\"action\":\"")
    store.bytes.put(action)
    store.bytes.put(fails ? "\",\"result\":\"denied\"}\n" : "\",\"result\":\"ok\"}\n")
  }

  func export(_ time: Int, _ export: ApplicationExport) {
    let store = store(.application)
    beginApplication(time, store)
    store.bytes.add(name(export.account))
    store.bytes.put("\",\"ip\":\"")
    store.bytes.add(address(export.terminal))
    store.bytes.put("\",\"action\":\"")
    store.bytes.put(export.action)
    store.bytes.put("\",\"screen\":\"list\",\"list\":\"")
    store.bytes.add(owner(export.owner).slug)
    store.bytes.put(byte: 0x2F)
    store.bytes.add(export.list)
    store.bytes.put("\",\"owner\":\"")
    store.bytes.add(owner(export.owner).name)
    store.bytes.put("\",\"rows\":")
    store.bytes.put(export.records)
    store.bytes.put(",\"bytes\":")
    store.bytes.put(export.records * (188 + export.records % 17) + 96)
    if let ticket = export.ticket {
      store.bytes.put(",\"ticket\":\"")
      store.bytes.add(ticket.text)
      store.bytes.put(byte: 0x22)
    }
    if !export.destination.isEmpty {
      store.bytes.put(",\"to\":\"")
      store.bytes.add(export.destination)
      store.bytes.put(byte: 0x22)
    }
    store.bytes.put(",\"result\":\"")
    store.bytes.put(export.result)
    store.bytes.put("\"}\n")
  }
}

internal import EventModel

/// What sshd, and PAM within it, say of log-ons.
extension HostMessages {
  func secureShell(_ message: Range<Int>, _ batch: inout EventBatch) {
    if starts("Accepted ", message) {
      peer(after: " for ", in: message, .logon, .success, &batch)
    } else if starts("Failed ", message) {
      peer(after: " for ", in: message, .logonFailure, .failure, &batch)
    } else if starts("Invalid user ", message) {
      named(message.lowerBound + 13, message, .logonFailure, .failure, &batch)
    } else if starts("User ", message), find(" not allowed because ", in: message) != nil {
      named(message.lowerBound + 5, message, .logonFailure, .failure, &batch)
    } else if starts("Disconnected from ", message), find("[preauth]", in: message) == nil {
      // `Disconnected from [user NAME] ADDRESS port N`; before authentication nobody was on.
      var start = message.lowerBound + 18
      var user = 0..<0
      if starts("user ", start..<message.upperBound) {
        user = word(from: start + 5, in: message)
        start = user.upperBound
      }
      let address = word(from: start, in: message)
      append(.logoff, .success, account: user, terminal: address, program: header.tag, to: &batch)
    } else {
      endedEarly(message, &batch)
    }
  }

  /// Connections that ended before anybody was on, and PAM's word of a refusal.
  ///
  /// What sshd refused it says in lines of its own, so that these are no failed log-ons once more.
  private func endedEarly(_ message: Range<Int>, _ batch: inout EventBatch) {
    var user = 0..<0
    var address = 0..<0
    let beginnings: [StaticString] = [
      "Connection closed by ", "Connection reset by ", "Disconnected from ",
      "Unable to negotiate with ", "fatal: Timeout before authentication for ",
      "ssh_dispatch_run_fatal: Connection from ",
    ]
    if let found = beginnings.first(where: { starts($0, message) }) {
      // Without the mark the end may be that of somebody who was on.
      if starts("Connection ", message), find("[preauth]", in: message) == nil { return }
      address = word(from: message.lowerBound + found.utf8CodeUnitCount, in: message)
      if starts(" user ", address.upperBound..<message.upperBound) {
        // `authenticating user NAME ADDRESS port N`, `invalid user …`: the name is what the peer typed,
        // spaces and all, and ends at the address that the server wrote.
        let start = address.upperBound + 6
        guard let port = findLast(" port ", in: start..<message.upperBound),
          let blank = findLast(" ", in: start - 1..<port)
        else { return }
        user = start..<max(start, blank)
        address = blank + 1..<port
      } else if !starts(" port ", address.upperBound..<message.upperBound) {
        return
      }
    } else if starts("pam_unix(sshd:auth): authentication failure", message),
      let mark = find(" rhost=", in: message)
    {
      address = value(at: mark + 7, in: message)
      if let mark = find(" user=", in: message) { user = value(at: mark + 6, in: message) }
    } else if starts("Magic value check failed", message), let mark = find(" from ", in: message) {
      address = word(from: mark + 6, in: message)
    } else if starts("refused connect from ", message), message.last.map({ record[$0] }) == 0x29,
      let open = findLast("(", in: message)
    {
      address = open + 1..<message.upperBound - 1
      if starts("::ffff:", address) { address = address.lowerBound + 7..<address.upperBound }
    } else {
      return
    }
    append(.other, .failure, account: user, terminal: address, program: header.tag, to: &batch)
  }

  /// `… for [invalid user ]NAME from ADDRESS port N …`.
  private func peer(
    after mark: StaticString,
    in message: Range<Int>,
    _ operation: Operation,
    _ outcome: Outcome,
    _ batch: inout EventBatch
  ) {
    guard let found = find(mark, in: message) else { return }
    var start = found + mark.utf8CodeUnitCount
    if starts("invalid user ", start..<message.upperBound) { start += 13 }
    named(start, message, operation, outcome, &batch)
  }

  /// `NAME from ADDRESS …`.
  ///
  /// The name is what the peer typed, spaces and all: it ends at the last ` from `, which the
  /// server wrote.
  private func named(
    _ start: Int,
    _ message: Range<Int>,
    _ operation: Operation,
    _ outcome: Outcome,
    _ batch: inout EventBatch
  ) {
    guard start <= message.upperBound,
      let from = findLast(" from ", in: max(message.lowerBound, start - 1)..<message.upperBound)
    else { return }
    let user = start < from ? start..<from : 0..<0
    let address = word(from: from + 6, in: message)
    append(
      operation,
      outcome,
      account: user,
      terminal: address,
      program: header.tag,
      destination: operation == .logon ? header.host : 0..<0,
      to: &batch
    )
  }

  /// The value at `start`, empty where a space or the end follows at once.
  private func value(at start: Int, in range: Range<Int>) -> Range<Int> {
    guard start < range.upperBound, record[start] != 0x20 else { return 0..<0 }
    return word(from: start, in: range)
  }
}

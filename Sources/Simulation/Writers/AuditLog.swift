/// auditd's raw log of several hosts, gathered in one place (`name_format = hostname`), enriched.
///
///     node=mnt-pc03 type=SYSCALL msg=audit(1711930354.123:5021): arch=c000003e syscall=59 …
///     node=mnt-pc03 type=EXECVE msg=audit(1711930354.123:5021): argc=2 a0="cp" a1="/tmp/x.csv"
///
/// An event is several records of one serial. Serials go on by one a host: they are given when the day
/// is written, so an event more moves those behind it, as on a real host, and nothing else.
struct AuditSerials {
  /// Stands in a stored record where its serial belongs.
  static let mark: UInt8 = 0x01
  private var last: [Int]

  init(hosts: Int, _ random: inout RandomStream) {
    last = (0..<hosts).map { _ in random.between(900, 9_000) }
  }

  /// Writes the day's events with their serials.
  ///
  /// A stored event begins with its host and how many serials were lost before it.
  mutating func write(_ store: LineStore, into out: inout ByteBuffer) {
    var written = ByteBuffer(capacity: store.bytes.count + 1024)
    var last = last
    store.visit { start, length in
      let host = Int(start[0]) | Int(start[1]) << 8
      guard host < last.count else { return }
      last[host] += 1 + Int(start[2])
      var from = 3
      for index in 3..<max(3, length) where start[index] == Self.mark {
        written.put(start + from, index - from)
        written.put(last[host])
        from = index + 1
      }
      written.put(start + from, length - from)
    }
    self.last = last
    out.put(written.base, written.count)
  }
}

extension Desk {
  /// A program started by a person: SYSCALL, EXECVE, CWD, PATH, PROCTITLE.
  ///
  /// `hole` is how many serials vanished just before, with the events they were of.
  func execution(
    _ time: Int,
    at terminal: Int,
    account: Int,
    _ arguments: [Text],
    hole: Int = 0
  ) {
    let tool = Self.baseName(arguments[0])
    let common = beginAudit(time, terminal, hole)
    let process = random.between(2_000, 31_000)
    auditCall(common, account, "59", "execve", "exit=0", process, tool, arguments[0], "exec")
    var execve: Text = "argc=\(arguments.count)"
    for (index, argument) in arguments.enumerated() {
      execve = "\(execve) a\(index)=\(Self.value(argument))"
    }
    auditRecord(common, "EXECVE", execve)
    auditRecord(common, "CWD", "cwd=\"/home/\(name(account))\"")
    auditPath(common, arguments[0], "NORMAL")
    var title: [UInt8] = []
    for (index, argument) in arguments.enumerated() {
      if index > 0 { title.append(0) }
      title += argument.bytes
    }
    auditRecord(common, "PROCTITLE", "proctitle=\(Self.hex(title))")
  }

  /// A watched file opened: SYSCALL with the file's descriptor, CWD, PATH.
  func opening(
    _ time: Int,
    at terminal: Int,
    account: Int,
    tool: Text,
    path: Text,
    key: StaticString
  ) {
    let common = beginAudit(time, terminal, 0)
    let process = random.between(2_000, 31_000)
    auditCall(common, account, "257", "openat", "exit=3", process, tool, "/usr/bin/\(tool)", key)
    auditRecord(common, "CWD", "cwd=\"/home/\(name(account))\"")
    auditPath(common, path, "NORMAL")
  }

  /// What the audit system says of itself: `DAEMON_END`, `CONFIG_CHANGE`.
  func auditDaemon(_ time: Int, at terminal: Int, _ type: StaticString, _ text: Text) {
    auditRecord(beginAudit(time, terminal, 0), type, text)
  }

  /// `node=mnt-pc03 ` and ` msg=audit(1711930354.123:`, the serial following.
  private func beginAudit(_ time: Int, _ terminal: Int, _ hole: Int) -> (node: Text, stamp: Text) {
    let store = store(.audit)
    store.begin(within(time))
    store.bytes.put(byte: UInt8(truncatingIfNeeded: terminal))
    store.bytes.put(byte: UInt8(truncatingIfNeeded: terminal >> 8))
    store.bytes.put(byte: UInt8(clamping: hole))
    let epoch = day.epoch(within(time))
    return (host(terminal), " msg=audit(\(epoch / 1000).\(epoch % 1000, digits: 3):")
  }

  private func auditRecord(_ common: (node: Text, stamp: Text), _ type: StaticString, _ text: Text)
  {
    let store = store(.audit)
    store.bytes.add("node=\(common.node) type=\(type)\(common.stamp)")
    store.bytes.put(byte: AuditSerials.mark)
    store.bytes.add("): \(text)\n")
  }

  private func auditCall(
    _ common: (node: Text, stamp: Text),
    _ account: Int,
    _ number: StaticString,
    _ call: StaticString,
    _ result: StaticString,
    _ process: Int,
    _ tool: Text,
    _ path: Text,
    _ key: StaticString
  ) {
    let id = account + 1000
    let user = name(account)
    let ids: Text =
      "auid=\(id) uid=\(id) gid=\(id) euid=\(id) suid=\(id) fsuid=\(id) egid=\(id) sgid=\(id) fsgid=\(id)"
    let place: Text = "ppid=\(process - 40) pid=\(process)"
    let head: Text = "arch=c000003e syscall=\(number) success=yes \(result) a0=55d0c8 a1=55d0f0"
    let tail: Text =
      "tty=pts0 ses=\(process % 97 + 1) comm=\"\(Text(bytes: Array(tool.bytes.prefix(15))))\" exe=\"\(path)\" subj=unconfined key=\"\(key)\""
    // 0x1D parts what the kernel wrote from what auditd looked up.
    let enriched: Text =
      "\(Text(bytes: [0x1D]))ARCH=x86_64 SYSCALL=\(call) AUID=\"\(user)\" UID=\"\(user)\" GID=\"\(user)\""
    auditRecord(
      common,
      "SYSCALL",
      "\(head) a2=55d1a0 a3=8 items=1 \(place) \(ids) \(tail)\(enriched)"
    )
  }

  private func auditPath(_ common: (node: Text, stamp: Text), _ path: Text, _ kind: StaticString) {
    let inode = 130_000 + path.bytes.count * 977
    auditRecord(
      common,
      "PATH",
      "item=0 name=\(Self.value(path)) inode=\(inode) dev=08:01 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype=\(kind) cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0"
    )
  }

  /// Quoted, or as hex when it holds a blank, a quote or bytes beyond ASCII.
  private static func value(_ text: Text) -> Text {
    let isPlain = text.bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 }
    return isPlain ? "\"\(text)\"" : hex(text.bytes)
  }

  private static func hex(_ bytes: [UInt8]) -> Text {
    var text: [UInt8] = []
    for byte in bytes {
      for digit in [byte >> 4, byte & 15] { text.append(digit < 10 ? 0x30 + digit : 0x37 + digit) }
    }
    return Text(bytes: text)
  }

  private static func baseName(_ path: Text) -> Text {
    Text(bytes: Array(path.bytes.split(separator: 0x2F).last ?? path.bytes[...]))
  }
}

internal import EventModel

/// What a command line does to data or to the audit, as far as its words tell.
///
/// Words are those of the tools' manuals: 7z(1), zip(1), tar(1), gpg(1), scp(1), rsync(1), curl(1),
/// systemctl(1), auditctl(8), timedatectl(1), date(1), journalctl(1).
struct HostCommand {
  var operation: Operation
  /// What became of the audit; of a transfer `dump` where a file among its words is one by its name.
  var effect: StaticString = ""
  /// The argument that names the file, device or host things went to; `nil`: none does.
  var destination: Int?

  /// What the audit or the clock suffers, in the words rows carry as their object.
  enum Effect {
    static let stopped: StaticString = "stopped"
    static let started: StaticString = "started"
    static let rotated: StaticString = "rotated"
    static let configured: StaticString = "configuration changed"
    static let cleared: StaticString = "cleared"
    static let clock: StaticString = "clock changed"
    /// What is copied away is a backup or a dump of a database.
    static let dump: StaticString = "dump"
  }

  private static let archivers: [StaticString] = ["7z", "7za", "7zr", "zip", "rar", "tar", "gpg"]
  private static let senders: [StaticString] = [
    "scp", "sftp", "rsync", "rclone", "curl", "ftp", "lftp", "smbclient", "aws", "gsutil", "azcopy",
  ]
  private static let copiers: [StaticString] = ["cp", "mv", "dd", "install"]
  private static let others: [StaticString] = [
    "systemctl", "service", "auditctl", "timedatectl", "date", "hwclock", "journalctl", "rm",
    "shred",
    "truncate", "unlink",
  ]
  private static let logServices: [StaticString] = [
    "auditd", "rsyslog", "rsyslogd", "syslog", "syslog-ng", "systemd-journald", "auditbeat",
    "filebeat", "td-agent", "fluent-bit", "fluentd",
  ]
  private static let archiveEndings: [StaticString] = [
    ".7z", ".zip", ".rar", ".tar", ".tgz", ".gz", ".xz", ".bz2", ".zst", ".gpg",
  ]

  /// Whether a program of that name can do any of it: else its command line need not be read.
  static func isTool(_ name: RecordBytes) -> Bool {
    contains(archivers, name) || contains(senders, name) || contains(copiers, name)
      || contains(others, name)
  }

  /// Reads a command line, its program first; `nil`: nothing of the kind.
  static func read(_ words: [RecordBytes]) -> HostCommand? {
    guard let first = words.first else { return nil }
    let tool = baseName(first)
    let rest = words.indices.dropFirst()
    if contains(archivers, tool) { return archive(tool, words) }
    if contains(senders, tool) { return send(tool, words).map { withDump($0, words) } }
    if contains(copiers, tool) {
      guard let place = rest.last(where: { isRemovable(words[$0]) }) else { return nil }
      return withDump(HostCommand(operation: .transfer, destination: place), words)
    }
    return audit(tool, words)
  }

  private static let dumpEndings: [StaticString] = [
    ".sql", ".dump", ".dmp", ".pgdump", ".bak", ".mbk", ".xbstream", ".basebackup", ".bson",
  ]
  private static let packedEndings: [StaticString] = [
    ".gz", ".xz", ".bz2", ".zst", ".lz4", ".7z", ".zip", ".gpg", ".enc",
  ]

  /// Says of a transfer whether it carries a dump away: what goes, not whither.
  private static func withDump(_ command: HostCommand, _ words: [RecordBytes]) -> HostCommand {
    var command = command
    let isDump = words.indices.dropFirst().contains { index in
      guard index != command.destination, words[index].first != 0x2D else { return false }
      var name = words[index]
      // `x.sql.gz.gpg`
      while let ending = packedEndings.first(where: { name.endsWith($0) }) {
        name = name.slice(0..<name.count - ending.utf8CodeUnitCount)
      }
      return dumpEndings.contains { name.endsWith($0) }
    }
    if isDump { command.effect = Effect.dump }
    return command
  }

  /// The last part of a path.
  static func baseName(_ path: RecordBytes) -> RecordBytes {
    var start = path.count
    while start > 0, path[start - 1] != 0x2F { start -= 1 }
    return path.slice(start..<path.count)
  }

  private static func archive(_ tool: RecordBytes, _ words: [RecordBytes]) -> HostCommand? {
    let rest = words.dropFirst()
    let isMade =
      if isWord(tool, "tar") {
        rest.first.map { $0.contains(0x63) && !$0.starts(with: "--".utf8) } ?? false
          || rest.contains { isWord($0, "--create") }
      } else if isWord(tool, "gpg") {
        rest.contains {
          isWord($0, "-c") || isWord($0, "-e") || isWord($0, "--symmetric")
            || isWord($0, "--encrypt")
        }
      } else if isWord(tool, "zip") {
        true
      } else {
        rest.first.map { isWord($0, "a") || isWord($0, "u") } ?? false
      }
    guard isMade else { return nil }
    let place = words.indices.dropFirst().first { index in
      archiveEndings.contains { words[index].endsWith($0) }
    }
    return HostCommand(operation: .archive, destination: place)
  }

  private static func send(_ tool: RecordBytes, _ words: [RecordBytes]) -> HostCommand? {
    let rest = words.indices.dropFirst()
    if isWord(tool, "curl") {
      let isSent = rest.contains { index in
        ["-T", "--upload-file", "-F", "--form", "--data-binary"].contains {
          isWord(words[index], $0)
        }
      }
      guard isSent else { return nil }
      return HostCommand(
        operation: .transfer,
        destination: rest.last { words[$0].contains("://") } ?? rest.last
      )
    }
    if isWord(tool, "scp") || isWord(tool, "rsync") {
      // What comes in is no removal: the last argument must name another host or a removable disk.
      guard let last = rest.last, words[last].contains(0x3A) || isRemovable(words[last]) else {
        return nil
      }
      return HostCommand(operation: .transfer, destination: last)
    }
    return HostCommand(operation: .transfer, destination: rest.last)
  }

  private static func isRemovable(_ path: RecordBytes) -> Bool {
    let start = path.hasPrefix("of=") ? 3 : 0
    return ["/media/", "/run/media/", "/mnt/", "/Volumes/", "/dev/sd"].contains {
      path.hasPrefix($0, at: start)
    }
  }

  private static func audit(_ tool: RecordBytes, _ words: [RecordBytes]) -> HostCommand? {
    let rest = words.dropFirst()
    func effect(_ effect: StaticString) -> HostCommand {
      HostCommand(operation: .audit, effect: effect)
    }
    if isWord(tool, "systemctl") || isWord(tool, "service") {
      guard rest.contains(where: isLogService) else { return nil }
      let stops: [StaticString] = ["stop", "disable", "mask", "kill"]
      if rest.contains(where: { word in stops.contains { isWord(word, $0) } }) {
        return effect(Effect.stopped)
      }
      let starts: [StaticString] = ["start", "restart", "enable", "unmask"]
      return rest.contains(where: { word in starts.contains { isWord(word, $0) } })
        ? effect(Effect.started) : nil
    }
    if isWord(tool, "auditctl") {
      if rest.contains(where: { isWord($0, "-D") }) { return effect(Effect.stopped) }
      if let place = words.firstIndex(where: { isWord($0, "-e") }), place + 1 < words.count {
        return effect(isWord(words[place + 1], "0") ? Effect.stopped : Effect.started)
      }
      return rest.contains(where: { isWord($0, "-d") || isWord($0, "-W") })
        ? effect(Effect.configured) : nil
    }
    if isWord(tool, "timedatectl") {
      return rest.contains(where: { $0.hasPrefix("set-time") || $0.hasPrefix("set-ntp") })
        ? effect(Effect.clock) : nil
    }
    if isWord(tool, "date") {
      return rest.contains(where: { isWord($0, "-s") || $0.hasPrefix("--set") })
        ? effect(Effect.clock) : nil
    }
    if isWord(tool, "hwclock") {
      return rest.contains(where: { $0.hasPrefix("--set") }) ? effect(Effect.clock) : nil
    }
    if isWord(tool, "journalctl") {
      return rest.contains(where: { $0.hasPrefix("--vacuum") }) ? effect(Effect.cleared) : nil
    }
    let removes: [StaticString] = ["rm", "shred", "truncate", "unlink"]
    guard removes.contains(where: { isWord(tool, $0) }), rest.contains(where: isLogFile) else {
      return nil
    }
    return effect(Effect.cleared)
  }

  /// `auditd`, `auditd.service`.
  private static func isLogService(_ word: RecordBytes) -> Bool {
    let length = word.endsWith(".service") ? word.count - 8 : word.count
    return contains(logServices, word.slice(0..<length))
  }

  private static func isLogFile(_ path: RecordBytes) -> Bool {
    path.hasPrefix("/var/log/") || path.hasPrefix("/var/lib/pgsql/") && path.contains("log/")
  }

  private static func isWord(_ word: RecordBytes, _ name: StaticString) -> Bool {
    word.equals(name, in: 0..<word.count)
  }

  private static func contains(_ names: [StaticString], _ word: RecordBytes) -> Bool {
    names.contains { isWord(word, $0) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func endsWith(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    return count > length && hasPrefix(word, at: count - length)
  }

  fileprivate func contains(_ word: StaticString) -> Bool {
    indices.contains { hasPrefix(word, at: $0) }
  }
}

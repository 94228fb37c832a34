import Glibc
import Synchronization

/// What the process was asked for, told by signals; a wait is cut short by each.
enum Signals {
  private static let ends = Atomic<Int>(0)
  private static let reloads = Atomic<Int>(0)

  /// The terminal that somebody sat at, if any; -1: none.
  private static let terminal = [STDIN_FILENO, STDOUT_FILENO].first { isatty($0) == 1 } ?? -1

  /// Whether that terminal is gone: its window was closed, or the line to it broke.
  private static var hasLostTerminal: Bool {
    var state = termios()
    return terminal >= 0 && tcgetattr(terminal, &state) != 0 && errno == EIO
  }

  /// Asked to end, by SIGTERM or SIGINT, or by SIGHUP of a terminal that is gone; the second time the process ends at once.
  static var shallEnd: Bool { ends.load(ordering: .relaxed) > 0 }

  /// Whether SIGHUP came since the last time.
  static func takeReload() -> Bool { reloads.exchange(0, ordering: .relaxed) > 0 }

  static func install() {
    // Made before a handler may touch them.
    _ = (shallEnd, reloads.load(ordering: .relaxed), terminal)
    for number in [SIGTERM, SIGINT] {
      set(number) { signal in
        if Signals.ends.add(1, ordering: .relaxed).oldValue > 0 { _exit(128 + signal) }
      }
    }
    // Whose terminal is gone cannot be meant to hold the store until somebody finds the process.
    set(SIGHUP) { _ in
      if Signals.hasLostTerminal {
        Signals.ends.add(1, ordering: .relaxed)
      } else {
        Signals.reloads.add(1, ordering: .relaxed)
      }
    }
    // Only so that a wait ends when the terminal changes its size.
    set(SIGWINCH) { _ in }
    signal(SIGPIPE, SIG_IGN)
  }

  /// Lets the signals that end this thread's waits through, whatever the parent has blocked.
  static func unblock() {
    var ends = sigset_t()
    sigemptyset(&ends)
    for number in [SIGTERM, SIGINT] { sigaddset(&ends, number) }
    pthread_sigmask(SIG_UNBLOCK, &ends, nil)
  }

  private static func set(_ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    sigemptyset(&action.sa_mask)
    sigaction(number, &action, nil)
  }
}

/// What systemd is told (sd_notify(3)): one datagram; nobody listening is no fault.
enum Systemd {
  /// Half of the time within which it wants to hear from us; nanoseconds.
  static let watchdog: Int64? = getenv("WATCHDOG_USEC").flatMap { Int64(String(cString: $0)) }
    .map { max(1, $0) * 500 }

  static func notify(_ state: String) {
    guard let name = getenv("NOTIFY_SOCKET") else { return }
    var path = Array(String(cString: name).utf8)
    var address = sockaddr_un()
    guard !path.isEmpty, path.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
    // An abstract name.
    if path[0] == 0x40 { path[0] = 0 }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard file >= 0 else { return }
    defer { close(file) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let text = Array(state.utf8)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(file, text, text.count, Int32(MSG_NOSIGNAL), $0, length)
      }
    }
  }
}

import EventModel
import Glibc
import Pipeline
import Reporting
import Storage

/// Who runs the program, as the store writes it down.
enum Author {
  /// For instance `uid 0 (root), login 1000 (sato), sudo by sato`.
  ///
  /// The login is what the kernel's audit keeps through su and sudo (`/proc/self/loginuid`).
  static var current: String {
    var text = "uid \(getuid())" + name(of: getuid())
    if let login { text += ", login \(login)" + name(of: login) }
    if let user = getenv("SUDO_USER") { text += ", sudo by \(String(cString: user))" }
    return text
  }

  private static func name(of user: uid_t) -> String {
    guard let entry = getpwuid(user), let name = entry.pointee.pw_name else { return "" }
    return " (\(String(cString: name)))"
  }

  private static var login: uid_t? {
    let file = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = read(file, &bytes, bytes.count)
    guard count > 0 else { return nil }
    let number = uid_t(String(decoding: bytes[..<count].filter { $0 > 0x20 }, as: UTF8.self))
    return number == .max ? nil : number
  }
}

/// Each log that a night or a watch reads is held open.
enum FileLimit {
  static func raise() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = min(limit.rlim_max, 65_536)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}

/// Opens the store for a command, and notes in the store's own chain who asked what.
enum NotedStore {
  static let program = "ometsuke \(Ometsuke.version)"

  /// By the clock.
  static var time: String { "\(Timestamp(seconds: Int64(Glibc.time(nil))))" }

  static func access(_ command: String, about: String = "", range: String = "all") -> StoreAccess {
    StoreAccess(
      command: command,
      about: about,
      range: range,
      author: Author.current,
      time: time
    )
  }

  /// To read.
  ///
  /// Where the store cannot be written, it is read all the same, and that is said. `mode`: `reading` for who says
  /// what is wrong with it.
  static func reading(
    _ path: String,
    _ access: StoreAccess,
    _ mode: Store.Access = .answering
  ) throws(StoreError) -> Store {
    var failure: StoreError?
    do throws(StoreError) {
      try access.add(to: try Store(path: path, .noting), program: program)
    } catch {
      failure = error
    }
    let store = try Store(path: path, mode)
    if let failure {
      let reason = SafeText.escaped(failure.message, limit: 4096)
      Terminal.complain("this access could not be recorded in the store: \(reason)")
    }
    return store
  }

  /// Alone, to write; only a night makes a store.
  static func writing(_ path: String, _ access: StoreAccess) throws(StoreError) -> Store {
    let store = try Store(path: path, .night)
    store.clerk = Clerk(program: program, author: Author.current) { time }
    try access.add(to: store, program: program)
    return store
  }
}

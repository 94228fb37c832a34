import Foundation
import Glibc
import Testing

/// A watch at a terminal whose window is closed.
struct HangUpTests {
  /// Both ends of a terminal, as ioctl_tty(2) has them: TIOCSPTLCK, TIOCGPTN.
  private static func terminal() throws -> (master: Int32, slave: Int32) {
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var (lock, number) = (0 as Int32, 0 as Int32)
    let isOpen = ioctl(master, 0x4004_5431, &lock) == 0 && ioctl(master, 0x8004_5430, &number) == 0
    try #require(master >= 0 && isOpen)
    let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    try #require(slave >= 0)
    return (master, slave)
  }

  @Test func `a watch whose terminal is gone ends, and frees its store`() throws {
    let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: path + "/logs",
      withIntermediateDirectories: true
    )
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (master, slave) = try Self.terminal()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Run.program)
    process.arguments = ["watch", "--store", "store", "--metrics", "off", "logs"]
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    process.standardInput = FileHandle(fileDescriptor: slave)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    close(slave)
    defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    func waits(until isSo: () -> Bool) -> Bool {
      for _ in 0..<1_200 {
        if isSo() { return true }
        usleep(100_000)
      }
      return false
    }
    #expect(waits { FileManager.default.fileExists(atPath: path + "/store") })
    usleep(500_000)
    // The terminal is there: it is asked to read its estate anew.
    kill(process.processIdentifier, SIGHUP)
    usleep(500_000)
    #expect(process.isRunning)
    close(master)
    kill(process.processIdentifier, SIGHUP)
    #expect(waits { !process.isRunning })
    #expect(!process.isRunning && process.terminationReason == .exit)
  }
}

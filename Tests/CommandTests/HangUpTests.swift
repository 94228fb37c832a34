import Foundation
import Glibc
import Testing

/// A watch at a terminal whose window is closed.
struct HangUpTests {
  @Test func `a watch whose terminal is gone ends, and frees its store`() throws {
    let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: path + "/logs",
      withIntermediateDirectories: true
    )
    defer { try? FileManager.default.removeItem(atPath: path) }
    let master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0)
    let slave = open(String(cString: try #require(ptsname(master))), O_RDWR | O_NOCTTY)
    try #require(slave >= 0)
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

import Foundation
import Glibc
import Testing

/// Nights that the machine does not let come to an end, on file systems of their own.
@Suite struct `A night that could not be evaluated` {
  /// What the commands write, run where they may mount; `nil`: this machine does not allow it.
  private func mounted(_ commands: String) throws -> String? {
    let desk = try Desk()
    try FileManager.default.createDirectory(
      atPath: desk.path + "/disk",
      withIntermediateDirectories: false
    )
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let user = getuid() == 0 ? [] : ["-r"]
    let script = """
      mount -t tmpfs -o size=4m tmpfs disk || exit 99
      night() { "\(Run.program)" nightly logs --store disk/store --fail-on never --lang english 2>&1; echo "= $?"; }
      more() {
        for hour in 10 11 12 13 14 15 16 17; do
          echo '{"time":"2024-04-0'$1'T'$hour':00:00Z","user":"u'$hour'","ip":"192.0.2.7","action":"view",'\\
      '"object":"crm.customers","rows":1}' >> logs/a.jsonl
        done
      }
      mkdir logs; more 1; more 2
      night > /dev/null
      \(commands)
      """
    process.arguments = ["unshare"] + user + ["-m", "/bin/bash", "-c", script]
    process.environment = ["PATH": "/usr/bin:/bin", "STATE_DIRECTORY": desk.path]
    process.currentDirectoryURL = URL(fileURLWithPath: desk.path)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus != 99, process.terminationStatus != 1 else {
      print("not tested: no file system may be mounted here")
      return nil
    }
    return String(decoding: output, as: UTF8.self)
  }

  private func check(_ output: String?, _ reason: String) {
    guard let output else { return }
    let parts = output.components(separatedBy: "= ")
    #expect(parts.count == 4, "\(output)")
    guard parts.count == 4 else { return }
    #expect(parts[1].hasPrefix("2\n"), "\(output)")
    #expect(parts[1].contains("could not be evaluated (") && parts[1].contains(reason), "\(output)")
    // Told once.
    #expect(parts[2].hasPrefix("0\n") && !parts[2].contains("could not be evaluated"), "\(output)")
  }

  @Test func `for a full disk is told by the next one`() throws {
    check(
      try mounted(
        "more 4; dd if=/dev/zero of=disk/fill bs=1k 2>&- ; night; rm disk/fill; night; more 5; night"
      ),
      "make room"
    )
  }

  @Test func `for a file system that is read-only is told by the next one`() throws {
    check(
      try mounted(
        "more 4; mount -o remount,ro disk; night; mount -o remount,rw disk; night; more 5; night"
      ),
      "Read-only"
    )
  }

  @Test func `for a store that its user may not read is told by the next one`() throws {
    guard getuid() == 0 else { return }
    let ask = "setpriv --reuid=65534 --regid=65534 --clear-groups"
    check(
      try mounted(
        """
        chmod 755 . logs; chmod 644 logs/*; chown -R 65534 disk; chown 0 disk/store; more 4
        export -f night
        \(ask) bash -c night; chown 65534 disk/store; \(ask) bash -c night; more 5; \(ask) bash -c night
        """
      ),
      "rights"
    )
  }
}

import Foundation
import Glibc
import Testing

@Suite struct `ometsuke capture` {
  private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  private func program(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Run.program)
    process.arguments = ["capture"] + arguments
    return process
  }

  private func text(_ arguments: [String]) throws -> (status: Int32, out: String, error: String) {
    let process = program(arguments)
    let (out, error) = (Pipe(), Pipe())
    process.standardOutput = out
    process.standardError = error
    try process.run()
    let bytes = out.fileHandleForReading.readDataToEndOfFile()
    let complaint = error.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: bytes, as: UTF8.self),
      String(decoding: complaint, as: UTF8.self)
    )
  }

  @Test func `prints the lines of a file, with its protocols or flows alone`() throws {
    let file = Self.project + "/Tests/PipelineTests/Fixtures/wire/export.pcap"
    let all = try text(["-r", file, "-o", "-"])
    #expect(all.status == 0)
    #expect(all.out.contains(#""rows":12000,"rows_stated":12000"#))
    let flows = try text(["-r", file, "-o", "-", "--flows"])
    #expect(flows.out.split(separator: "\n").count == 5)
    let other = try text(["-r", Self.project + "/README.md", "-o", "-"])
    #expect(other.status == 2)
    #expect(other.error.contains("no capture"))
  }

  @Test func `says what is wrong with an interface or a filter`() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString
    let found = try text(["-i", "nowhere0", "-o", folder])
    #expect(found.status == 2)
    #expect(found.error.contains("no such interface") || found.error.contains("libpcap"))
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  /// Loopback, where the machine has libpcap and this process may capture.
  @Test func `writes what goes over the wire until it is ended`() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let process = program(["-i", "lo", "-o", folder, "-f", "tcp port 39747"])
    let error = Pipe()
    process.standardError = error
    try process.run()
    for _ in 0..<100 where process.isRunning && !FileManager.default.fileExists(atPath: folder) {
      usleep(20_000)
    }
    guard process.isRunning else {
      let bytes = error.fileHandleForReading.readDataToEndOfFile()
      print("skipped: \(String(decoding: bytes, as: UTF8.self))")
      return
    }
    let sent = try exchange(port: 39_747, bytes: 200_000)
    usleep(400_000)
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.count == 1)
    let path = folder + "/" + (names.first ?? "")
    let lines = try String(contentsOfFile: path, encoding: .utf8)
    #expect(lines.contains(#""bytes_out":\#(sent),"bytes_in":5,"#))
    #expect(lines.contains(#""state":"finished""#))
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let formats = Process()
    formats.executableURL = URL(fileURLWithPath: Run.program)
    formats.arguments = ["formats", path]
    let out = Pipe()
    formats.standardOutput = out
    try formats.run()
    let bytes = out.fileHandleForReading.readDataToEndOfFile()
    #expect(String(decoding: bytes, as: UTF8.self).contains("wire: certain"))
  }

  /// A client that says five bytes and hears so many.
  private func exchange(port: UInt16, bytes: Int) throws -> Int {
    func address() -> sockaddr_in {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      return address
    }
    func with(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
      var place = address()
      return withUnsafePointer(to: &place) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var one: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    try #require(with { bind(listener, $0, $1) } == 0)
    listen(listener, 1)
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(with { connect(client, $0, $1) } == 0)
    let server = accept(listener, nil, nil)
    write(client, "hello", 5)
    var room = [UInt8](repeating: 65, count: 4096)
    #expect(read(server, &room, 5) == 5)
    var (sent, heard) = (0, 0)
    while sent < bytes {
      let count = write(server, room, min(4096, bytes - sent))
      guard count > 0 else { break }
      sent += count
      while heard < sent {
        var other = [UInt8](repeating: 0, count: 4096)
        let got = read(client, &other, 4096)
        guard got > 0 else { break }
        heard += got
      }
    }
    shutdown(server, Int32(SHUT_WR))
    #expect(read(client, &room, 1) == 0)
    close(client)
    usleep(50_000)
    close(server)
    close(listener)
    return heard
  }
}

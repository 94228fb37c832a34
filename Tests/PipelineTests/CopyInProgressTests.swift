import Foundation
import Ingest
import Testing

@testable import Pipeline
@testable import Storage

/// A log is compressed while somebody looks at it.
@Suite struct `A log that is compressed meanwhile` {
  private static let lines = (0..<200).map {
    "192.0.2.7 - u1 [10/Oct/2023:10:00:00 +0000] \"GET /c/\($0) HTTP/1.1\" 200 512"
  }

  /// The log as a night left it: all of it was read and sealed.
  private func known(_ path: String) throws -> (StoredStream, Seal) {
    let held = try FileStatus(path: path).map {
      try #require(HeldFile(path: path, device: $0.device, inode: $0.inode))
    }
    let file = try #require(held)
    let status = try #require(file.status)
    var stream = StoredStream(id: 0, source: "web", path: path)
    stream.note(status)
    stream.consumed = status.size
    stream.headLength = StreamMatcher.sample
    stream.head = try #require(file.sha256(from: 0, count: Int64(StreamMatcher.sample)))
    stream.edge = try #require(
      file.sha256(
        from: status.size - Int64(StreamMatcher.sample),
        count: Int64(StreamMatcher.sample)
      )
    )
    let digest = try #require(file.sha256(from: 0, count: status.size))
    return (stream, Seal(stream: 0, start: 0, length: status.size, night: 1, digest: digest))
  }

  private func gzip(_ path: String) throws -> Data {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/gzip")
    process.arguments = ["-c", path]
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return data
  }

  @Test func `is no new log, though it was whole a moment after it was matched`() throws {
    let work = try Workplace()
    try work.write("logs/web.log.1", Self.lines)
    let path = work.path + "/logs/web.log.1"
    let (stream, seal) = try known(path)
    let packed = try gzip(path)
    let place = URL(fileURLWithPath: path + ".gz")
    // As `gzip` leaves it until it writes all at once: its header.
    try packed.prefix(10).write(to: place)
    let files = [path, place.path].map { InputFile(path: $0, size: 1) }
    let matcher = StreamMatcher(streams: [stream]) { _ in [seal] }
    let matches = matcher.match(files).matches
    #expect(matches.map(\.verdict) == [.unchanged, .new])
    try packed.write(to: place)
    #expect(CopyInProgress.paths(among: matches, alsoOfNew: false) == [place.path])
    #expect(!CopyInProgress.isWhole(matches[1]))
    // Looked at again, it is what it is.
    let again = matcher.match(files).matches
    #expect(again.map(\.verdict) == [.unchanged, .copy(of: path)])
  }

  @Test func `is no new log, though the plain one goes while the two are compared`() throws {
    let work = try Workplace()
    try work.write("logs/web.log.1", Self.lines)
    let path = work.path + "/logs/web.log.1"
    let (stream, seal) = try known(path)
    try gzip(path).write(to: URL(fileURLWithPath: path + ".gz"))
    let files = [path, path + ".gz"].map { InputFile(path: $0, size: 1) }
    let matcher = StreamMatcher(streams: [stream]) { _ in
      unlink(path)
      return [seal]
    }
    #expect(matcher.match(files).matches.map(\.verdict) == [.unchanged, .unsettled])
    #expect(matcher.match([files[1]]).matches.map(\.verdict) == [.known])
  }

  @Test func `and was read by a watch is held for the night that seals it`() throws {
    let work = try Workplace()
    try work.write("logs/web.log.1", Self.lines)
    let path = work.path + "/logs/web.log.1"
    let (stream, seal) = try known(path)
    var plan = NightPlan()
    #expect(plan.hold(sealing: [stream]).isEmpty)
    unlink(path)
    #expect(plan.held[0]?.sha256(from: 0, count: seal.length) == seal.digest)
    // One that has gone before is looked for again.
    var late = NightPlan()
    #expect(late.hold(sealing: [stream]) == [0])
  }
}

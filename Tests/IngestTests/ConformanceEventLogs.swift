import Foundation

@testable import Ingest

/// Event logs of Windows, with the numbers of records that libevtx' `evtxinfo` counts in them.
extension ConformanceTests {
  static let eventLogs: [Sample] = [
    ("Application_no_crc32", 17), ("MSExchange_Management_wec", 1), ("Security_short_selected", 7),
    ("issue_201", 1), ("new-user-security", 4), ("sysmon", 358),
  ].map { Sample(format: "windows-xml", path: "evtx/\($0).evtx", expectation: .count($1)) }

  /// The lines of a compressed file, or those that an event log is turned into; `nil`: libevtx is not there.
  static func unpacked(_ path: String) -> [UInt8]? {
    guard let log = try? DecompressedInput(path: path, limits: .standard) else { return nil }
    var lines: [UInt8] = []
    let room = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 16)
    defer { room.deallocate() }
    do {
      while true {
        let count = try log.read(into: room, count: 1 << 16)
        if count == 0 { return lines }
        lines += UnsafeBufferPointer(start: room, count: count)
      }
    } catch {
      // What was read before damage counts.
      print("\(error.message)")
      return error.code == .unsupported ? nil : lines
    }
  }
}

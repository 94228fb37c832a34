public import EventModel

/// Amazon S3's server access log.
///
/// `79a5… crm [06/Feb/2019:00:00:38 +0000] 192.0.2.7 arn:aws:iam::123456789012:user/sato 3E57427F3EXAMPLE REST.GET.OBJECT a.csv "GET /crm/a.csv HTTP/1.1" 200 - 113 113 7 5 "-" "aws-cli/2" -`
///
/// The object is bucket and key, without the escapes of a URL. Bytes are those sent. The log is written as well as it can be: a line may be
/// missing.
///
/// Source: Amazon S3 User Guide, "Amazon S3 server access log format".
public struct S3Access: LineFormat {
  public static let name = "aws-s3-access"
  public static let summary = "Amazon S3 server access log"
  public static let shape = "a bucket, a time in brackets, an operation REST.… and a quoted request"

  public let zone: TimeZoneRule

  public init(options: DecodeOptions, head: Span<UInt8>) { zone = options.zone }

  public static func read(
    _ line: RecordBytes,
    _ work: inout LineWork,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow? {
    var words = LineWords(line)
    guard words.skip(1), let bucket = words.next(), words.rest.hasPrefix(" ["),
      let stamp = words.next()
    else { throw DecodeError(.notThisFormat, at: words.place) }
    guard let time = work.clock.read(stamp, at: 0)?.time else { throw DecodeError(.badTime, at: 0) }
    guard let address = words.next(), let requester = words.next(), words.skip(1),
      let act = words.next(), let key = words.next(),
      words.rest.hasPrefix(" \"") || words.rest.hasPrefix(" -"),
      words.next() != nil, let status = words.next(), let error = words.next(),
      let bytes = words.next()
    else { throw DecodeError(.wrongFieldCount, at: words.place) }
    guard act.contains(0x2E) else { throw DecodeError(.notThisFormat, at: words.place) }
    var row = EventRow(time: time)
    row.account = names.internOften(requester.stated)
    row.terminal = names.internOften(address.stated)
    row.object = Self.object(bucket, key, &work.scratch, &names)
    let code = status.decimal(0..<status.count) ?? 0
    row.outcome =
      error.stated.isEmpty && code < 400 ? .success : .failure
    row.bytes = bytes.decimal(0..<bytes.count) ?? (code > 0 ? 0 : -1)
    row.operation = operation(act)
    if row.outcome == .failure, row.operation.returnsRecords {
      (row.operation, row.volume) = (.other, .none)
    }
    return row
  }

  /// `bucket/key`; the bucket where no object is named.
  private static func object(
    _ bucket: RecordBytes,
    _ key: RecordBytes,
    _ scratch: inout [UInt8],
    _ names: inout NameTable
  ) -> NameID {
    guard !key.stated.isEmpty else { return names.internOften(bucket) }
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: bucket)
    scratch.append(0x2F)
    let start = scratch.count
    scratch.append(contentsOf: key)
    // Keys are escaped, and what is not ASCII in them twice.
    for _ in 0..<2 where scratch[start...].contains(0x25) {
      var (from, to) = (start, start)
      while from < scratch.count {
        if scratch[from] == 0x25, from + 2 < scratch.count, let high = digit(scratch[from + 1]),
          let low = digit(scratch[from + 2])
        {
          let byte = high << 4 | low
          scratch[to] = byte == EventRow.objectSeparator ? 0x3F : byte
          from += 3
        } else {
          scratch[to] = scratch[from]
          from += 1
        }
        to += 1
      }
      scratch.removeLast(scratch.count - to)
    }
    return scratch.withUnsafeBufferPointer { names.intern($0) }
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46, 0x61...0x66: (byte | 0x20) - 0x57
    default: nil
    }
  }

  /// Of `REST.GET.OBJECT` and the like.
  private static func operation(_ act: RecordBytes) -> Operation {
    func holds(_ word: StaticString) -> Bool { HostAudit.find(word, act, 0..<act.count) != nil }
    if holds(".GET.OBJECT") || holds(".COPY.OBJECT_GET") || holds(".SELECT.") {
      return holds(".OBJECT_TAGGING") || holds(".OBJECT_LOCK") ? .other : .export
    }
    if holds(".GET.BUCKET") || holds(".LIST.") { return .other }
    return holds(".PUT.") || holds(".POST.") || holds(".DELETE.") || holds("BATCH.DELETE")
      || holds(".COPY.") ? .write : .other
  }
}

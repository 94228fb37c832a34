internal import BenchmarkInputs
internal import EventModel
internal import Ingest

/// A digest of all that a decoder made of its input: two versions that agree in it made the same of every record.
struct Digest {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  private mutating func add(_ word: UInt64) {
    let product = (value ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    value = product.high ^ product.low &+ 0x9E37_79B9_7F4A_7C15
  }

  private mutating func add(_ number: some BinaryInteger) {
    add(UInt64(truncatingIfNeeded: number))
  }

  mutating func add(_ batch: borrowing EventBatch) {
    for row in batch.rows {
      for id in [
        row.account, row.terminal, row.program, row.object, row.owner, row.ticket, row.destination,
      ] {
        add(batch.names.stableHash(of: id))
      }
      for number in [row.time, row.recordsLow, row.recordsHigh, row.bytes, row.offset] {
        add(number)
      }
      for number in [row.digest, row.statement, row.subject] { add(number) }
      add(UInt64(row.line) << 32 | UInt64(row.length))
      add(row.operation.rawValue)
      add(row.outcome.rawValue)
      add(row.quality.rawValue)
      add(row.flags.rawValue)
      add(UInt64(row.begins) << 8 | UInt64(row.continues))
    }
    for number in [
      batch.lineCount, batch.passedOver, batch.headerCount, batch.headerLines, batch.rejectedCount,
    ] {
      add(number)
    }
    for number in [batch.headerBytes, batch.rejectedBytes, batch.byteCount] { add(number) }
    for rejection in batch.rejections {
      add(rejection.offset)
      add(rejection.error.offset)
      add(rejection.error.reason.rawValue)
    }
    for record in batch.dated + batch.further {
      add(record.time)
      add(record.line)
    }
    for run in batch.serials.runs {
      add(run.session)
      for number in [run.firstNumber, run.lastNumber, run.firstTime, run.lastTime] { add(number) }
      for id in [run.firstAccount, run.lastAccount, run.terminal] {
        add(batch.names.stableHash(of: id))
      }
    }
  }
}

/// Prints the digest of what the format that claims a file makes of it.
func printDigest(of path: String, as named: (any LogFormat.Type)? = nil) {
  var head = Array(BenchmarkInputs.bytes(path).prefix(FileHead.size))
  if head.count == FileHead.size, let feed = head.lastIndex(of: 0x0A) {
    head.removeLast(head.count - feed - 1)
  }
  guard let format = named ?? FormatRegistry.best(head.span)?.format else {
    return print("\(path)\tno format")
  }
  var batch = EventBatch()
  var digest = Digest()
  let decoder = opened(format, head)
  var (rows, rejected) = (0, 0)
  for chunk in logChunks(format, path: path) {
    batch.removeAll()
    decoder.decode(chunk, into: &batch)
    digest.add(batch)
    rows += batch.rows.count
    rejected += batch.rejectedCount
  }
  print("\(path)\t\(format.name)\t\(rows)\t\(rejected)\t\(String(digest.value, radix: 16))")
}

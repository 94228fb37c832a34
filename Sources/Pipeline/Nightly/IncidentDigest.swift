internal import Detection
internal import EventModel

/// Tells whether an incident says something else than before.
///
/// Where evidence lies does not count: logs are renamed every night.
enum IncidentDigest {
  /// `namesOwners`: else owners and what bears their names is left out, and so is what no line of JSON tells.
  static func bytes(of incident: Incident, namesOwners: Bool = true) -> [UInt8] {
    var writer = StateWriter()
    func write(_ text: String) { writer.write(Array(text.utf8)) }
    func write(_ volume: Volume) {
      writer.write(volume.low)
      writer.write(volume.high)
      writer.write(UInt64(volume.quality.rawValue))
    }
    for text in [incident.id, incident.severity.name, incident.actor] { write(text) }
    for list in [
      incident.accounts, incident.persons, incident.terminals, incident.organisations,
    ] {
      writer.write(UInt64(list.count))
      for text in list { write(text) }
    }
    write(incident.records)
    writer.write(UInt64(incident.owners.count))
    for owner in incident.owners {
      if namesOwners { write(owner.owner) }
      write(owner.records)
      write(owner.subjects)
      if owner.late > 0 { writer.write(owner.late) }
      for time in [owner.first, owner.last] { writer.write(time.nanoseconds) }
    }
    for time in [incident.first, incident.last] { writer.write(time.nanoseconds) }
    let count = incident.authorisation
    for volume in [count.within, count.exceeded, count.late, count.none] { write(volume) }
    writer.write(incident.episodes)
    write(incident.confidence.name)
    if let lookUps = incident.lookUps { write(lookUps.records) }
    for candidate in incident.candidates {
      for text in [candidate.person, candidate.confidence.name] { write(text) }
    }
    for exception in incident.exceptions {
      write(exception.name)
      writer.write(UInt64(exception.isPierced ? 1 : 0))
    }
    writer.write(UInt64(incident.findings.count))
    for finding in incident.findings {
      write(namesOwners ? finding.id : finding.detector)
      for text in [finding.severity.name, finding.window] { write(text) }
      if namesOwners { write(finding.counter) }
      write(finding.value)
      for number in [
        finding.limit, finding.events, finding.time.nanoseconds, finding.peak.nanoseconds,
        finding.first.nanoseconds, finding.last.nanoseconds,
      ] { writer.write(number) }
      for item in finding.evidence where namesOwners { writer.write(item.digest) }
    }
    return SHA256(writer.bytes[...])?.bytes ?? []
  }
}

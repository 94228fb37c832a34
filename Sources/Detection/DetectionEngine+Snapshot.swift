public import Estate
public import EventModel

extension DetectionEngine {
  /// The whole state as bytes: restoring it and going on gives what no pause would have given.
  public func snapshot() -> [UInt8] {
    var bytes: [UInt8] = []
    snapshot { bytes += $0 }
    return bytes
  }

  /// The same, piece by piece: of many accounts and owners it takes hundreds of megabytes.
  public func snapshot<E: Error>(to take: ([UInt8]) throws(E) -> Void) throws(E) {
    var writer = StateWriter()
    writer.write(Array("OMETSUKE".utf8))
    writer.write(Self.formatVersion)
    writer.write(UInt64(names.count))
    for id in 1..<max(1, names.count) {
      writer.write(names.bytes(of: NameID(rawValue: UInt32(id))))
    }
    matcher.write(to: &writer)
    assembly.write(to: &writer)
    hosts.write(to: &writer)
    writer.write(UInt64(learntSizes.count))
    for entry in learntSizes.entries {
      writer.write(UInt64(entry.name.rawValue))
      writer.write(entry.size)
    }
    for shelf in keys.indices {
      writer.write(UInt64(keys[shelf].count))
      for (name, place) in keyPlaces[shelf].entries.sorted(by: { $0.place < $1.place }) {
        writer.write(UInt64(name))
        keys[shelf][place].write(to: &writer)
        try writer.pass(to: take)
      }
    }
    profiles.write(to: &writer)
    peers.write(to: &writer)
    writer.write(UInt64(findings.count))
    for finding in findings { finding.write(to: &writer) }
    let open = openFindings.sorted { $0.value < $1.value }
    writer.write(UInt64(open.count))
    for (_, place) in open { writer.write(place) }
    writer.write(UInt64(actors.count))
    for (key, actor) in actors.entries {
      writer.write(UInt64(key.kind.rawValue))
      writer.write(UInt64(key.name))
      writer.write(UInt64(key.terminal))
      actor.write(to: &writer)
    }
    for volume in [explained.within, explained.exceeded, explained.late, explained.none] {
      volume.write(to: &writer)
    }
    writer.write(overflowedKeys)
    routine.records.write(to: &writer)
    writer.write(UInt64(assumesBytes ? 1 : 0))
    for number in [routine.reads, routine.unknown, routine.unbounded] { writer.write(number) }
    // Since version 5.
    persons.write(to: &writer)
    matcher.writeLoose(to: &writer)
    peers.writeDays(to: &writer)
    weights.write(to: &writer)
    explainedBook.write(to: &writer)
    writer.write(Int64(latestSource))
    writer.write(Int64(earlyRows))
    writer.write(UInt64(hasSeveralSources ? 1 : 0))
    assembly.writeActs(to: &writer)
    derived.write(to: &writer)
    calls.write(to: &writer)
    devices.write(to: &writer)
    unlistedReads.write(to: &writer)
    twins.write(to: &writer)
    echoes.write(to: &writer)
    try writer.pass(to: take, atLeast: 0)
  }

  /// - Throws: `StateError` when the bytes are cut, damaged, or of another version.
  public init(
    restoring bytes: [UInt8],
    estate: DeclaredEstate,
    sources: [SourceDeclaration],
    detectors chosen: Set<String>?
  ) throws(StateError) {
    try self.init(
      restoring: StateReader(bytes),
      estate: estate,
      sources: sources,
      detectors: chosen
    )
  }

  /// Versions of the state that are read.
  public static var readableVersions: ClosedRange<UInt64> { oldestVersion...formatVersion }

  /// `others`: the detectors of the version that wrote it, in order; `nil`: those of this one.
  ///
  /// - Throws: `StateError` when the bytes are cut, damaged, or of another version, or when a finding is of a detector
  ///   that is no more.
  public init(
    restoring state: StateReader,
    estate: DeclaredEstate,
    sources: [SourceDeclaration],
    detectors chosen: Set<String>?,
    keptBy others: [String]? = nil
  ) throws(StateError) {
    self.init(estate: estate, sources: sources, detectors: chosen)
    var reader = state
    guard try reader.name() == Array("OMETSUKE".utf8) else { throw StateError(offset: 0) }
    let version = try reader.unsigned()
    guard Self.readableVersions.contains(version) else {
      throw StateError(offset: 0, version: version)
    }
    reader.version = version
    let detectors = DetectorRegistry.all.map { $0.name }
    reader.detectors = others?.map { detectors.firstIndex(of: $0) }
    let nameCount = try reader.count()
    for _ in 1..<max(1, nameCount) {
      let name = try reader.name()
      _ = name.withUnsafeBufferPointer { names.intern($0) }
    }
    guard names.count == max(1, nameCount) else { throw StateError(offset: 0) }
    reader.renamed = resolver.lookup.renamedOwners(estate, in: &names)
    try matcher.read(from: &reader, nameCount: names.count)
    assembly = try StatementAssembly(from: &reader)
    hosts = try HostBook(from: &reader)
    for _ in 0..<(try reader.count()) {
      let name = try knownName(from: &reader)
      learntSizes.learn(try reader.signed(), of: name)
    }
    for shelf in keys.indices {
      for place in 0..<(try reader.count()) {
        keyPlaces[shelf].set(try knownName(from: &reader).rawValue, to: place)
        keys[shelf].append(try KeyState(from: &reader))
      }
    }
    try profiles.read(from: &reader, nameCount: names.count)
    peers = try PeerBook(from: &reader)
    for _ in 0..<(try reader.count()) { findings.append(try FindingState(from: &reader)) }
    for _ in 0..<(try reader.count()) {
      let place = try reader.int()
      guard findings.indices.contains(place) else { throw StateError(offset: 0) }
      let finding = findings[place]
      guard DetectorRegistry.all.indices.contains(finding.detector) else {
        throw StateError(offset: 0)
      }
      let key = FindingKey(
        detector: finding.detector,
        kind: finding.kind,
        key: finding.key,
        owner: finding.owner,
        subkey: finding.subkey,
        actor: finding.actor
      )
      openFindings[key] = place
      if key.kind == .account {
        lastTold[key.ofAnybody] = max(lastTold[key.ofAnybody] ?? .min, finding.last)
      }
    }
    for _ in 0..<(try reader.count()) {
      let kind = ActorKey.Kind(rawValue: UInt8(truncatingIfNeeded: try reader.unsigned()))
      let key = ActorKey(
        kind: kind ?? .account,
        name: UInt32(truncatingIfNeeded: try reader.unsigned()),
        terminal: UInt32(truncatingIfNeeded: try reader.unsigned())
      )
      let actor = try ActorState(from: &reader)
      guard actor.findings.allSatisfy({ findings.indices.contains($0) }) else {
        throw StateError(offset: 0)
      }
      actors[key] = actor
    }
    explained.within = try Volume(from: &reader)
    explained.exceeded = try Volume(from: &reader)
    explained.late = try Volume(from: &reader)
    explained.none = try Volume(from: &reader)
    overflowedKeys = try reader.signed()
    routine.records = try Volume(from: &reader)
    assumesBytes = try reader.unsigned() == 1
    routine.reads = try reader.signed()
    routine.unknown = try reader.signed()
    routine.unbounded = try reader.signed()
    if version >= 5 {
      persons = try PersonBook(from: &reader)
      try matcher.readLoose(from: &reader, nameCount: names.count)
      try peers.readDays(from: &reader)
      weights = try PageWeights(from: &reader, nameCount: names.count)
      explainedBook = try ExplainedBook(from: &reader, nameCount: names.count)
      latestSource = Int32(truncatingIfNeeded: try reader.signed())
      earlyRows = Int32(truncatingIfNeeded: try reader.signed())
      hasSeveralSources = try reader.unsigned() == 1
      try assembly.readActs(from: &reader)
      derived = try DerivedRelations(from: &reader, names: &names)
      calls = try CallBook(from: &reader, nameCount: names.count)
      devices = try DeviceBook(from: &reader)
      // States of before they were kept end here, or between them.
      if !reader.isAtEnd {
        unlistedReads = try UnlistedReads(from: &reader, nameCount: names.count)
      }
      if !reader.isAtEnd { twins = try SourceTwins(from: &reader) }
      if version >= 6 { echoes = try Echoes(from: &reader) }
    }
    readmitActs()
    if declaresAccounts {
      for (name, _) in keyPlaces[0].entries { register(NameID(rawValue: name)) }
    }
    guard reader.isAtEnd else { throw StateError(offset: 0) }
  }

  /// A name of the restored table; another id has no name.
  private func knownName(from reader: inout StateReader) throws(StateError) -> NameID {
    let id = try reader.unsigned()
    guard id < UInt64(names.count) else { throw StateError(offset: 0) }
    return NameID(rawValue: UInt32(truncatingIfNeeded: id))
  }
}

/// How the estate is made. All names are invented; addresses are those for documentation (RFC 5737).
extension SimulatedEstate {
  static let placeWords: [Text] = [
    "Hoshimine", "Kazenami", "Yukihara", "Aomidori", "Kumonoe", "Shiosato", "Hanakage", "Tokimori",
    "Nagisawa", "Akatsukino", "Mizukagami", "Fuyuzora", "Harukazeno", "Natsumori", "Amagumo",
    "Isokaze", "Kohakuda", "Ruriyama", "Tsuyukusa", "Yuubae", "Sazanami", "Komorebi", "Kagerouno",
    "Hatsuyuki",
  ]

  private static let surnames: [Text] = [
    "Aokusa", "Beniyama", "Chigusano", "Douzono", "Ebisuno", "Fukamori", "Ginzawa", "Hiiragida",
    "Inaho", "Junikawa", "Karasuma", "Kurumano", "Mizorogi", "Nanaumi", "Oboroya", "Momosato",
    "Rindou", "Sagisawa", "Tobiume", "Utsugida", "Wakamizu", "Yamabuki", "Zengono", "Asatsuki",
    "Botanda", "Enokida", "Fujibayasu", "Hagiwaki",
  ]
  private static let givenNames: [Text] = [
    "Haruka", "Shin", "Mio", "Ren", "Kaoru", "Yuji", "Rin", "Jiro", "Hana", "Akira", "Nao", "Sora",
  ]

  /// Sizes as published of sixteen owners in the case.
  ///
  /// Some 900 to 4 million, the median 45,000, the largest more than two fifths of all. Each but the
  /// ends and the middle moves by a twelfth.
  private static let sizes = [
    900, 1_200, 2_600, 4_100, 6_800, 9_500, 21_000, 40_000, 50_000, 72_000, 95_000, 180_000,
    420_000, 1_100_000, 2_600_000, 4_000_000,
  ]
  private static let kinds: [(name: Text, alias: Text, sector: SimulatedOwner.Sector)] = [
    ("Village", "村", .localGovernment), ("Town", "町", .localGovernment),
    ("Town", "町", .localGovernment), ("Kenpo", "健保", .agency),
    ("City", "市", .localGovernment), ("Kodomo", "学習会", .privately),
    ("City", "市", .localGovernment), ("Tsuhan", "通販", .privately), ("Gas", "ガス", .privately),
    ("Shien Kiko", "支援機構", .agency), ("Unyu", "運輸", .privately), ("Hoken", "保険", .privately),
    ("Prefecture", "県", .localGovernment), ("Card", "カード", .privately),
    ("Denryoku", "電力", .privately), ("Telecom", "通信", .privately),
  ]

  func makeOwners(words: [Text], _ random: inout RandomStream) {
    for (index, size) in Self.sizes.enumerated() {
      let kind = Self.kinds[index]
      let isFixed = [0, 7, 8, 15].contains(index)
      let delivered = isFixed ? size : size + random.between(-size / 12, size / 12)
      let name: Text = "\(words[index]) \(kind.name)"
      let slug = Text(
        bytes: name.bytes.map { $0 == 0x20 ? 0x2D : $0 | 0x20 }
      )
      let code: [UInt8] = [0x41 + UInt8(index), 0x41 + words[index].bytes[0] % 26]
      owners.append(
        SimulatedOwner(
          name: name,
          alias: "\(words[index])\(kind.alias)",
          slug: slug,
          code: Text(bytes: code),
          sector: kind.sector,
          delivered: delivered
        )
      )
    }
    // One small owner never consented to the provider.
    owners[random.between(1, 3)].isConsented = false
  }

  func makeServers() {
    func server(_ name: Text, _ last: Int) -> Int {
      addTerminal(.init(name: name, address: "192.0.2.\(last)", house: .provider))
    }
    databaseHost = server("crmdb01", 11)
    telephonyHost = server("ctidb01", 12)
    backupHost = server("bkp01", 15)
    reportHost = server("report01", 16)
    fileHost = server("files01", 17)
    mediaHost = server("media01", 18)
    testHost = server("test01", 19)
    newDatabaseHost = server("crmdb02", 20)
    applicationHost = server("app01", 21)
  }

  /// Agents make up what the others leave; supervisors one to fifteen accounts.
  func makeStaff(_ number: Int, _ random: inout RandomStream) {
    let surnames = Self.shuffled(Self.surnames, &random)
    let turn = random.below(Self.givenNames.count)
    func person(_ index: Int) -> Text {
      "\(surnames[index % surnames.count]) \(Self.givenNames[(turn + index * 5) % Self.givenNames.count])"
    }
    let admins = min(15, max(4, number / 6))
    let leads = max(2, number / 15)
    for index in 0..<max(2, number - admins - leads - 6) {
      // More agents than seats sit in shifts.
      let seat = index % 440
      if seat == index {
        let block = seat < 240
        let address: Text = block ? "198.51.100.\(seat + 1)" : "203.0.113.\(seat - 239)"
        _ = addTerminal(
          .init(name: "op-pc\(seat + 1, digits: 3)", address: address, house: .contractor)
        )
      }
      let name: Text = "op\(index + 1, digits: 3)"
      let terminal = terminals.count - 1 - (min(index, 439) - seat)
      agents.append(
        addAccount(.init(name: name, role: .agent, house: .contractor, terminal: terminal))
      )
    }
    for index in 0..<leads {
      let terminal = addTerminal(
        .init(
          name: "sv-pc\(index + 1, digits: 2)",
          address: "192.0.2.\(131 + index % 60)",
          house: .contractor
        )
      )
      supervisors.append(
        addAccount(
          .init(
            name: "sup\(index + 1, digits: 2)",
            role: .supervisor,
            house: .contractor,
            person: index < 6 ? person(20 + index) : "",
            terminal: terminal
          )
        )
      )
    }
    let desk = addTerminal(.init(name: "qa-pc01", address: "192.0.2.201", house: .contractor))
    reviewer = addAccount(
      .init(name: "qa01", role: .reviewer, house: .contractor, person: person(26), terminal: desk)
    )
    makeMaintenance(admins, person)
  }

  private func makeMaintenance(_ number: Int, _ person: (Int) -> Text) {
    for index in 0..<number + 2 {
      let isDatabase = index >= number
      let who = person(index)
      let surname = Text(bytes: who.bytes.prefix { $0 != 0x20 }.map { $0 | 0x20 })
      let terminal = addTerminal(
        .init(
          name: isDatabase
            ? "dba-pc0\(index - number + 1)" : "mnt-pc\(index + 1, digits: 2)",
          address: "192.0.2.\(41 + index)",
          house: .provider,
          person: who
        )
      )
      let account = addAccount(
        .init(
          name: isDatabase ? "dba.\(surname)" : "adm.\(surname)",
          role: isDatabase ? .database : .administrator,
          // One in four is sent by the agency.
          house: !isDatabase && index % 4 == 3 ? .agency : .provider,
          person: who,
          terminal: terminal
        )
      )
      if isDatabase {
        databaseAdministrators.append(account)
      } else {
        administrators.append(account)
      }
    }
    let names: [Text] = ["sysadmin", "maint", "root_ops"]
    for (index, name) in names.enumerated() {
      let members = (0..<3).map { accounts[administrators[(index * 3 + $0) % number]] }
      shared.append(
        addAccount(
          .init(
            name: name,
            role: .administrator,
            house: .provider,
            persons: members.map(\.person),
            terminal: members[0].terminal
          )
        )
      )
    }
  }

  /// Run on the contractor's order.
  func makeServices() {
    func service(_ name: Text, _ terminal: Int) -> Int {
      addAccount(.init(name: name, role: .service, house: .contractor, terminal: terminal))
    }
    backup = service("batch_backup", databaseHost)
    report = service("report_bot", reportHost)
    media = service("batch_media", mediaHost)
    application = service("app_crm", applicationHost)
    jobs = [
      .init(
        name: "nightly backup of the CRM",
        account: "batch_backup",
        program: "pg_dump",
        terminal: "crmdb01",
        window: "01:30-05:00"
      ),
      .init(
        name: "nightly backup of the CTI",
        account: "batch_backup",
        terminal: "bkp01",
        window: "01:30-05:00"
      ),
      .init(name: "call reports", account: "report_bot", terminal: "report01"),
      .init(
        name: "monthly media to owners",
        account: "batch_media",
        program: "media-job",
        terminal: "media01",
        window: "20:00-23:59"
      ),
    ]
  }
}

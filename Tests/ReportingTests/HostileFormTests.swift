import Estate
import EventModel
import Foundation
import Testing

@testable import Reporting

/// What a log says is harmless in the reports that are of no incident, in messages and in what a terminal shows.
@Suite struct HostileFormTests {
  private let forms = HostileDocumentTests()

  private static func hostile(_ text: String, besides allowed: String) -> Unicode.Scalar? {
    text.unicodeScalars.first {
      SafeText.isHostile($0) && !allowed.unicodeScalars.contains($0)
    }
  }

  private static let period = QuarterFacts.period(of: "2024-Q2") ?? 0...0

  private static func account(_ name: String) -> CoverageAccount {
    var account = CoverageAccount(period: period)
    var source = CoverageAccount.Source(name: name, format: name)
    source.days = period.map { CoverageAccount.Day(day: $0, state: $0 % 9 == 0 ? .gap : .seen) }
    account.sources = [source]
    return account
  }

  private static func act(_ name: String, _ kind: TriageAct.Kind) -> TriageAct {
    var act = TriageAct(
      id: name,
      kind: kind,
      by: name,
      text: name,
      author: name,
      time: DocumentSamples.noon
    )
    (act.refersTo, act.owner) = (name, name)
    return act
  }

  /// A quarter, a certificate, an answer and a list for notification in which every text is the name.
  private static func documents(_ name: String, _ language: DocumentStyle.Language) -> [Document] {
    let style = DocumentStyle(language)
    var story = DocumentSamples.story(name, owner: name)
    story.acts = TriageAct.Kind.allCases.map { act(name, $0) }
    var facts = QuarterFacts(name: "2024-Q2", period: period, coverage: account(name))
    var day = HandlingDay(day: period.lowerBound, account: name, owner: name)
    (day.records, day.unexplained, day.hasExport) = (.exactly(5_000), 5_000, true)
    facts.days = [day]
    facts.incidents = [story.state]
    facts.devices = DeviceUses(
      uses: [
        DeviceUse(
          terminal: name,
          texts: [name],
          isStorage: true,
          attachments: 2,
          first: DocumentSamples.noon,
          last: DocumentSamples.noon
        )
      ],
      leftOut: 0
    )
    facts.digests = [InquiryAnswer.Digest(name: name, sha256: name)]
    var notes = DocumentSamples.notes(name)
    var section = ReportNotes.Section()
    for key in ["executive", "retention", "notices", "enquiries", "damage", "corrections"] {
      section.texts[key] = [name]
    }
    for key in ["checklist", "self-test", "media", "other-contractors", "measures"] {
      section.records[key] = [
        ["item": name, "measure": name, "device": name, "organisation": name, "state": name]
      ]
    }
    notes.quarters["2024-Q2"] = section
    let quarter = QuarterDocument(facts, before: nil, DocumentSamples.estate(), notes, style: style)
    var answer = InquiryAnswer(owner: name, period: period, coverage: account(name))
    (answer.examiner, answer.digests) = (name, facts.digests)
    var handler = InquiryAnswer.Handler(name: name)
    (handler.first, handler.last) = (period.lowerBound, period.upperBound)
    answer.accounts = [handler]
    answer.tickets = [
      InquiryAnswer.Ticket(
        id: name,
        account: name,
        records: 1,
        most: nil,
        last: DocumentSamples.noon
      )
    ]
    answer.unregistered = [name]
    let notification = NotificationDocument(
      owner: name,
      incident: story.incident,
      subjects: CaseDocument.SubjectReferences(values: [1, 2, 3], isComplete: false),
      delivered: nil,
      style: style
    )
    return [
      quarter.document(),
      CoverageDocument(account(name), digests: facts.digests, style: style).document(),
      InquiryDocument(answer, DocumentSamples.estate(), style: style).document(),
      notification.document(),
    ]
  }

  @Test(arguments: 1...HostileSeeds.count)
  func `hostile names are harmless in every report and form`(seed: Int) throws {
    let language = seed % 2 == 0 ? DocumentStyle.Language.japanese : .english
    let name = HostileDocumentTests.name(UInt64(seed))
    let documents = Self.documents(name, language)
    for document in documents {
      try forms.checkForms(document)
      // A name need not be seen where it is cut; that it is there somewhere shows that something was tested.
      #expect(document.render(.json)?.isEmpty == false)
    }
    // Each takes a process of its own.
    if seed % 5 == 1 {
      for document in documents { try forms.checkSpreadsheet(document, least: 3) }
    }
  }

  @Test func `a mark that joins the letter before it does not join what a name stands in`() throws {
    #expect(SafeText.name("\u{301}e\u{301}") == "\\u{0301}e\u{301}")
    for document in Self.documents("\u{301}\u{301}x", .japanese) { try forms.checkForms(document) }
  }

  /// The text of a mail and its subject, as a reader decodes them.
  private static func decoded(_ mail: String) throws -> [String] {
    let parts = mail.split(separator: "\r\n\r\n", maxSplits: 1)
    func plain(_ text: String) throws -> String {
      let data = try #require(Data(base64Encoded: text, options: .ignoreUnknownCharacters))
      return try #require(String(data: data, encoding: .utf8))
    }
    let subject = try parts[0].matches(of: /=\?UTF-8\?B\?([^?]*)\?=/).map {
      try plain(String($0.1))
    }
    return [subject.joined(), try plain(String(parts[1]))]
  }

  @Test(arguments: 1...HostileSeeds.count)
  func `hostile names are harmless in what sinks, the terminal and files of lines are given`(
    seed: Int
  ) throws {
    try check(HostileDocumentTests.name(UInt64(seed)))
  }

  /// Of a record of 10 MB both ends are kept, and each name is cut where it is shown.
  @Test func `a name of a hundred kilobytes is harmless and short in each of them`() throws {
    try check(String(repeating: "=<b>\u{202e}\u{1b}[31m名", count: 8_000), most: 200_000)
  }

  @Test(arguments: ["'", "'=", " '", "=", "x ", "',\u{202e}="])
  func `what is cut before it is marked is what was marked before it was cut`(piece: String) {
    for length in [198, 199, 200, 201, 202, 203, 260] {
      for tail in ["=1", "x", "'=1", " =1", "'"] {
        let text = String(
          String.UnicodeScalarView(
            String(repeating: piece, count: length).unicodeScalars.prefix(length)
          )
        )
        let whole = text + tail
        #expect(
          SafeText.name(whole)
            == SafeText.escaped(SafeText.marked(whole), limit: SafeText.nameLimit)
        )
      }
    }
  }

  private func check(_ name: String, most: Int = .max) throws {
    let story = DocumentSamples.story(name, owner: name)
    let report = ReportSamples.report(name: name)
    var texts: [(kind: String, text: String, allowed: String)] = []
    for language in ReportOptions.Language.allCases {
      var options = ReportOptions()
      options.language = language
      for type in ReporterRegistry.all {
        texts.append((type.name, type.init(options: options).render(report), "\n"))
      }
    }
    for language in DocumentStyle.Language.allCases {
      var state = story.state
      state.acts = TriageAct.Kind.allCases.map { Self.act(name, $0) }
      var shown = story
      shown.acts = state.acts
      let triage = TriageText(DocumentStyle(language))
      texts.append(("triage list", triage.list([state], isAll: true), "\n"))
      texts.append(("triage show", triage.show(shown), "\n"))
    }
    let context = MessageContext(
      program: "ometsuke 1.2.3",
      host: name,
      coverage: Coverage(),
      now: DocumentSamples.noon
    )
    for incident in [story.incident, report.incidents[0]] {
      for finding in incident.findings {
        for record in FindingRecord.allCases {
          texts.append(
            (record.rawValue, record.line(of: finding, in: incident, context), "\t")
          )
        }
        for payload in [SyslogMessage.Payload.text, .cef, .leef] {
          let line = SyslogMessage.line(
            of: finding,
            in: incident,
            context,
            payload: payload,
            facility: 16,
            enterprise: 32_473
          )
          texts.append(("syslog \(payload)", line, payload == .leef ? "\t" : ""))
        }
        let splunk = SplunkEvent.line(
          of: finding,
          in: incident,
          context,
          index: nil,
          source: "ometsuke",
          sourceType: "s"
        )
        texts.append(("splunk", splunk, ""))
      }
      for body in WebhookBody.allCases {
        let text = body.body(of: incident, context)
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
        texts.append(("webhook \(body)", text, ""))
      }
      let mail = MailMessage.text(
        of: incident,
        context,
        from: "a@example.com",
        to: ["b@example.com"]
      )
      texts.append(("mail", mail, "\r\n"))
      for (place, part) in try Self.decoded(mail).enumerated() {
        texts.append(("mail, decoded", part, place == 0 ? "" : "\n"))
      }
    }
    for (kind, text, allowed) in texts {
      let found = Self.hostile(text, besides: allowed)
      #expect(found == nil, "\(kind): \(String(describing: found))")
      #expect(text.utf8.count <= most, "\(kind): \(text.utf8.count) bytes")
    }
  }
}

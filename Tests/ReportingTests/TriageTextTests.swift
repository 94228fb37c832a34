import EventModel
import Testing

@testable import Reporting

/// What people decided is told where they look, with days as the language writes them.
@Suite struct TriageTextTests {
  private static func act(_ kind: TriageAct.Kind, until: String? = nil) -> TriageAct {
    let story = DocumentSamples.story()
    var act = TriageAct(
      id: story.incident.id,
      kind: kind,
      by: "Noguchi",
      text: "x",
      author: "uid 7",
      time: DocumentSamples.noon
    )
    act.until = until
    return act
  }

  private static func words(_ language: DocumentStyle.Language, era: Bool = false) -> TriageText {
    var style = DocumentStyle(language)
    style.usesEra = era
    var words = TriageText(style)
    words.now = Timestamp(
      nanoseconds: DocumentSamples.noon.nanoseconds + 86_400 * Timestamp.nanosecondsPerSecond
    )
    return words
  }

  private static func list(_ acts: [TriageAct], _ language: DocumentStyle.Language) -> String {
    var state = QuarterFacts.IncidentState(
      DocumentSamples.story().incident,
      detected: DocumentSamples.noon
    )
    state.acts = acts
    return words(language).list([state], isAll: false)
  }

  @Test func `the list says what a person holds it to be, and that it waits`() {
    let acts = [Self.act(.suspected), Self.act(.comment)]
    #expect(
      Self.list(acts, .english).contains(
        "suspected by Noguchi; final decision waits for 1 d 0 h; last: comment"
      )
    )
    #expect(Self.list(acts, .japanese).contains("疑いあり・判断者 Noguchi、最終判断待ち・経過 1 日 0 時間、直近:所見"))
    #expect(
      Self.list([Self.act(.underReview)], .english).contains(
        "under review by Noguchi; final decision waits"
      )
    )
    #expect(!Self.list([Self.act(.comment)], .english).contains("suspected by"))
    #expect(Self.list([Self.act(.comment)], .english).contains("undecided for 1 d"))
  }

  @Test func `what is suspected again after it was settled waits again`() {
    let acts = [Self.act(.confirmed), Self.act(.suspected)]
    var state = QuarterFacts.IncidentState(
      DocumentSamples.story().incident,
      detected: DocumentSamples.noon
    )
    state.acts = acts
    #expect(state.openness(today: nil) == .undecided)
    #expect(state.standing == nil)
    #expect(Self.list(acts, .english).contains("suspected by Noguchi; final decision waits"))
  }

  @Test func `the day up to which something is legitimate is written as the language writes days`()
  {
    let act = Self.act(.legitimate, until: "2024-06-30")
    var story = DocumentSamples.story()
    story.acts = [act]
    #expect(Self.words(.japanese).show(story).contains("期限 2024年6月30日"))
    #expect(Self.words(.japanese, era: true).show(story).contains("期限 令和6年6月30日"))
    #expect(Self.words(.english).show(story).contains("until 2024-06-30"))
    for (era, wanted) in [(false, "正当な取扱い(2024年6月30日まで)"), (true, "正当な取扱い(令和6年6月30日まで)")] {
      var style = DocumentStyle(.japanese)
      style.usesEra = era
      let maker = CaseDocument(
        story,
        DocumentSamples.estate(),
        DocumentSamples.notes("x"),
        style: style
      )
      #expect(maker.decided?.contains(wanted) == true, "\(maker.decided ?? "")")
      let page = maker.document().render(.markdown) ?? ""
      #expect(!page.contains("2024-06-30"))
    }
  }

  @Test func `days in a finding's Japanese sentence are in eras on request, in no name`() {
    var finding = Finding(
      id: "1",
      detector: "audit-silence",
      severity: .low,
      time: DocumentSamples.noon
    )
    finding.counter = "source 2019年4月1日"
    finding.message = "source 2019年4月1日 is silent on 1 day it should not be: 2026-03-01"
    let days = ("2026年3月1日、2026年13月1日 12:00 2019年4月30日", "令和8年3月1日、2026年13月1日 12:00 平成31年4月30日")
    finding.messageJapanese = "記録元 2019年4月1日: 記録のない日 3 日: " + days.0
    var story = DocumentSamples.story()
    story.incident.findings = [finding]
    for (era, wanted) in [(false, days.0), (true, days.1)] {
      let sentence = "記録元 2019年4月1日: 記録のない日 3 日: " + wanted
      #expect(Self.words(.japanese, era: era).show(story).contains(sentence))
      var style = DocumentStyle(.japanese)
      style.usesEra = era
      let notes = DocumentSamples.notes("x")
      let page = CaseDocument(story, DocumentSamples.estate(), notes, style: style).document()
      #expect(page.render(.markdown)?.contains(sentence) == true)
    }
    #expect(Self.words(.english, era: true).show(story).contains(finding.message))
  }
}

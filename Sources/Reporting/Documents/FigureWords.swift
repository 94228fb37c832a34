internal import EventModel

/// The words for a figure that a version of a report is known by, whatever kind of report it is.
struct FigureWords {
  let kind: String
  let style: DocumentStyle

  /// Before the owner's name, of the figure that people have confirmed.
  static let confirmedPrefix = "confirmed/"
  /// Before the owner's name: records read, and the first and last of them in seconds since 1970.
  static let recordsPrefix = "records/"
  static let firstPrefix = "first/"
  static let lastPrefix = "last/"

  /// Whether a version may know nothing of it because the program did not yet note it, or the owner is new: the figure
  /// of persons tells of an owner that came or went.
  func isBeside(_ figure: IssuedReport.Figure) -> Bool {
    guard ["incident", "owner"].contains(kind) else { return false }
    return [Self.recordsPrefix, Self.firstPrefix, Self.lastPrefix].contains {
      figure.name.hasPrefix($0)
    }
  }

  func name(_ figure: IssuedReport.Figure) -> String {
    let name = figure.name
    switch kind {
    case "quarterly":
      if MeasureFigures.isMeasure(figure) { return MeasureFigures.words(figure, style) }
      return name == MeasureFigures.count
        ? style.pick("measures", "対策") : style.pick("records of its incidents", "事案の件数")
    case "notification": return style.term(name)
    case "inquiry":
      return switch name {
      case "conclusion": style.term("conclusion")
      case "known_permille": style.term("coverage")
      default: style.term("takings") + " " + name.dropFirst("taking/".count)
      }
    case "coverage":
      return switch name {
      case "known_permille": style.term("coverage")
      case "source_days": style.pick("source-days expected", "記録元×日")
      case "gap_days":
        style.pick("source-days without a line to rely on", "依拠できる記録のない記録元×日")
      case "breaches": style.pick("logs altered since they were sealed", "封印後に改変された記録")
      default: name
      }
    default:
      func told(_ owner: Substring) -> String {
        owner.isEmpty ? style.pick("(owner unknown)", "(委託元不明)") : String(owner)
      }
      let words = [
        (Self.confirmedPrefix, style.pick("confirmed", "確認件数")),
        (Self.recordsPrefix, style.pick("records read", "延べ件数")),
        (Self.firstPrefix, style.pick("first", "最初の発生")),
        (Self.lastPrefix, style.pick("last", "最後の発生")),
      ]
      for (prefix, word) in words where name.hasPrefix(prefix) {
        return told(name.dropFirst(prefix.count)) + style.pick(", ", "・") + word
      }
      return told(name[...])
    }
  }

  func value(_ figure: IssuedReport.Figure) -> String {
    switch (kind, figure.name) {
    case ("inquiry", "conclusion"):
      let all = InquiryDocument.conclusions
      return style.conclusion(all[min(all.count - 1, max(0, Int(clamping: figure.low)))])
    case (_, "known_permille"): return TextNumbers.percent(permille: figure.low)
    case ("quarterly", MeasureFigures.count): return NumberText.grouped(figure.low)
    case ("quarterly", _) where MeasureFigures.isMeasure(figure):
      return MeasureFigures.status(figure) ?? style.unknown
    case ("coverage", _): return NumberText.grouped(figure.low)
    case ("incident", _), ("owner", _):
      guard figure.name.hasPrefix(Self.firstPrefix) || figure.name.hasPrefix(Self.lastPrefix)
      else { return VersionFields.interval(figure, style) }
      return style.time(Timestamp(seconds: figure.low))
    default: return VersionFields.interval(figure, style)
    }
  }

  /// What a report is called in a list of reports.
  var title: String {
    switch kind {
    case "incident": style.pick("incident", "事案報告")
    case "owner": style.pick("owner's report", "委託元別報告")
    case "inquiry": style.pick("answer to an inquiry", "照会への回答")
    case "quarterly": style.pick("quarterly report", "四半期監督報告")
    case "coverage": style.pick("certificate of coverage", "記録の範囲の証明")
    case "notification": style.pick("list for notification", "本人通知用一覧")
    default: kind
    }
  }
}

extension VersionFields {
  /// Why a version that was issued differs from the one before it: the word of who issued it, and its figures.
  static func reasons(
    of report: IssuedReport,
    among issued: [IssuedReport],
    _ style: DocumentStyle
  ) -> [Cell] {
    let words = FigureWords(kind: report.kind, style: style)
    return VersionFields(
      issue: report,
      previous: issued.last {
        $0.kind == report.kind && $0.subject == report.subject && $0.owner == report.owner
          && $0.version < report.version
      },
      figures: report.figures,
      now: report.time,
      style: style,
      words: words
    ).reasons
  }
}

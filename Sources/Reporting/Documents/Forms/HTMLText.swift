/// Text made fit for HTML: no character of it opens an element, an attribute or a reference.
enum HTMLText {
  static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { "&<>\"'`".utf8.contains($0) }) else { return text }
    var safe = ""
    safe.reserveCapacity(text.utf8.count + 16)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      case "`": safe += "&#96;"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }
}

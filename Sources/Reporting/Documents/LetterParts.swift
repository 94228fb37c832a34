/// One letter that stands for several, and the plain letter under an accent, where names of owners are compared.
///
/// What Unicode's forms NFD and NFKC make alike and names are written with: accents of Latin, Greek and Cyrillic, Hangul,
/// ligatures, ideographs in brackets; and `ß`, whose capitals are `SS`. Source: Unicode Standard Annex 15, and
/// section 3.12 of the Standard for Hangul.
enum LetterParts {
  /// `nil`: it stands for itself.
  static func of(_ scalar: UInt32) -> [UInt32]? {
    switch scalar {
    case ..<0xDF: nil
    case 0xDF, 0x1E9E: [0x73, 0x73]
    case 0x3220...0x3243: [0x28, bracketed[Int(scalar - 0x3220)], 0x29]
    case 0x337F: company
    case 0xAC00...0xD7A3: hangul(scalar - 0xAC00)
    case 0xFB00...0xFB06: ligatures[Int(scalar - 0xFB00)]
    default: nil
    }
  }

  /// Of a small letter the one without its accent, or itself.
  static func base(of scalar: UInt32) -> UInt32 {
    switch scalar {
    case 0xC0...0x24F, 0x1E00...0x1EFF: latin(scalar)
    default: others[scalar] ?? scalar
    }
  }

  /// `㈠` to `㉃`, in their order.
  private static let bracketed = "一二三四五六七八九十月火水木金土日株有社名特財祝労代呼学監企資協祭休自至"
    .unicodeScalars.map(\.value)

  private static let company = "株式会社".unicodeScalars.map(\.value)

  private static let ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"]
    .map { $0.unicodeScalars.map(\.value) }

  /// A syllable as its two or three letters.
  private static func hangul(_ place: UInt32) -> [UInt32] {
    let last = place % 28
    return [0x1100 + place / 588, 0x1161 + place % 588 / 28] + (last > 0 ? [0x11A7 + last] : [])
  }

  /// By its name: `LATIN SMALL LETTER E WITH ACUTE`.
  private static func latin(_ scalar: UInt32) -> UInt32 {
    let words = Unicode.Scalar(scalar)?.properties.name?.split(separator: " ") ?? []
    guard words.count > 4, words[4] == "WITH", words[3].utf8.count == 1,
      let letter = words[3].utf8.first
    else { return scalar }
    return UInt32(letter) + 0x20
  }

  private static let others: [UInt32: UInt32] = {
    let (marked, plain) = ("άέήίόύώϊϋΐΰςйёїўѓќ", "αεηιουωιυιυσиеіугк")
    return Dictionary(
      uniqueKeysWithValues: zip(
        marked.unicodeScalars.map(\.value),
        plain.unicodeScalars.map(\.value)
      )
    )
  }()
}

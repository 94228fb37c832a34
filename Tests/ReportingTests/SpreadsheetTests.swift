import EventModel
import Foundation
import Testing

@testable import Reporting

/// What a table of a workbook says of what nobody knows.
@Suite struct SpreadsheetTests {
  /// The cells of the sheet that has a table of these columns, row by row, as texts.
  private static let reader = """
    import json, sys, zipfile
    import xml.etree.ElementTree as tree
    book = zipfile.ZipFile(sys.argv[1])
    shared = [''.join(node.itertext()) for node in tree.fromstring(book.read('xl/sharedStrings.xml'))]
    rows = []
    for row in tree.fromstring(book.read('xl/worksheets/sheet1.xml')).iter():
        if row.tag.endswith('}row'):
            values = []
            for cell in row:
                text = ''.join(cell.itertext())
                values.append(shared[int(text)] if cell.get('t') == 's' else text)
            rows.append(values)
    print(json.dumps(rows))
    """

  @Test(arguments: DocumentStyle.Language.allCases)
  func `an unknown cell of a table says so`(language: DocumentStyle.Language) throws {
    let document = DocumentSamples.document("x", language)
    let path = FileManager.default.temporaryDirectory.path + "/unknown-\(UUID().uuidString).xlsx"
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(document.writeSpreadsheet(to: path, table: "per_owner") == nil)
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.reader, path]
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let rows = try #require(try JSONSerialization.jsonObject(with: data) as? [[String]])
    // The row of records of an owner unknown: nobody has delivered them.
    let row = try #require(rows.first { $0.first == document.style.term("owner_unknown") })
    #expect(row[1] == document.style.unknown && row[2] == document.style.unknown, "\(row)")
  }
}

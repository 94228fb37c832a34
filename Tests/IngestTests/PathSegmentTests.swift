import EventModel
import Testing

@testable import Ingest

struct PathSegmentTests {
  func read(_ path: String) -> (object: String, operation: EventModel.Operation) {
    var (classifier, names) = (RequestClassifier(), NameTable())
    let (method, bytes) = (Array("GET".utf8), Array(path.utf8))
    let reading = method.withUnsafeBufferPointer { method in
      bytes.withUnsafeBufferPointer {
        classifier.read(method: method, path: $0, escaped: false, into: &names)
      }
    }
    return (String(decoding: names.bytes(of: reading.object), as: UTF8.self), reading.operation)
  }

  @Test(
    "One resource has one name, however its path was written",
    arguments: [
      "/acme/export", "/%61cme/export", "/owner/../acme/export", "/owner/%2e%2E/acme/export",
      "//acme///export", "/./acme/./export", "/acme%2Fexport", "/acme;jsessionid=1/export;x=2",
      "/..;/acme/export", "/static/a.css/../../acme/%65xport", "/../../acme/export?x=/../",
    ]
  )
  func names(_ path: String) {
    #expect(read(path) == ("/acme/export", .export), "\(path)")
  }

  @Test func `What is escaped otherwise stays as it was written`() {
    #expect(read("/a%20b/%E3%81%82").object == "/a%20b/%E3%81%82")
    #expect(read("/a%252e/%zz/%").object == "/a%252e/%zz/%")
    #expect(read("/acme/export/").object == "/acme/export/")
    #expect(read("/..").object == "/" && read("/.well-known/x").object == "/.well-known/x")
    #expect(read("/export/../acme").operation == .read)
  }
}

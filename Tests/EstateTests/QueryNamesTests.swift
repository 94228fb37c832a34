import Testing

@testable import Estate

struct QueryNamesTests {
  @Test func `names of parameters are those before an equals sign in patterns`() {
    var estate = DeclaredEstate()
    var dataset = Dataset(name: "mutual")
    dataset.patterns = [
      Pattern("*/export.csv?*Tenant=mutual*"), Pattern("*&list=5"), Pattern("a.b"), Pattern("*="),
    ]
    estate.datasets = [dataset]
    #expect(estate.queryNames == ["list", "tenant"].map { Array($0.utf8) })
  }
}

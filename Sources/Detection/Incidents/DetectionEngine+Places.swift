public import EventModel

extension DetectionEngine {
  /// The lines that findings point to.
  public var evidencePlaces: Set<LinePlace> {
    var places: Set<LinePlace> = []
    for finding in findings {
      for place in finding.places { places.insert(place.linePlace) }
    }
    return places
  }
}

extension FindingState.Place {
  var linePlace: LinePlace { LinePlace(file: file, length: length, offset: offset) }
}

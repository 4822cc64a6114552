import Configuration
import Testing

@Suite struct HostPlacesTests {
    @Test(
        arguments: [
            (1, nil), (2, nil), (3, "SHOP"), (4, "SHOP"), (5, "SHOP"), (6, "Host2"), (7, "Host2"),
            (8, nil), (9, nil), (10, nil),
        ] as [(Int, String?)])
    func aPlaceBelongsToTheHostOfItsSection(_ line: Int, _ tag: String?) {
        let text = """
            [Server]
            HostTag=NONE
            [IcsHost1]
             hosttag = SHOP
            nokey=1
            [Host2]
            HostTag=
            [Nonsense1]
            HostTag=NONE
            """
        let places = HostPlaces([SourceText(file: "c", bytes: Array(text.utf8))])
        #expect(places.tag(at: SourceLocation(file: "c", line: line, column: 1)) == tag)
        #expect(places.tag(at: SourceLocation(file: "d", line: line, column: 1)) == nil)
    }
}

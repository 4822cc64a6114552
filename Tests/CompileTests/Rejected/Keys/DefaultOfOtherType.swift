// A default has the type of its key.
import HandlerAPI

enum Keys {
    static let patience = HandlerKey(
        // error: cannot convert value of type 'String' to expected argument type 'Duration'
        "Patience", .duration(upTo: .seconds(60)), default: "5s", help: "A time.")
}

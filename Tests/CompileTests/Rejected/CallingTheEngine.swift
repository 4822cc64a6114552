// What only the engine calls.
import HandlerAPI

func cork(_ client: Client) {
    // error: inaccessible due to 'package' protection level
    client.reference.core.cork()
}

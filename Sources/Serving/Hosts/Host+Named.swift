internal import Configuration

extension Host: OperatorNamed {}
extension HostStatus: OperatorNamed {}

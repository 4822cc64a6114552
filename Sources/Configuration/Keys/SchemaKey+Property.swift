/// Keys whose value is a property of the settings: one key path stores and prints it.
extension SchemaKey {
    /// Declares a key of a property that always has a value.
    convenience init<Value: Spelled & Equatable>(
        _ name: String, _ property: any WritableKeyPath<Target, Value> & Sendable,
        aliases: [String] = [], _ type: ValueType<Value>, default defaultText: String = "",
        _ role: Role = .optional, isSecret: Bool = false, needsRestart: Bool = false, help: String
    ) {
        let standard = type.value(ofDefault: defaultText)
        self.init(
            name, aliases: aliases, type, default: defaultText, role, isSecret: isSecret,
            needsRestart: needsRestart, help: help
        ) { settings in
            let value = settings[keyPath: property]
            guard value != standard else { return nil }
            let spelling = value.spelling
            return spelling.isEmpty && !type.takesBlank ? nil : spelling
        } store: { settings, value in
            settings[keyPath: property] = value.value
        }
    }

    /// Declares a key of a property that is nil when the key is absent.
    convenience init<Value: Spelled & Equatable>(
        _ name: String, _ property: any WritableKeyPath<Target, Value?> & Sendable,
        aliases: [String] = [], _ type: ValueType<Value>, default defaultText: String = "",
        _ role: Role = .optional, isSecret: Bool = false, needsRestart: Bool = false, help: String
    ) {
        let standard = type.value(ofDefault: defaultText)
        self.init(
            name, aliases: aliases, type, default: defaultText, role, isSecret: isSecret,
            needsRestart: needsRestart, help: help
        ) { settings in
            let value = settings[keyPath: property]
            return value == standard ? nil : value?.spelling
        } store: { settings, value in
            settings[keyPath: property] = value.value
        }
    }

    /// Declares a key of a property whose nil has a spelling, such as `auto`.
    convenience init<Value: Spelled & Equatable>(
        _ name: String, _ property: any WritableKeyPath<Target, Value?> & Sendable,
        aliases: [String] = [], _ type: ValueType<Value?>, default defaultText: String,
        _ role: Role = .optional, needsRestart: Bool = false, help: String
    ) {
        self.init(
            name, aliases: aliases, type, default: defaultText, role, needsRestart: needsRestart,
            help: help
        ) { settings in
            settings[keyPath: property]?.spelling
        } store: { settings, value in
            settings[keyPath: property] = value.value
        }
    }

    /// Declares a key of a property that includes the place of its value.
    convenience init<Value: Spelled & Equatable>(
        _ name: String, _ property: any WritableKeyPath<Target, Located<Value>?> & Sendable,
        aliases: [String] = [], _ type: ValueType<Value>, default defaultText: String = "",
        _ role: Role = .optional, isSecret: Bool = false, needsRestart: Bool = false, help: String
    ) {
        let standard = type.value(ofDefault: defaultText)
        self.init(
            name, aliases: aliases, type, default: defaultText, role, isSecret: isSecret,
            needsRestart: needsRestart, help: help
        ) { settings in
            guard let value = settings[keyPath: property]?.value, value != standard else {
                return nil
            }
            return value.spelling
        } store: { settings, value in
            settings[keyPath: property] = value
        }
    }

    /// Declares a key of a property that includes the place of its value and whose nil has a spelling, such
    /// as `0`.
    convenience init<Value: Spelled & Equatable>(
        _ name: String, _ property: any WritableKeyPath<Target, Located<Value>?> & Sendable,
        _ type: ValueType<Value?>, default defaultText: String, help: String
    ) {
        self.init(name, type, default: defaultText, help: help) { settings in
            settings[keyPath: property]?.value.spelling
        } store: { settings, value in
            settings[keyPath: property] = value.value.map { Located($0, at: value.location) }
        }
    }
}

extension ValueType {
    /// The value of a default as spelled in the file; nil for a blank one that is not a value.
    fileprivate func value(ofDefault text: String) -> Value? {
        guard takesBlank || !text.isEmpty else { return nil }
        var ignored = Diagnostics()
        let place = SourceLocation(file: "", line: 1, column: 1)
        return read(Located(text, at: place), of: "", into: &ignored)
    }
}

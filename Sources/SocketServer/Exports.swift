// What the API of this module shows: one import is enough for a program that embeds a server.
@_exported public import HandlerAPI
@_exported public import Handlers
@_exported public import NetworkTypes

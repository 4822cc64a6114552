#compdef icshostd

__icshostd_complete() {
    local -ar non_empty_completions=("${@:#(|:*)}")
    local -ar empty_completions=("${(M)@:#(|:*)}")
    _describe -V '' non_empty_completions -- empty_completions -P $'\'\''
}

__icshostd_custom_complete() {
    local -a completions
    completions=("${(@f)"$("${command_name}" "${@}" "${command_line[@]}")"}")
    if [[ "${#completions[@]}" -gt 1 ]]; then
        __icshostd_complete "${completions[@]:0:-1}"
    fi
}

__icshostd_cursor_index_in_current_word() {
    if [[ -z "${QIPREFIX}${IPREFIX}${PREFIX}" ]]; then
        printf 0
    else
        printf %s "${#${(z)LBUFFER}[-1]}"
    fi
}

_icshostd() {
    emulate -RL zsh -G
    setopt extendedglob nullglob numericglobsort
    unsetopt aliases banghist

    local -xr SAP_SHELL=zsh
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(builtin emulate zsh -c 'printf %s "${ZSH_VERSION}"')"
    local -r SAP_SHELL_VERSION

    local context state state_descr line
    local -A opt_args

    local -r command_name="${words[1]}"
    local -ar command_line=("${words[@]}")
    local -ir current_word_index="$((CURRENT - 1))"

    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'run:Serves the hosts of a configuration until SIGTERM or SIGINT.'
            'reload:Lets a running daemon read its configuration again, and says what came of it.'
            'status:Shows hosts, targets, listeners, numbers and certificates of a running daemon.'
            'clients:Lists the clients of a running daemon.'
            'disconnect:Ends clients of a running daemon.'
            'check:Prints every mistake of a configuration with its place.'
            'plan:Prints what listens where, for whom, with which handler and certificate.'
            'explain:Says how a client would be served, which line decided it, and why not others.'
            'convert:Prints a configuration of ICS in the form that icshostd prefers.'
            'init:Writes a configuration with a first host, by asking or as its flags say.'
            'help:Show subcommand help information.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        run|reload|status|clients|disconnect|check|plan|explain|convert|init|help)
            "_icshostd_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_icshostd_run() {
    local -i ret=1
    local -ar arg_specs=(
        '--config[The configuration file (default\: /etc/icshostd/icshostd.conf).]:FILE:'
        '--print-plan[Print what listens where, and how to try it, once it does.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_icshostd_reload() {
    local -i ret=1
    local -ar arg_specs=(
        '--config[The configuration file (default\: /etc/icshostd/icshostd.conf).]:FILE:'
        '--control-socket[The daemon'\''s control socket; without it, that of the configuration.]:PATH:'
        '--json[Print JSON instead of text.]'
        '--strict[Also exit with 1 when a host is down or keeps its previous settings.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_icshostd_status() {
    local -i ret=1
    local -ar arg_specs=(
        '--config[The configuration file (default\: /etc/icshostd/icshostd.conf).]:FILE:'
        '--control-socket[The daemon'\''s control socket; without it, that of the configuration.]:PATH:'
        '--host[Only the hosts with this tag or section, with their listeners and targets.]:TAG:'
        '--json[Print a JSON object instead of text.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_icshostd_clients() {
    local -i ret=1
    local -ar ___sort=('bytes' 'age')
    local -ar arg_specs=(
        '--config[The configuration file (default\: /etc/icshostd/icshostd.conf).]:FILE:'
        '--control-socket[The daemon'\''s control socket; without it, that of the configuration.]:PATH:'
        '--host[Only those of the hosts with this tag or section.]:TAG:'
        '--sort[Sort by bytes or by age, the most first.]:sort:{__icshostd_complete "${___sort[@]}"}'
        '--json[Print a JSON array instead of a table.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_icshostd_disconnect() {
    local -i ret=1
    local -ar arg_specs=(
        '--config[The configuration file (default\: /etc/icshostd/icshostd.conf).]:FILE:'
        '--control-socket[The daemon'\''s control socket; without it, that of the configuration.]:PATH:'
        ':ID:'
        '--host[Those of the hosts with this tag or section.]:TAG:'
        '--from[Those from an address or a network, such as 198.51.100.0/24.]:CIDR:'
        '--json[Print JSON instead of text.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_icshostd_check() {
    local -i ret=1
    local -ar arg_specs=(
        ':file:'
        '--config[The same; without either, /etc/icshostd/icshostd.conf.]:FILE:'
        '--json[Print JSON instead of text.]'
        '--strict[Take warnings for mistakes.]'
        '--user[As root\: read all files with the rights of this user; icshostd, if there is one.]:USER:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_icshostd_plan() {
    local -i ret=1
    local -ar arg_specs=(
        ':file:'
        '--config[The same; without either, /etc/icshostd/icshostd.conf.]:FILE:'
        '--control-socket[The daemon'\''s control socket; without it, that of the configuration.]:PATH:'
        '--json[Print JSON instead of a table.]'
        '--certificates[Look at the certificates, however many hosts there are; without, of up to 100.]'
        '--against[Print what would change from the plan of this file instead.]:FILE:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_icshostd_explain() {
    local -i ret=1
    local -ar arg_specs=(
        ':address:'
        ':file:'
        '--config[The same; without either, /etc/icshostd/icshostd.conf.]:FILE:'
        '--sni[The server name that the client asks for.]:sni:'
        '--from[The IP address that the client comes from.]:from:'
        '--alpn[The protocols that the client offers in its TLS handshake\: h2,http/1.1.]:alpn:'
        '--json[Print JSON instead of lines.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_icshostd_convert() {
    local -i ret=1
    local -ar arg_specs=(
        ':file:'
        '--config[The same; without either, /etc/icshostd/icshostd.conf.]:FILE:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_icshostd_init() {
    local -i ret=1
    local -ar arg_specs=(
        '--config[The configuration file (default\: /etc/icshostd/icshostd.conf).]:FILE:'
        '*--name[A name of the host; may be given again.]:NAME:'
        '--handler[What its clients get; echo, or with --documents web, with --target proxy.]:HANDLER:'
        '--port[The plain port, 0 for none.]:PORT:'
        '--ssl-port[The SSL port, 0 for none.]:PORT:'
        '--address[Where it listens; every address without.]:ADDRESS:'
        '--certificate[The certificate, a PEM file; one is made here without.]:FILE:'
        '--key[Its key, where the same file does not have it.]:FILE:'
        '--documents[With web\: the directory of the documents.]:DIR:'
        '--target[With proxy\: where clients go.]:HOST\:PORT:'
        '*--set[Another key of the host, such as Exec=/bin/cat; may be given again.]:KEY=VALUE:'
        '--force[Replace the file.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_icshostd_help() {
    local -i ret=1
    local -ar arg_specs=(
        '*:subcommands:'
        '--version[Show the version.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

if [[ "${funcstack[1]}" = _icshostd ]]; then
    _icshostd "${@}"
else
    compdef _icshostd icshostd
fi

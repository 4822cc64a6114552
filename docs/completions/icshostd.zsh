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
            'reload:Reloads the configuration of a running daemon.'
            'status:Prints the state of a running daemon.'
            'clients:Lists the clients of a running daemon.'
            'disconnect:Disconnects clients of a running daemon.'
            'check:Checks a configuration and reports all mistakes.'
            'plan:Prints the listeners of a configuration, with their hosts.'
            'explain:Explains which host serves a client, and why.'
            'convert:Converts a configuration of ICS into the native form.'
            'init:Writes a configuration with a first host.'
            'handlers:Lists the handlers, and the keys of one.'
            'help:Show subcommand help information.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        run|reload|status|clients|disconnect|check|plan|explain|convert|init|handlers|help)
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
        '--print-plan[Print the open listeners, with commands to try them.]'
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
        '--control-socket[The control socket of the daemon (default\: as configured).]:PATH:'
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
        '--control-socket[The control socket of the daemon (default\: as configured).]:PATH:'
        '--host[Print only the hosts with this tag or section, with their listeners and targets.]:TAG:'
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
        '--control-socket[The control socket of the daemon (default\: as configured).]:PATH:'
        '--host[Only clients of the hosts with this tag or section.]:TAG:'
        '--sort[Sort by traffic or by age, in descending order.]:sort:{__icshostd_complete "${___sort[@]}"}'
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
        '--control-socket[The control socket of the daemon (default\: as configured).]:PATH:'
        ':ID:'
        '--host[All clients of the hosts with this tag or section.]:TAG:'
        '--from[All clients from an address or a network, such as 198.51.100.0/24.]:CIDR:'
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
        '--config[The same (default\: /etc/icshostd/icshostd.conf).]:FILE:'
        '--json[Print JSON instead of text.]'
        '--strict[Exit with status 1 on warnings, too.]'
        '--user[As root\: read all files with the permissions of this user (default\: icshostd).]:USER:'
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
        '--config[The same (default\: /etc/icshostd/icshostd.conf).]:FILE:'
        '--control-socket[The control socket of the daemon (default\: as configured).]:PATH:'
        '--json[Print JSON instead of a table.]'
        '--certificates[Load the certificates even when there are more than 100 hosts.]'
        '--against[Print the differences from the plan of this file instead.]:FILE:'
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
        '--config[The same (default\: /etc/icshostd/icshostd.conf).]:FILE:'
        '--sni[The server name (SNI) that the client sends.]:sni:'
        '--from[The IP address of the client.]:from:'
        '--alpn[The protocols that the client offers (ALPN), separated by commas\: h2,http/1.1.]:alpn:'
        '--json[Print JSON instead of text.]'
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
        '--config[The same (default\: /etc/icshostd/icshostd.conf).]:FILE:'
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
        '*--name[A server name of the host. May be repeated.]:NAME:'
        '--handler[The handler (default\: echo, or the first of a program without it; web with --documents, proxy with --target).]:HANDLER:'
        '--port[The plain port; 0 for none.]:PORT:'
        '--ssl-port[The SSL port; 0 for none.]:PORT:'
        '--address[The addresses to listen on (default\: all).]:ADDRESS:'
        '--certificate[The certificate, a PEM file (default\: a self-signed one).]:FILE:'
        '--key[The private key, unless the certificate file contains it.]:FILE:'
        '--documents[For web\: the document root.]:DIR:'
        '--target[For proxy\: the target to connect to.]:HOST\:PORT:'
        '*--set[Another key of the host, such as Exec=/bin/cat. May be repeated.]:KEY=VALUE:'
        '--force[Replace an existing file.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_icshostd_handlers() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
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

function __icshostd_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __icshostd_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __icshostd_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __icshostd_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __icshostd_parse_tokens -S
    set -l unparsed_tokens (__icshostd_tokens -pc)
    switch $unparsed_tokens[1]
    case 'icshostd'
        __icshostd_parse_subcommand 0 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'run'
            __icshostd_parse_subcommand 0 'config=' 'print-plan' 'version' 'h/help'
        case 'reload'
            __icshostd_parse_subcommand 0 'config=' 'control-socket=' 'json' 'strict' 'version' 'h/help'
        case 'status'
            __icshostd_parse_subcommand 0 'config=' 'control-socket=' 'host=' 'json' 'version' 'h/help'
        case 'clients'
            __icshostd_parse_subcommand 0 'config=' 'control-socket=' 'host=' 'sort=' 'json' 'version' 'h/help'
        case 'disconnect'
            __icshostd_parse_subcommand 1 'config=' 'control-socket=' 'host=' 'from=' 'json' 'version' 'h/help'
        case 'check'
            __icshostd_parse_subcommand 1 'config=' 'json' 'strict' 'user=' 'version' 'h/help'
        case 'plan'
            __icshostd_parse_subcommand 1 'config=' 'control-socket=' 'json' 'certificates' 'against=' 'version' 'h/help'
        case 'explain'
            __icshostd_parse_subcommand 2 'config=' 'sni=' 'from=' 'alpn=' 'json' 'version' 'h/help'
        case 'convert'
            __icshostd_parse_subcommand 1 'config=' 'version' 'h/help'
        case 'init'
            __icshostd_parse_subcommand 0 'config=' 'name=+' 'handler=' 'port=' 'ssl-port=' 'address=' 'certificate=' 'key=' 'documents=' 'target=' 'set=+' 'force' 'version' 'h/help'
        case 'handlers'
            __icshostd_parse_subcommand 1 'version' 'h/help'
        case 'help'
            __icshostd_parse_subcommand -r 1 'version'
        end
    end
end

function __icshostd_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __icshostd_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __icshostd_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __icshostd_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__icshostd_tokens -p)
    if test -z "$(__icshostd_tokens -t)"
        set -l index (count (__icshostd_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'icshostd' -f
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd" version' -l 'version' -d 'Show the version.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_positional "icshostd" -eq 1' -fa 'run' -d 'Serves the hosts of a configuration until SIGTERM or SIGINT.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_positional "icshostd" -eq 1' -fa 'reload' -d 'Reloads the configuration of a running daemon.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_positional "icshostd" -eq 1' -fa 'status' -d 'Prints the state of a running daemon.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_positional "icshostd" -eq 1' -fa 'clients' -d 'Lists the clients of a running daemon.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_positional "icshostd" -eq 1' -fa 'disconnect' -d 'Disconnects clients of a running daemon.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_positional "icshostd" -eq 1' -fa 'check' -d 'Checks a configuration and reports all mistakes.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_positional "icshostd" -eq 1' -fa 'plan' -d 'Prints the listeners of a configuration, with their hosts.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_positional "icshostd" -eq 1' -fa 'explain' -d 'Explains which host serves a client, and why.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_positional "icshostd" -eq 1' -fa 'convert' -d 'Converts a configuration of ICS into the native form.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_positional "icshostd" -eq 1' -fa 'init' -d 'Writes a configuration with a first host.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_positional "icshostd" -eq 1' -fa 'handlers' -d 'Lists the handlers, and the keys of one.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_positional "icshostd" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd run" config' -l 'config' -d 'The configuration file (default: /etc/icshostd/icshostd.conf).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd run" print-plan' -l 'print-plan' -d 'Print the open listeners, with commands to try them.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd run" version' -l 'version' -d 'Show the version.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd run" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd reload" config' -l 'config' -d 'The configuration file (default: /etc/icshostd/icshostd.conf).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd reload" control-socket' -l 'control-socket' -d 'The control socket of the daemon (default: as configured).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd reload" json' -l 'json' -d 'Print JSON instead of text.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd reload" strict' -l 'strict' -d 'Also exit with 1 when a host is down or keeps its previous settings.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd reload" version' -l 'version' -d 'Show the version.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd reload" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd status" config' -l 'config' -d 'The configuration file (default: /etc/icshostd/icshostd.conf).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd status" control-socket' -l 'control-socket' -d 'The control socket of the daemon (default: as configured).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd status" host' -l 'host' -d 'Print only the hosts with this tag or section, with their listeners and targets.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd status" json' -l 'json' -d 'Print a JSON object instead of text.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd status" version' -l 'version' -d 'Show the version.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd status" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd clients" config' -l 'config' -d 'The configuration file (default: /etc/icshostd/icshostd.conf).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd clients" control-socket' -l 'control-socket' -d 'The control socket of the daemon (default: as configured).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd clients" host' -l 'host' -d 'Only clients of the hosts with this tag or section.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd clients" sort' -l 'sort' -d 'Sort by traffic or by age, in descending order.' -rfka 'bytes age'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd clients" json' -l 'json' -d 'Print a JSON array instead of a table.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd clients" version' -l 'version' -d 'Show the version.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd clients" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd disconnect" config' -l 'config' -d 'The configuration file (default: /etc/icshostd/icshostd.conf).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd disconnect" control-socket' -l 'control-socket' -d 'The control socket of the daemon (default: as configured).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd disconnect" host' -l 'host' -d 'All clients of the hosts with this tag or section.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd disconnect" from' -l 'from' -d 'All clients from an address or a network, such as 198.51.100.0/24.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd disconnect" json' -l 'json' -d 'Print JSON instead of text.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd disconnect" version' -l 'version' -d 'Show the version.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd disconnect" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd check" config' -l 'config' -d 'The same (default: /etc/icshostd/icshostd.conf).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd check" json' -l 'json' -d 'Print JSON instead of text.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd check" strict' -l 'strict' -d 'Exit with status 1 on warnings, too.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd check" user' -l 'user' -d 'As root: read all files with the permissions of this user (default: icshostd).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd check" version' -l 'version' -d 'Show the version.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd check" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd plan" config' -l 'config' -d 'The same (default: /etc/icshostd/icshostd.conf).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd plan" control-socket' -l 'control-socket' -d 'The control socket of the daemon (default: as configured).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd plan" json' -l 'json' -d 'Print JSON instead of a table.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd plan" certificates' -l 'certificates' -d 'Load the certificates even when there are more than 100 hosts.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd plan" against' -l 'against' -d 'Print the differences from the plan of this file instead.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd plan" version' -l 'version' -d 'Show the version.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd plan" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd explain" config' -l 'config' -d 'The same (default: /etc/icshostd/icshostd.conf).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd explain" sni' -l 'sni' -d 'The server name (SNI) that the client sends.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd explain" from' -l 'from' -d 'The IP address of the client.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd explain" alpn' -l 'alpn' -d 'The protocols that the client offers (ALPN), separated by commas: h2,http/1.1.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd explain" json' -l 'json' -d 'Print JSON instead of text.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd explain" version' -l 'version' -d 'Show the version.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd explain" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd convert" config' -l 'config' -d 'The same (default: /etc/icshostd/icshostd.conf).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd convert" version' -l 'version' -d 'Show the version.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd convert" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init" config' -l 'config' -d 'The configuration file (default: /etc/icshostd/icshostd.conf).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init"' -l 'name' -d 'A server name of the host. May be repeated.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init" handler' -l 'handler' -d 'The handler (default: echo, or the first of a program without it; web with --documents, proxy with --target).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init" port' -l 'port' -d 'The plain port; 0 for none.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init" ssl-port' -l 'ssl-port' -d 'The SSL port; 0 for none.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init" address' -l 'address' -d 'The addresses to listen on (default: all).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init" certificate' -l 'certificate' -d 'The certificate, a PEM file (default: a self-signed one).' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init" key' -l 'key' -d 'The private key, unless the certificate file contains it.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init" documents' -l 'documents' -d 'For web: the document root.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init" target' -l 'target' -d 'For proxy: the target to connect to.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init"' -l 'set' -d 'Another key of the host, such as Exec=/bin/cat. May be repeated.' -rfka ''
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init" force' -l 'force' -d 'Replace an existing file.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init" version' -l 'version' -d 'Show the version.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd init" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd handlers" version' -l 'version' -d 'Show the version.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd handlers" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'icshostd' -n '__icshostd_should_offer_completions_for_flags_or_options "icshostd help" version' -l 'version' -d 'Show the version.'

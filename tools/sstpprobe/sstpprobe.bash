# Completion of sstpprobe's command line for bash.
#
# SPDX-License-Identifier: GPL-2.0-or-later
_sstpprobe()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local options='--user --password-file --password-fd --auth --ca --tls --connect-to --ipv4 --ipv6
        --write --write-keys --json --html --record --record-server --check --warning --critical --prometheus --repeat --retry-refused --proxy
        --resolver --no-trials --idle --fail-on --timeout --patience --quiet --version --help'

    case $before in
    --fail-on)
        mapfile -t COMPREPLY < <(compgen -W 'chat note warn error never' -- "$word")
        return
        ;;
    --auth)
        mapfile -t COMPREPLY < <(compgen -W 'mschapv2 eap chap-md5 pap' -- "$word")
        return
        ;;
    --proxy)
        mapfile -t COMPREPLY < <(compgen -W 'none' -A hostname -- "$word")
        return
        ;;
    --tls)
        mapfile -t COMPREPLY < <(compgen -W '1.2 1.3' -- "$word")
        return
        ;;
    -p | --password-file | --ca | -w | --write | --html | --record | --prometheus)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    -u | --user | --password-fd | --timeout | --patience | --warning | --critical | --repeat | --resolver | --idle | --record-server)
        COMPREPLY=()
        return
        ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -A hostname -- "$word")
    fi
}
complete -F _sstpprobe sstpprobe

# Completion of sstpdiag's command line for bash.
#
# SPDX-License-Identifier: GPL-2.0-or-later
_sstpdiag()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local options='--keylog --server --credentials --log --all-log-lines --verbose --explain --json --html --redact --redacted-logs --separate --fail-on
        --require-session --jobs
        --output --retry --timeout --tshark --plugins --version --help'

    compopt +o filenames 2>/dev/null
    case $before in
    --fail-on)
        mapfile -t COMPREPLY < <(compgen -W 'chat note warn error never' -- "$word")
        return
        ;;
    --server | -s | --jobs | --timeout)
        COMPREPLY=()
        return
        ;;
    --plugins | --redacted-logs)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
        ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    else
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -F _sstpdiag sstpdiag

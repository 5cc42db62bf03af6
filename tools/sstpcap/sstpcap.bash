# Completion of sstpcap's command line for bash.
#
# SPDX-License-Identifier: GPL-2.0-or-later
_sstpcap()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} i
    local options='--interface --write --filter --server --snapshot-length --buffer-size
        --no-promiscuous-mode --sudo --keylog --keylog-all --autostop --count --ring-buffer --split
        --no-shift --no-rewrite --diagnose --ssh-config --ssh-option --ssh-jump --list-interfaces
        --watch --keep --keep-all --keep-headers --keep-size --keep-age --keep-files --memory
        --log-json --prometheus --on-fault --compare --json --fail-on --install-extcap --quiet --version --help --run'

    # What follows --run is another program's command line.
    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == --run ]]; then
            if declare -F _command_offset >/dev/null; then
                _command_offset $((i + 1))
            fi
            return
        fi
    done
    case $before in
    -i | --interface)
        # shellcheck disable=SC2012 # names of interfaces
        mapfile -t COMPREPLY < <(compgen -W "ssh:// cmd: any $(ls /sys/class/net 2>/dev/null)" -- "$word")
        compopt -o nospace 2>/dev/null
        return
        ;;
    -a | --autostop)
        mapfile -t COMPREPLY < <(compgen -W 'duration: filesize: packets:' -- "$word")
        compopt -o nospace 2>/dev/null
        return
        ;;
    -b | --ring-buffer)
        mapfile -t COMPREPLY < <(compgen -W 'duration: filesize: files:' -- "$word")
        compopt -o nospace 2>/dev/null
        return
        ;;
    --fail-on)
        mapfile -t COMPREPLY < <(compgen -W 'chat note warn error' -- "$word")
        return
        ;;
    -f | --filter | --server | -s | --snapshot-length | -B | --buffer-size | -c | --count | -o | --ssh-option | -J | --ssh-jump)
        COMPREPLY=()
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
complete -F _sstpcap sstpcap

#!/bin/sh
# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The lock of a state file, and its content. The lock is a symbolic link beside the file: it is made in one step with what it
# says, and no two can make it. What it says is who holds it:
#   PID, when that process started, its PID namespace, the boot of the kernel, the machine (its name and its id), and since when
# A run that was killed leaves its lock behind. It is taken over by the next one, which sees that the process is gone.

set -uf
umask 077

readonly ANOTHER_RUN=75

# When a process started, by the kernel's count; nothing if it is gone, or dead and not buried yet.
started() {
    sed -n 's/^.*) [^ZX] //p' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 19
}

namespace() {
    readlink /proc/self/ns/pid 2>/dev/null || echo none
}

boot() {
    cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo none
}

# Names alone are not enough: cloned machines and containers have the same.
machine() {
    echo "$(uname -n)/$(cut -c 1-12 /etc/machine-id 2>/dev/null)"
}

# identify WORKER: the holder of a lock, which is all of it but the last word. Tasks run in forks of the process that counts.
identify() {
    if [ -e /proc/self/stat ]; then
        pid=$(sed 's/^.*) [^ ]* //' "/proc/$1/stat" | cut -d ' ' -f 1)
        start=$(started "$pid")
    else
        pid=$(ps -o ppid= -p "$1" | tr -d ' ')
        start=unknown
    fi
    echo "$pid $start $(namespace) $(boot) $(machine)"
}

# Whether the run that holds a lock is over. Where its process cannot be seen from here, its time must be up.
is_over() {
    longest=$2
    # shellcheck disable=SC2086
    set -- $1
    if [ "$3" = "$(namespace)" ] && [ "$5" = "$(machine)" ]; then
        [ "$4" = "$(boot)" ] || return 0
        if [ -e /proc/self/stat ]; then
            [ "$(started "$1")" != "$2" ]
        else
            ! kill -0 "$1" 2>/dev/null
        fi
        return
    fi
    [ $(($(date +%s) - $6)) -gt "$longest" ]
}

fail() {
    echo "$1"
    exit 1
}

holder() {
    readlink "$lock" 2>/dev/null
}

refuse_if_held() {
    held=$(holder) || return 0
    case $held in
        *' '*' '*' '*' '*' '*[0-9]) ;;
        *) fail "$lock is no lock of a run" ;;
    esac
    is_over "$held" "$1" && return
    echo "$held"
    exit $ANOTHER_RUN
}

# Put a new lock in the place of an old one. Whoever wants to makes it beside that first, under a name that is made of the old one,
# so that only one can; and only while the old one is still there.
replace_old() {
    # shellcheck disable=SC2086
    set -- "$1" "$2" $held
    claim="$lock.$3-$4"
    if ! ln -s "$1" "$claim" 2>/dev/null; then
        other=$(readlink "$claim") || return 1
        is_over "$other" "$2" && rm -f "$claim"
        return 1
    fi
    if [ "$(holder)" = "$held" ] && mv -f "$claim" "$lock"; then
        return 0
    fi
    rm -f "$claim"
    return 1
}

# look LONGEST: whether the lock could be taken
look() {
    folder=$(dirname -- "$path")
    { [ -d "$folder" ] && [ -w "$folder" ]; } || fail "$folder is not a folder that can be written to"
    [ -L "$lock" ] || [ ! -e "$lock" ] || fail "$lock is no lock of a run"
    refuse_if_held "$1"
}

# take LONGEST OWNER
take() {
    look "$1"
    tries=0
    while [ $tries -lt 100 ]; do
        new="$2 $(date +%s)"
        problem=$(ln -s "$new" "$lock" 2>&1) && return
        refuse_if_held "$1"
        [ -n "$held" ] && replace_old "$new" "$1" && return
        tries=$((tries + 1))
        sleep 0.05
    done
    fail "$lock cannot be made: $problem"
}

# keep OWNER CONTENT: replace the state file as a whole, if the lock was not taken over meanwhile
keep() {
    case $(holder) in
        "$1 "*) ;;
        *) fail "another run has taken over $path, which was left as it is" ;;
    esac
    rm -f "$path.new" && set -C && printf '%s\n' "$2" >"$path.new" && mv -f "$path.new" "$path"
}

# release OWNER
release() {
    case $(holder) in
        "$1 "*) rm -f "$lock" ;;
    esac
}

command=$1
shift
if [ "$command" != identify ]; then
    path=$1
    shift
    # shellcheck disable=SC2088  # the tilde is one that nobody has expanded yet
    case $path in
        '~/'*) path="$HOME/${path#??}" ;;
    esac
    lock="$path.lock"
fi
"$command" "$@"

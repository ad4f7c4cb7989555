#!/bin/sh
# Installs what is missing, and nothing twice: system packages (only where the account may), a virtual
# environment under var/venv with the locked packages, the program `hittavard`, compiled translations.
#
#   scripts/setup.sh run    what the site needs
#   scripts/setup.sh dev    and what linting and benchmarks need
#   scripts/setup.sh test   and a browser
set -eu

profile=${1:-run}
root=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$root"
var=$root/var
venv=$var/venv
python=$venv/bin/python

case $profile in
run) lock=requirements.lock ;;
dev | test) lock=requirements-dev.lock ;;
*)
    echo "usage: scripts/setup.sh [run|dev|test]" >&2
    exit 2
    ;;
esac

say() { echo "setup: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

. scripts/system-packages.sh

key_of() { { printf '%s\n' "$root"; cat "$1"; } | sha256sum | cut -d' ' -f1; }
stamped() { [ "$(cat "$venv/.installed-$1" 2>/dev/null)" = "$2" ]; }

python_is_ready() {
    [ -x "$python" ] && "$python" -c '' 2>/dev/null || return 1
    stamped dev "$(key_of requirements-dev.lock)" && return 0
    [ "$lock" = requirements.lock ] && stamped run "$(key_of "$lock")"
}

install_python_packages() {
    if ! { [ -x "$python" ] && "$python" -m pip --version >/dev/null 2>&1 && [ "$(cat "$venv/.root" 2>/dev/null || echo "$root")" = "$root" ]; }; then
        say "making the virtual environment with $1"
        "$1" -m venv --clear "$venv"
    fi
    printf '%s' "$root" >"$venv/.root"
    rm -f "$venv"/.installed-*
    say "installing the packages of $lock"
    "$python" -m pip install --quiet --no-input --disable-pip-version-check --require-hashes -r "$lock" ||
        fail "pip could not install $lock; its message stands above"
    # A path file and a launcher of our own: a tool's launcher would break on a path with spaces.
    site=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$root" >"$site/hittavard.pth"
    cat >"$venv/bin/hittavard" <<'LAUNCHER'
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/python" -m web.cli "$@"
LAUNCHER
    chmod +x "$venv/bin/hittavard"
    name=run
    [ "$lock" = requirements.lock ] || name=dev
    key_of "$lock" >"$venv/.installed-$name"
}

compile_translations() {
    for source in web/translations/*/LC_MESSAGES/*.po; do
        [ -e "$source" ] || continue
        compiled=${source%.po}.mo
        if [ ! -e "$compiled" ] || [ "$source" -nt "$compiled" ]; then
            "$python" -m babel.messages.frontend --quiet compile -i "$source" -o "$compiled" ||
                fail "cannot compile $source"
        fi
    done
}

mkdir -p "$var"
# One set-up at a time in this folder; a second one waits and then finds everything done.
exec 9>"$var/setup.lock"
if command -v flock >/dev/null; then
    flock -w 900 9 || fail "another set-up has been running for 15 minutes"
fi

interpreter=
if ! python_is_ready; then
    interpreter=$(find_python) || interpreter=
fi
install_system_packages
if ! python_is_ready; then
    [ -n "$interpreter" ] || interpreter=$(find_python) || fail "Python 3.11 or newer with venv is still missing"
    install_python_packages "$interpreter"
fi
compile_translations

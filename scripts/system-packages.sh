# Read by setup.sh: finds what the machine lacks, and installs it with apt where the account may.
# Expects: profile, python, say, fail, python_is_ready.

find_python() {
    for candidate in python3.13 python3.12 python3.11 python3 python3.14; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# Any interpreter will do to ask whether there is a server: the file needs the standard library only.
have_postgresql() {
    [ -z "${HITTAVARD_DATABASE_URL:-}" ] || return 0
    for candidate in "$python" python3.13 python3.12 python3.11 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$candidate" core/cluster/binaries.py
            return
        fi
    done
    return 1
}

have_browser() {
    for candidate in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$candidate" >/dev/null && return 0
    done
    return 1
}

offered() { apt-cache show --no-all-versions "$1" 2>/dev/null | grep -q '^Filename:\|^Status: .* installed'; }

postgresql_packages() {
    for folder in /usr/lib/postgresql/*/bin/postgres; do
        version=${folder#/usr/lib/postgresql/}
        version=${version%%/*}
        case $version in *[!0-9]*) continue ;; esac
        if [ "$version" -ge 15 ] && offered "postgresql-$version-postgis-3"; then
            echo "postgresql-$version postgresql-$version-postgis-3"
            return
        fi
    done
    for version in 18 17 16 15; do
        if offered "postgresql-$version" && offered "postgresql-$version-postgis-3"; then
            echo "postgresql-$version postgresql-$version-postgis-3"
            return
        fi
    done
    version=$(. /etc/os-release 2>/dev/null && case "${ID:-}${VERSION_ID:-}" in
    debian12*) echo 15 ;; ubuntu24.04) echo 16 ;; *) echo 17 ;; esac)
    echo "postgresql-$version postgresql-$version-postgis-3"
}

python_package() {
    if python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo python3-venv
        return
    fi
    for version in 3.13 3.12 3.11; do
        if command -v "python$version" >/dev/null || offered "python$version-venv"; then
            echo "python$version python$version-venv"
            return
        fi
    done
    echo "python3 python3-venv"
}

missing_packages() {
    python_is_ready || find_python >/dev/null || python_package
    have_postgresql || postgresql_packages
    [ "$profile" != test ] || have_browser || echo chromium
}

become_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

may_install() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }

# Debian's server package would make and start a cluster of its own; ask it not to, for this once.
without_main_cluster() {
    folder=/etc/postgresql-common/createcluster.d
    switch=$folder/zz-hittavard.conf
    become_root mkdir -p "$folder"
    become_root sh -c "echo 'create_main_cluster = false' >'$switch'"
    status=0
    "$@" || status=$?
    become_root rm -f "$switch"
    return $status
}

apt_install() {
    become_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 \
        install --no-install-recommends "$@" </dev/null >&2
}

install_system_packages() {
    missing=$(missing_packages | tr '\n' ' ')
    missing=${missing% }
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null ||
        fail "missing: $missing (Debian's names); install them with this system's package manager"
    if may_install; then
        say "updating apt's lists"
        become_root apt-get -q -q update </dev/null >&2 || say "apt-get update failed; trying with the lists there are"
        missing=$(missing_packages | tr '\n' ' ')
        missing=${missing% }
        say "installing $missing"
        # shellcheck disable=SC2086  # a list of names
        without_main_cluster apt_install $missing || fail "apt-get could not install: $missing"
    else
        fail "missing system packages; run: sudo apt-get install --no-install-recommends $missing"
    fi
    still=$(missing_packages | tr '\n' ' ')
    [ -z "${still% }" ] || fail "still missing after the installation: $still"
}

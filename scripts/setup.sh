#!/usr/bin/env bash
# What the Makefile needs a machine to have. Each command does nothing where nothing is missing.
#
#   setup.sh packages build|test   programs: a JDK and Gradle to build, the databases to test
#   setup.sh venv DIR PYTHON       an environment with the package (editable) and all its extras
#   setup.sh others DIR            the oldest and the newest Python here beside that of DIR
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "pyquartz: $*" >&2; }
die() { say "$@"; exit 1; }
has() { command -v "$1" >/dev/null; }

# -- packages ---------------------------------------------------------------------------------

packages() {
    local missing=()
    if [ -n "${JAVA_HOME:-}" ]; then
        [ -x "$JAVA_HOME/bin/javac" ] || die "JAVA_HOME=$JAVA_HOME holds no JDK; unset it or point it to one"
    else
        has javac || missing+=(default-jdk-headless)
    fi
    has gradle || missing+=(gradle)
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    if [ "$1" = test ]; then
        has postgres || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
        # The core packages have the programs and no service. They are all that the suite needs.
        has mariadbd || [ -x /usr/sbin/mariadbd ] || missing+=(mariadb-server-core)
        has my_print_defaults || missing+=(mariadb-client-core)
        # A library, and no program: for nodes whose clock is off.
        compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || missing+=(libfaketime)
    fi
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        die "python3 is $(python3 -V), and 3.10 or later is needed"
}

install_packages() {
    local root=()
    if [ "$(id -u)" -ne 0 ]; then
        root=(sudo -n)
        sudo -n true 2>/dev/null || die "please install what is missing: sudo apt-get install $*"
    fi
    has apt-get || die "please install what is missing (these are Debian's names): $*"
    say "installing $*"
    apt() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" >&2; }
    apt update
    # Older releases have the version in these names, and the whole server under one without.
    apt-cache show mariadb-server-core >/dev/null 2>&1 || set -- "${@/mariadb-*-core/mariadb-server}"
    case " $* " in *" postgresql "*) without_cluster ;; esac
    apt install --no-install-recommends "$@"
}

# Debian's package makes a cluster and starts it when it is installed. The suite starts servers of
# its own, so this one would only take memory and a port.
without_cluster() {
    local conf=/etc/postgresql-common/createcluster.d/pyquartz.conf
    apt install --no-install-recommends postgresql-common
    "${root[@]}" mkdir -p "$(dirname "$conf")"
    echo 'create_main_cluster = false' | "${root[@]}" tee "$conf" >/dev/null
    # Only for this installation: what is installed later is the owner's business.
    # shellcheck disable=SC2064 # expanded now, for both names are local
    trap "${root[*]} rm -f $conf" EXIT
}

# -- environments -----------------------------------------------------------------------------

venv() {
    local dir=$1 python=$2 stamp=$1/.installed
    if [ "$stamp" -nt pyproject.toml ] && [ "$(cat "$stamp")" = "$python" ] && "$dir/bin/python" -c '' 2>/dev/null; then
        return
    fi
    say "setting up $dir with $("$python" -V)"
    rm -rf "$dir"
    "$python" -m venv "$dir"
    # JPype1 from a wheel or not at all: building it takes a C++ compiler.
    "$dir/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary JPype1 -e '.[dev,bench]' >&2
    echo "$python" >"$stamp"
}

# -- other Pythons ----------------------------------------------------------------------------

# Prints the oldest and the newest Python that JPype1 has wheels for, unless it is the main one.
others() {
    local all=() line main newest='' n
    main=$("$1/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    mapfile -t all < <(pythons)
    for ((n = ${#all[@]} - 1; n >= 0 && ${#newest} == 0; n--)); do
        if has_wheel "$1" "${all[n]%% *}"; then newest=${all[n]}; fi
    done
    printf '%s\n' "${all[0]:-}" "$newest" | sort -V -u | while read -r line; do
        [ -z "$line" ] || [ "${line%% *}" = "$main" ] || echo "$line"
    done
}

# Prints "3.10 /path" for each CPython from 3.10 that can make an environment, one for each version.
pythons() {
    local candidate
    {
        compgen -c python3. | grep -E '^python3\.[0-9]+$' | sort -u
        compgen -G "$HOME/.pyenv/versions/*/bin/python"
    } | while read -r candidate; do
        "$candidate" - 2>/dev/null <<'PY' || true
import ensurepip, platform, sys, sysconfig
free_threaded = sysconfig.get_config_var("Py_GIL_DISABLED")
if sys.version_info >= (3, 10) and platform.python_implementation() == "CPython" and not free_threaded:
    print(f"{sys.version_info[0]}.{sys.version_info[1]} {sys.executable}")
PY
    done | sort -V -u -k1,1
}

has_wheel() {
    [ ! -e ".venv-$2/.installed" ] || return 0
    "$1/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps \
        --only-binary :all: --python-version "$2" --dest build/wheels JPype1 >/dev/null 2>&1
}

"$@"

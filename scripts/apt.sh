# Read by other scripts. apt_install PACKAGE...: installs where apt exists and we may use it without a password; else 1.

apt_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" = 0 ]; then
        as_root=""
    elif sudo -n true >/dev/null 2>&1; then
        as_root="sudo -n"
    else
        return 1
    fi
    echo "Installing with apt: $*" >&2
    # $as_root is left unquoted: it is empty or two words.
    $as_root apt-get -q update >&2 || echo "apt-get update failed; trying with the lists at hand." >&2
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" >&2
}

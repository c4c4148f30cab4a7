#!/bin/sh
# A `helm` that notes its arguments and remembers releases as files. It renders nothing and talks to nobody.
#
# In the folder $FAKE_HELM: `calls` (one line a run, then the values that came as files), `Chart.yaml` (what `show chart`
# answers), `releases/<name>` (revision and status), `config.json` (values of every release), `unreachable` (a message: whatever
# needs the cluster fails with it), `fail` (a message: the next change of a release fails with it), `kept` (what an uninstall
# leaves).
dir=$FAKE_HELM
releases=$dir/releases
mkdir -p "$releases"

printf '%s\n' "$*" >> "$dir/calls"
previous=
for argument; do
    if [ "$previous" = --values ]; then
        sed 's/^/  | /' "$argument" >> "$dir/calls"
        echo >> "$dir/calls"
    fi
    if [ "$previous" = --kubeconfig ]; then
        cp "$argument" "$dir/kubeconfig"
    fi
    previous=$argument
done

say() {
    echo "Error: $1" >&2
    exit 1
}

cluster() {
    if [ -e "$dir/unreachable" ]; then say "Kubernetes cluster unreachable: $(cat "$dir/unreachable")"; fi
}

release() {
    cluster
    if [ ! -e "$releases/$1" ]; then say "release: not found"; fi
    read -r revision status < "$releases/$1"
}

version() {
    sed -n 's/^version: *//p' "$dir/Chart.yaml"
}

# Ends a change of the release $1 at revision $2: with $3 if it is to fail.
change() {
    version > "$dir/installed"
    if [ -e "$dir/fail" ]; then
        message=$(cat "$dir/fail")
        rm "$dir/fail"
        echo "$2 failed" > "$releases/$1"
        say "$3 FAILED: $message"
    fi
    echo "$2 deployed" > "$releases/$1"
}

case $1 in
show)
    if [ ! -e "$dir/Chart.yaml" ]; then say "looks like \"$5\" is not a valid chart repository or cannot be reached"; fi
    cat "$dir/Chart.yaml"
    ;;
registry)
    echo "  | $(cat)" >> "$dir/calls"
    ;;
install)
    cluster
    if [ -e "$releases/$2" ]; then say "INSTALLATION FAILED: cannot re-use a name that is still in use"; fi
    change "$2" 1 INSTALLATION
    ;;
upgrade)
    release "$2"
    change "$2" $((revision + 1)) UPGRADE
    ;;
status)
    release "$2"
    config=$(cat "$dir/config.json" 2> /dev/null || echo '{}')
    printf '{"name":"%s","namespace":"apps","version":%s,"config":%s,"manifest":"","info":{"first_deployed":"2026-01-01T00:00:00Z","last_deployed":"2026-01-01T00:0%s:00.5+00:00","deleted":"","description":"Install complete","status":"%s","notes":"Hello."}}\n' \
        "$2" "$revision" "$config" "$revision" "$status"
    ;;
get)
    release "$3"
    printf '{"name":"%s","chart":"demo","version":"%s","appVersion":"9","namespace":"apps","revision":%s,"status":"%s","deployedAt":"2026-01-01T00:00:00Z"}\n' \
        "$3" "$(cat "$dir/installed")" "$revision" "$status"
    ;;
uninstall)
    release "$2"
    rm "$releases/$2"
    cat "$dir/kept" 2> /dev/null
    echo "release \"$2\" uninstalled"
    ;;
*)
    say "unknown command \"$1\" for \"helm\""
    ;;
esac

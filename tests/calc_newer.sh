#!/usr/bin/env bash
# The tests of the Calc add-in with a newer LibreOffice than the system's, that of Debian's backports.
# It is unpacked into a folder (230 MB): nothing is installed, and no setting of apt is changed.
#
#   tests/calc_newer.sh FOLDER [pytest arguments]
#
# Runs on Debian with LibreOffice installed, whose other libraries it shares. Needs the network once.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
[[ $# -ge 1 ]] || { sed -n '2,7s/^# \?//p' "$0" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
root=$folder/root program=$folder/root/usr/lib/libreoffice/program
modules=$root/usr/lib/python3/dist-packages
libraries=$program:$root/usr/lib/$(uname -m)-linux-gnu
release=${RELEASE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}

fetch() {
    local apt=(apt-get -qq -o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=-
        -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache")
    local mirror # the one that this machine has its packages from
    mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $release" "Created-By: Packages" | head -n 1)
    [[ -n $mirror ]] || { echo "apt knows no archive of $release: run apt-get update" >&2; exit 1; }
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
        "$mirror" "$release" "$mirror" "$release-backports" >"$folder/sources.list"
    "${apt[@]}" update
    "${apt[@]}" --no-install-recommends --yes --download-only -t "$release-backports" \
        install libreoffice-calc python3-uno
    for package in "$folder"/cache/archives/*.deb; do
        dpkg -x "$package" "$root"
    done
}

relink() {
    # What leads to fixed places would lead to the system's own LibreOffice.
    local link target
    while IFS= read -r link; do
        target=$(readlink "$link")
        if [[ -e $root$target ]]; then ln -sfn "$root$target" "$link"; fi
    done < <(find "$root" -type l -lname '/*')
    ln -sfn ../.registry/main.xcd "$program/../share/registry/main.xcd" # as its installation would
    grep -rlI --include='*rc' --include=uno.py '[:'"'"'/]/usr/lib/libreoffice' "$program" "$modules" |
        xargs sed -i "s#\([:'/]\)/usr/lib/libreoffice#\1$root/usr/lib/libreoffice#g"
}

wrap() {
    # wrap NAME PROGRAM: starts it with the libraries and the module uno of the newer LibreOffice
    printf '#!/bin/sh\nexport PYTHONPATH=%q LD_LIBRARY_PATH=%q\nexec %q "$@"\n' \
        "$modules" "$libraries" "$2" >"$folder/bin/$1"
    chmod +x "$folder/bin/$1"
}

if [[ ! -e $folder/ready ]]; then
    fetch
    relink
    touch "$folder/ready"
fi
mkdir -p "$folder/bin"
wrap soffice "$program/soffice"
wrap python /usr/bin/python3
"$folder/bin/soffice" --version
# The one left out is of formulas that only 7.4 types anew.
PATH="$folder/bin:$PATH" CI=true exec "${PYTHON:-python3}" -m pytest -q \
    tests/judges/test_add_in_books.py tests/judges/test_add_in_formulas.py \
    tests/judges/test_calc_commands.py \
    --deselect tests/judges/test_calc_commands.py::test_what_a_protected_sheet_keeps_from_binding_is_told "$@"

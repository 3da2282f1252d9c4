#!/bin/sh
# Makes the certificates beside this file, good from 2020 to 2120 except for the one that is over. They are for tests:
# the keys are public.
set -e
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out "$1"; }
# make NAME SUBJECT-ALTERNATIVES MAY-SIGN START END ISSUER-KEY [ISSUER-CERTIFICATE]
make() {
    cat > "$work/ca.cnf" <<END
[ca]
default_ca = own
[own]
database = $work/index
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[extensions]
basicConstraints = critical,CA:$3
subjectAltName = $2
END
    : > "$work/index"
    test -e "$work/serial" || echo 01 > "$work/serial"
    openssl req -new -key "$1.key" -subj "/CN=$1" -out "$work/csr"
    if test -n "$7"; then issuer="-cert $7"; else issuer=-selfsign; fi
    # shellcheck disable=SC2086
    openssl ca -batch -notext -config "$work/ca.cnf" -extensions extensions -startdate "$4" -enddate "$5" \
        -keyfile "$6" $issuer -in "$work/csr" -out "$1.pem"
}
here=DNS:localhost,IP:127.0.0.1
start=20200101000000Z
end=21200101000000Z
for name in alone authority server elsewhere expired; do key "$name.key"; done
make alone $here TRUE $start $end alone.key
make authority DNS:authority.test TRUE $start $end authority.key
make server $here FALSE $start $end authority.key authority.pem
make elsewhere DNS:elsewhere.test TRUE $start $end elsewhere.key
make expired $here TRUE $start 20210101000000Z expired.key
rm authority.key

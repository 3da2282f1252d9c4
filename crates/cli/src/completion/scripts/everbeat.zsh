#compdef everbeat
# Completion of everbeat in zsh: source <(everbeat completion zsh), or this text as _everbeat in a folder of $fpath

_everbeat() {
    local line tab=$'\t'
    local -a texts notes open_texts open_notes
    for line in "${(@f)$(command everbeat complete zsh "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        [[ -n $line ]] || continue
        local text=${line%%$tab*} note=${line#*$tab}
        local shown="$text${note:+  -- $note}"
        if [[ $text == *[=/{\[,] ]]; then
            open_texts+=("$text") open_notes+=("$shown")
        else
            texts+=("$text") notes+=("$shown")
        fi
    done
    compadd -l -V everbeat -d notes -a texts
    compadd -l -V everbeat -S '' -d open_notes -a open_texts
}

if [[ ${funcstack[1]} == _everbeat ]]; then
    _everbeat "$@"
else
    compdef _everbeat everbeat
fi

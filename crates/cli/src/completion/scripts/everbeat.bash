# Completion of everbeat in bash: eval "$(everbeat completion bash)"

_everbeat() {
    local reply
    mapfile -t reply < <(COMP_LINE=$COMP_LINE COMP_POINT=$COMP_POINT COMP_WORDBREAKS=$COMP_WORDBREAKS \
        command everbeat complete bash 2>/dev/null)
    COMPREPLY=("${reply[@]}")
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/{[,] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

complete -o nosort -F _everbeat everbeat 2>/dev/null || complete -F _everbeat everbeat

# Completion of everbeat in fish: everbeat completion fish | source

function __everbeat_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l partial (commandline -ct)
    command everbeat complete fish $words "$partial" 2>/dev/null
end

complete -c everbeat -f -k -a '(__everbeat_complete)'

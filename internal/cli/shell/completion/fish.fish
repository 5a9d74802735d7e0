# To install: appleconsent completion fish >~/.config/fish/completions/appleconsent.fish

function __appleconsent_complete
    # The words before the cursor without their quotes, and since fish 4 with variables and ~ put in.
    set -l words (commandline -xpc 2>/dev/null; or commandline -opc)
    while string match -qr '^\w+=' -- $words[1] # fish itself sets the variables that stand before a command
        set -e words[1]
    end
    set -l program $words[1]
    set -e words[1]
    type -q $program; or set program appleconsent
    type -q $program; or return
    set -l current (commandline -ct)
    set -l found ($program __complete $words (string unescape -- "$current") 2>/dev/null)
    set -l go_on $found[-1]
    set -q found[1]; and set -e found[-1]
    if test -z "$go_on" -o "$go_on" = :none
        set -q found[1]; and printf '%s\n' $found
        return
    end
    # What fish offers for a command that it does not know is names of files; of --flag=FILE it is asked the part behind the sign.
    set -l prefix (string match -r -- '^-[^=]*=' $current)
    set -l files (complete -C "'' "(string replace -r -- '^-[^=]*=' '' "$current"))
    test "$go_on" = :folders; and set files (string match -r '.*/$' -- $files)
    set -q files[1]; and printf "$prefix%s\n" $files
end

complete -c appleconsent -e
complete -c appleconsent -k -f -a '(__appleconsent_complete)' # -k keeps the order, the newest change first

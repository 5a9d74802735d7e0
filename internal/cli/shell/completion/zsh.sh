#compdef appleconsent
# To install: appleconsent completion zsh >"${fpath[1]}/_appleconsent", or in ~/.zshrc behind compinit: source <(appleconsent completion zsh)

_appleconsent() {
  local program=${(Q)words[1]} found_line description go_on
  local -a found candidates
  local -x APPLECONSENT_STATE_DIR=$APPLECONSENT_STATE_DIR
  for found_line in ${(M)${(z)LBUFFER}:#APPLECONSENT_STATE_DIR=*}; do # set before the command, for it alone
    APPLECONSENT_STATE_DIR=${(Q)found_line#*=}
  done
  program=${program/#\~\//$HOME/}
  # (Q) takes quotes off without evaluating anything.
  found=("${(@f)$("$program" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  go_on=$found[-1]
  for found_line in "${(@)found[1,-2]}"; do
    description=${found_line#*$'\t'}
    found_line=${${found_line%%$'\t'*}//:/\\:} # a colon separates value and description
    candidates+=("$found_line${description:+:$description}")
  done
  case $go_on in
    :files)
      [[ $PREFIX == -*=* ]] && compset -P 1 '*='
      _files
      ;;
    :folders)
      [[ $PREFIX == -*=* ]] && compset -P 1 '*='
      _files -/
      ;;
    *)
      # -V keeps the order, the newest change first
      (($#candidates)) && _describe -V -t appleconsent appleconsent candidates
      ;;
  esac
}

if [[ $funcstack[1] == _appleconsent ]]; then
  _appleconsent "$@" # from a folder of fpath
else
  compdef _appleconsent appleconsent
fi

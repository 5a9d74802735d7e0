# To install: appleconsent completion bash >~/.local/share/bash-completion/completions/appleconsent (with the package bash-completion), or in ~/.bashrc: eval "$(appleconsent completion bash)"

_appleconsent() {
  local program=$1 line=${COMP_LINE:0:COMP_POINT} words=() found=() word i prefix='' go_on
  # Bash splits words also at the characters of COMP_WORDBREAKS; the line tells which of them belong together.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${line#"${line%%[![:space:]]*}"}
    if [[ $i -eq 0 || $word != "$line" || -z $line ]]; then
      words+=('')
    fi
    line=$word
    if ((i < COMP_CWORD)); then
      word=${COMP_WORDS[i]}
    fi
    words[${#words[@]} - 1]+=$word
    line=${line#"$word"}
  done
  # The words are as typed: xargs takes quotes off without evaluating anything.
  for ((i = 1; i < ${#words[@]} - 1; i++)); do
    if [[ ${words[i]} == *[\\\'\"]* ]]; then
      words[i]=$(xargs printf %s <<<"${words[i]}" 2>/dev/null)
    fi
  done
  words[i]=${words[i]#[\'\"]}
  type -P -- "$program" >/dev/null || program=${program/#\~/$HOME}
  type -P -- "$program" >/dev/null || program=appleconsent # an alias
  while IFS= read -r word; do
    found+=("$word")
  done < <("$program" __complete "${words[@]:1}" 2>/dev/null)

  COMPREPLY=()
  ((${#found[@]})) || return 0
  go_on=${found[${#found[@]} - 1]}
  case $go_on in
    # readline completes and quotes names of files itself
    :files) compopt -o default 2>/dev/null ;;
    :folders) compopt -o dirnames -o filenames 2>/dev/null ;;
  esac
  if [[ ${words[i]} == -*=* && $COMP_WORDBREAKS == *=* ]]; then
    prefix=${words[i]%%=*}= # readline replaces only what stands behind it
  fi
  for ((i = 0; i < ${#found[@]} - 1; i++)); do
    word=${found[i]%%$'\t'*}
    printf -v word %q "${word#"$prefix"}"
    COMPREPLY+=("$word")
  done
}

# The order is ours, the newest change first. Bash before 4.4 sorts, and bash 3.2 of macOS offers files for want of anything else.
complete -o nosort -F _appleconsent appleconsent 2>/dev/null || complete -o default -F _appleconsent appleconsent

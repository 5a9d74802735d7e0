#!/usr/bin/env bash
# Makes the pictures of docs/tour.md from the real program, in a real terminal: bash docs/tour/make.sh
# Needs tmux and chromium (apt-get install tmux chromium). The simulated tenant is the only one that is touched.
set -euo pipefail
cd "$(dirname "$0")/../.."

freeze="github.com/charmbracelet/freeze@v0.2.2"
here=docs/tour
work=$(mktemp -d)
trap 'tm kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
sessions=0
tm() { tmux -L "tour-$$-$sessions" -f /dev/null "$@"; } # a server of its own for each picture's terminal
go build -o "$work/appleconsent" .
GOBIN="$work" go install "$freeze"
export PATH="$work:$PATH" APPLECONSENT_STATE_DIR="$work/state" APPLECONSENT_SIMULATE=partial HOME="$work"
unset NO_COLOR
chromium=$(command -v chromium)

drawn() { # NAME FLAGS...: a picture of what comes in or of a file, without the font, which would be most of it
  local name=$1
  shift
  freeze "$@" --output "$work/picture.svg" --padding 20 --font.size 14 >/dev/null
  perl -0pe 's/\@font-face\s*\{.*?\}//gs; s/font-family="[^"]*"/font-family="ui-monospace, Menlo, Consolas, monospace"/g' \
    "$work/picture.svg" >"$here/$name.svg"
}
picture() { # NAME < what a terminal shows: freeze knows neither colours that go on in the next line nor "no colour"
  perl -pe 'BEGIN { $more = $colour = "" }
    sub now { "\e[0m$more$colour" }
    my $begin = now();
    s{\e\[([\d;]*)m}{
      my $code = $1;
      if ($code =~ /^0?$/) { $more = $colour = "" }
      elsif ($code eq "39") { $colour = "" }
      elsif ($code =~ /^[39]/) { $colour = "\e[${code}m" }
      elsif ($code !~ /^4/) { $more .= "\e[${code}m" }
      now() }ge;
    $_ = $begin . $_' | drawn "$1" --language ansi
}
show() { # NAME COLUMNS COMMAND...: what a command prints on a terminal
  local name=$1 columns=$2
  shift 2
  sessions=$((sessions + 1))
  tm new-session -d -x "$columns" -y 130 "$*; sleep 100"
  await ''
  tm capture-pane -e -p | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' | picture "$name"
  tm kill-server
}
await() { # WORDS: until the terminal shows them and has stopped moving
  local before='' now
  for _ in $(seq 100); do
    sleep 0.3
    now=$(tm capture-pane -p)
    if [[ $now == *"$1"* && -n ${now//[[:space:]]/} && $now == "$before" ]]; then
      return
    fi
    before=$now
  done
  printf 'the terminal does not show %s\n%s\n' "$1" "$now"
  exit 1
}

# The guided flow, screen by screen.
sessions=$((sessions + 1))
tm new-session -d -x 80 -y 52 "env -u APPLECONSENT_SIMULATE appleconsent; sleep 100"
step() { # NAME WORDS KEYS...: a picture once the words are shown, then the keys
  await "$2"
  tm capture-pane -e -p | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' | picture "$1"
  tm send-keys "${@:3}"
}
step guided-1-goal 'What do you want to do?' End Enter
step guided-2-scenario 'Which simulated tenant?' Down Enter
await 'What do you want to practise?'
tm send-keys Enter
await 'Which devices'
tm send-keys Enter
step guided-3-plan 'What now?' Enter
step guided-4-yes 'Apply this plan (2 actions)' y
step guided-5-done 'To undo' Enter
tm kill-server
appleconsent rollback --yes --quiet >/dev/null

# The picture of README.md: a change from the command line to how it is undone.
sessions=$((sessions + 1))
tm new-session -d -x 80 -y 40 "printf '$ appleconsent apply --simulate partial\n'; appleconsent apply --simulate partial; sleep 100"
await 'Apply this plan'
tm send-keys y
step apply 'To undo:' ''
tm kill-server
appleconsent rollback --yes --quiet >/dev/null

show status 80 appleconsent status
show plan-60 60 appleconsent plan
show history 100 appleconsent history
show doctor 80 appleconsent doctor --simulate consent-blocked

# The forms of a plan.
for form in md html ps1 tf; do
  appleconsent plan --quiet --out "$work/plan.$form" >/dev/null
done
for form in md:markdown ps1:powershell tf:hcl; do
  head -60 "$work/plan.${form%:*}" >"$work/part"
  drawn "plan-${form%:*}" "$work/part" --language "${form#*:}"
done
shot() { # NAME FLAGS...
  local name=$1
  shift
  "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update \
    --disable-sync --hide-scrollbars --user-data-dir="$work/chromium" --screenshot="$here/$name.png" "$@" "file://$work/plan.html" >/dev/null 2>&1
}
shot plan-html --window-size=1000,1500
shot plan-html-dark --window-size=1000,1500 --blink-settings=preferredColorScheme=0
ls -l "$here"
